"""Settings and arguments of `Metrics`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from .._kubernetes import OptionalObjectName
from .._model import Choices, Plain
from .._namespace_spec import NamespaceSettings
from .._release_spec import ReleaseSettings, ReleaseSpec
from .._spec import Violation, rule
from .._workload import PlacementSettings
from ..charts import PROMETHEUS, Chart
from ..units import Duration, Interval, MemorySize, Name, Quantity, VolumeSize, hours, parse_duration

RESOURCE_ATTRIBUTES = (
    "service.name",
    "service.namespace",
    "service.instance.id",
    "deployment.environment.name",
    "k8s.cluster.name",
    "k8s.namespace.name",
    "k8s.pod.name",
    "k8s.node.name",
)

LEAST_RETENTION = timedelta(hours=2)
"""The length of a block of Prometheus."""


class MetricsSettings(NamespaceSettings, PlacementSettings, ReleaseSettings):
    """Prometheus: settings of a stack and arguments of a program."""

    chart_version: Plain[Annotated[str, Choices(PROMETHEUS.versions)]] = Field(
        default=PROMETHEUS.default_version,
        description="Version of the Prometheus chart.",
        examples=[PROMETHEUS.default_version],
    )
    volume_size: VolumeSize = Field(default="8Gi", description="Size of the volume.", examples=["50Gi"])
    storage_class: OptionalObjectName = Field(
        default="", description="Storage class of the volume. Default: the cluster's.", examples=["gp3"]
    )
    scrape_interval: Interval = Field(
        default="30s", description="Interval at which targets are scraped.", examples=["15s"]
    )
    promoted_resource_attributes: Sequence[str] = Field(
        default=RESOURCE_ATTRIBUTES,
        description=(
            "OpenTelemetry resource attributes that become labels of every metric received by OTLP. Default: the names "
            "of service, environment, cluster, namespace, pod and node."
        ),
        examples=[["service.name", "k8s.namespace.name"]],
    )
    cpu: Quantity = Field(default="200m", description="CPU request of Prometheus.", examples=["500m"])
    memory: MemorySize = Field(default="1Gi", description="Memory request and limit of Prometheus.", examples=["2Gi"])


class MetricsSpec(MetricsSettings, ReleaseSpec):
    """The checked arguments of `Metrics`."""

    release_name: Plain[Name] = Field(
        default="prometheus", description="Name of the Helm release; its Service is called `<release_name>-server`."
    )
    retention: Duration = Field(
        default="15d",
        description=(
            "How long metrics are kept, in whole hours, such as `15d`; less where they fill four fifths of the volume."
        ),
        examples=["15d"],
    )

    @property
    def chart(self) -> Chart:
        """The Prometheus chart."""
        return PROMETHEUS

    @property
    def server(self) -> str:
        """The name of the server's Service, workload and volume claim."""
        return f"{self.release_name}-server"

    @rule("retention")
    def _retention_is_whole_hours_and_covers_a_block(self) -> Violation | None:
        least = max(parse_duration(self.retention), LEAST_RETENTION)
        fix = {"retention": f"{-(-least // timedelta(hours=1))}h"}
        try:
            hours(self.retention)
        except ValueError as error:
            return Violation(str(error), fix)
        if parse_duration(self.retention) < LEAST_RETENTION:
            return Violation("must be at least 2h, the length of a block of Prometheus; raise it", fix)
        return None
