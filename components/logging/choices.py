"""What the arguments of `Logging` choose between, and what it takes where nothing is chosen."""

from enum import StrEnum

OTLP_INDEX_LABELS = (
    "service.name",
    "service.namespace",
    "deployment.environment",
    "deployment.environment.name",
    "cloud.region",
    "cloud.availability_zone",
    "k8s.cluster.name",
    "k8s.namespace.name",
    "k8s.container.name",
    "container.name",
    "k8s.deployment.name",
    "k8s.statefulset.name",
    "k8s.daemonset.name",
    "k8s.cronjob.name",
    "k8s.job.name",
)
"""Resource attributes of OTLP logs that become index labels: Loki's own list without those that change with each pod.

Pod, ReplicaSet and instance id stay searchable as structured metadata; as labels they would cost a stream a restart.
"""


class ChunkEncoding(StrEnum):
    """How chunks are compressed: tighter, or faster."""

    GZIP = "gzip"
    SNAPPY = "snappy"
    ZSTD = "zstd"
    LZ4 = "lz4"


class PreparedChange(StrEnum):
    """A change that the applied state forbids until somebody has prepared it by hand."""

    VOLUMES = "volumes"
    LOCATION = "location"
    ZONES = "zones"
    TENANTS = "tenants"
    INGESTERS = "ingesters"
    CHART = "chart"


class RuleSource(StrEnum):
    """Where the ruler reads rules; never in both places."""

    CONFIG_MAPS = "config-maps"
    BUCKET = "bucket"
