"""What the arguments of `Grafana` must be."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from pydantic import Field

from .._objects import LabelKey, LabelValue, OptionalObjectName, Toleration
from .._pod_security import PodSecurity
from .._release_spec import ReleaseSpec
from .._spec import rule
from ..charts import GRAFANA_CHART, Chart
from ..units import MemorySize, Name, OptionalHttpUrl, Quantity, VolumeSize

GENERATED_PASSWORD_KEY = "admin-password"


class GrafanaSpec(ReleaseSpec):
    """The checked arguments of `Grafana`."""

    pod_security: PodSecurity = PodSecurity.RESTRICTED
    release_name: Name = "grafana"
    chart_version: str = GRAFANA_CHART.default_version
    root_url: OptionalHttpUrl = ""
    admin_user: str = Field(default="admin", min_length=1)
    admin_secret: OptionalObjectName = ""
    admin_secret_key: str = GENERATED_PASSWORD_KEY
    persistence: bool = True
    volume_size: VolumeSize = "2Gi"
    storage_class: OptionalObjectName = ""
    node_selector: Mapping[LabelKey, LabelValue] = Field(default_factory=dict)
    tolerations: Sequence[Toleration] = ()
    cpu: Quantity = "100m"
    memory: MemorySize = "512Mi"
    native_sidecars: bool = True
    datasource_namespaces: Sequence[Name] = ()
    tls_secret: OptionalObjectName = ""
    login_secret: OptionalObjectName = ""
    service_monitor: bool = False
    service_monitor_labels: Mapping[LabelKey, LabelValue] = Field(default_factory=dict)

    @property
    def chart(self) -> Chart:
        """The chart that `chart_version` is a version of."""
        return GRAFANA_CHART

    @property
    def path(self) -> str:
        """The path that Grafana is served under, empty at the root of its host."""
        return urlsplit(self.root_url).path.rstrip("/")

    @property
    def password_secret(self) -> str:
        """The Secret that holds the password of the administrator."""
        return self.admin_secret or f"{self.release_name}-admin"

    @property
    def cluster_role(self) -> str:
        """The name of the cluster role of the sidecars, one for each Grafana of the cluster."""
        return f"{self.namespace}-{self.release_name}-sidecars"

    @rule("admin_secret_key", "admin_secret")
    def _a_generated_secret_has_its_own_key(self) -> str | None:
        if not self.admin_secret and self.admin_secret_key != GENERATED_PASSWORD_KEY:
            return "there is no Secret that it is a key of: name one in admin_secret, or remove admin_secret_key"
        return None if self.admin_secret_key else "name the key of admin_secret that holds the password"
