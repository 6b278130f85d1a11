"""One Prometheus inside the stack, for a laptop or a small team: scraping, remote write and OTLP, on one volume."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from .._merge import deep_merge
from .._namespace import own_namespace
from .._release import release
from .spec import MetricsSpec
from .values import prometheus_values


class MetricsArgs(TypedDict):
    """Arguments of `Metrics`."""

    namespace: pulumi.Input[str]
    """Namespace that Prometheus runs in."""
    create_namespace: NotRequired[bool]
    """Whether the component creates the namespace. Default: true."""
    pod_security: NotRequired[str]
    """Pod Security level enforced in a created namespace: `restricted`, `baseline` or `privileged`. Default:
    `restricted`, which Prometheus meets."""
    protect_namespace: NotRequired[bool]
    """Whether a created namespace, and with it the volume, is protected from deletion. Default: false."""
    release_name: NotRequired[str]
    """Name of the Helm release; the Service is called `<release_name>-server`. Default: `prometheus`."""
    chart_version: NotRequired[str]
    """Version of the chart `prometheus`. Default: the newest supported one."""
    charts_dir: NotRequired[str]
    """Directory that holds the chart as `<chart>-<version>` or `.tgz`. Default: the chart's own repository."""
    values: NotRequired[Mapping[str, Any]]
    """Chart values laid over those of the component, for what it has no argument for. Default: none."""
    max_history: NotRequired[int]
    """How many revisions of the release Helm keeps. Default: 2."""
    timeout_seconds: NotRequired[int]
    """How long an installation or upgrade may take, in seconds. Default: 600."""
    atomic: NotRequired[bool]
    """Whether a failed upgrade is rolled back at once. Default: false."""
    skip_await: NotRequired[bool]
    """Whether to go on without waiting for the pods to be ready. Default: false."""
    retention: NotRequired[pulumi.Input[str]]
    """How long metrics are kept, such as `15d`; less where they fill four fifths of the volume. Default: `15d`."""
    volume_size: NotRequired[pulumi.Input[str]]
    """Size of the volume, at least `1Gi`. Default: `8Gi`."""
    storage_class: NotRequired[pulumi.Input[str]]
    """Storage class of the volume. Default: the cluster's."""
    scrape_interval: NotRequired[pulumi.Input[str]]
    """How often targets are scraped. Default: `30s`."""
    promoted_resource_attributes: NotRequired[pulumi.Input[Sequence[str]]]
    """OpenTelemetry resource attributes that become labels of every metric received by OTLP. Default: the names of
    service, environment, cluster, namespace, pod and node."""
    node_selector: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Labels of the nodes to run on. Default: any node."""
    tolerations: NotRequired[pulumi.Input[Sequence[Mapping[str, Any]]]]
    """Taints to tolerate, as in a pod. Default: none."""
    cpu: NotRequired[pulumi.Input[str]]
    """CPU request. Default: `200m`."""
    memory: NotRequired[pulumi.Input[str]]
    """Memory request and limit. Default: `1Gi`."""


class Metrics(pulumi.ComponentResource):
    """A Prometheus server with its namespace: scrapes annotated pods and this platform, receives what is pushed."""

    namespace: pulumi.Output[str]
    """Namespace that Prometheus runs in."""
    query_url: pulumi.Output[str]
    """URL that Grafana queries metrics at."""
    remote_write_url: pulumi.Output[str]
    """URL that takes metrics by Prometheus remote write, exemplars included."""
    otlp_url: pulumi.Output[str]
    """URL that takes metrics by OTLP over HTTP, without the path `/v1/metrics`."""

    def __init__(self, name: str, args: MetricsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        place = f'Metrics "{name}"'
        spec = MetricsSpec.check(place, args, MetricsArgs)
        super().__init__("observability:index:Metrics", name, {**args}, opts)
        home = own_namespace(name, spec, spec.namespace, self)
        known = spec.resolve(place)
        release(
            f"{name}-prometheus",
            spec,
            namespace=spec.namespace,
            values=known.apply(lambda checked: deep_merge(prometheus_values(checked), checked.values)),
            parent=self,
            depends_on=home,
        )

        self.namespace = pulumi.Output.from_input(spec.namespace)
        self.query_url = self.namespace.apply(lambda within: f"http://{spec.server}.{within}")
        self.remote_write_url = self.query_url.apply(lambda url: f"{url}/api/v1/write")
        self.otlp_url = self.query_url.apply(lambda url: f"{url}/api/v1/otlp")
        self.register_outputs(
            {
                "namespace": self.namespace,
                "queryUrl": self.query_url,
                "remoteWriteUrl": self.remote_write_url,
                "otlpUrl": self.otlp_url,
            }
        )
