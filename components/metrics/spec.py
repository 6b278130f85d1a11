"""What the arguments of `Metrics` must be."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from .._objects import LabelKey, LabelValue, OptionalObjectName, Toleration
from .._pod_security import PodSecurity
from .._release_spec import ReleaseSpec
from .._spec import rule
from ..charts import PROMETHEUS, Chart
from ..units import Duration, MemorySize, Name, Quantity, VolumeSize, hours

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


class MetricsSpec(ReleaseSpec):
    """The checked arguments of `Metrics`."""

    pod_security: PodSecurity = PodSecurity.RESTRICTED
    release_name: Name = "prometheus"
    chart_version: str = PROMETHEUS.default_version
    retention: Duration = "15d"
    volume_size: VolumeSize = "8Gi"
    storage_class: OptionalObjectName = ""
    scrape_interval: Duration = "30s"
    promoted_resource_attributes: Sequence[str] = RESOURCE_ATTRIBUTES
    node_selector: Mapping[LabelKey, LabelValue] = Field(default_factory=dict)
    tolerations: Sequence[Toleration] = ()
    cpu: Quantity = "200m"
    memory: MemorySize = "1Gi"

    @property
    def chart(self) -> Chart:
        """The Prometheus chart."""
        return PROMETHEUS

    @property
    def server(self) -> str:
        """The name of the server's Service, workload and volume claim."""
        return f"{self.release_name}-server"

    @rule("retention")
    def _retention_is_whole_hours(self) -> str | None:
        try:
            whole = hours(self.retention)
        except ValueError as error:
            return str(error)
        return "keep metrics for at least 2h, what Prometheus gathers into one block" if whole in ("0h", "1h") else None
