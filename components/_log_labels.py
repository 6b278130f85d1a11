"""The label policy: what logs are found by in Loki, whatever path they take and whatever collects them.

Container logs have these names by relabelling; over OTLP they are attributes of the resource, which Loki indexes
(`OTLP_INDEX_LABELS`). Datasources read the names from here. Everything that has a value for each request or each
trace is structured metadata.
"""

from enum import StrEnum


class IndexLabel(StrEnum):
    """A label that collectors add to logs, and that Loki indexes."""

    NAMESPACE = "namespace"
    POD = "pod"
    CONTAINER = "container"
    APP = "app"
    JOB = "job"
    CONTAINER_RUNTIME = "container_runtime"
    STREAM = "stream"
    NODE_NAME = "node_name"
    POD_IP = "pod_ip"
    FILENAME = "filename"
    LEVEL = "level"


CLUSTER = "cluster"
"""The label of every log line, beside `extra_labels`."""
SERVICE_NAME = "service_name"
"""The label that Loki makes of `app` or `container` for pushed lines, and of `service.name` for OTLP."""
PIPELINE_LABELS = frozenset({CLUSTER, SERVICE_NAME, "instance", *(label.value for label in IndexLabel)})
"""Every label that the pipelines themselves add to logs."""

DEFAULT_INDEX_LABELS = (
    IndexLabel.NAMESPACE,
    IndexLabel.POD,
    IndexLabel.CONTAINER,
    IndexLabel.APP,
    IndexLabel.JOB,
    IndexLabel.CONTAINER_RUNTIME,
    IndexLabel.STREAM,
)
APP_LABELS = ("app.kubernetes.io/name", "app", "k8s-app")
"""The labels of a pod that `app` is taken from; the first that is set wins."""

OTLP_INDEX_LABELS = (
    "service.name",
    "service.namespace",
    "deployment.environment",
    "deployment.environment.name",
    CLUSTER,
    *(label.value for label in IndexLabel if label is not IndexLabel.FILENAME),
)
"""The attributes of resources that Loki indexes for logs by OTLP; the others become structured metadata.

Loki's own defaults have `k8s.pod.name` and `service.instance.id`, which begin a stream for each pod or process, and no
name that container logs have.
"""
