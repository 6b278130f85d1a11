"""Settings and arguments of `Grafana`."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field

from .._cluster import MonitorSpec
from .._http_client import MetricsClientSpec, StoreClientsSpec
from .._ip_families import IpFamiliesSpec
from .._kubernetes import OptionalObjectName, SecretReference
from .._model import Choices, Plain
from .._namespace_spec import NamespaceSettings
from .._release_spec import ReleaseSettings, ReleaseSpec
from .._workload import PlacementSettings
from ..charts import GRAFANA_CHART, Chart
from ..units import MemorySize, Name, OptionalHttpUrl, Quantity, VolumeSize

GENERATED_PASSWORD_KEY = "admin-password"


class GrafanaSettings(NamespaceSettings, PlacementSettings, ReleaseSettings):
    """Grafana: settings of a stack and arguments of a program."""

    chart_version: Plain[Annotated[str, Choices(GRAFANA_CHART.versions)]] = Field(
        default=GRAFANA_CHART.default_version,
        description="Version of the Grafana chart.",
        examples=[GRAFANA_CHART.default_version],
    )
    root_url: OptionalHttpUrl = Field(
        default="",
        description=(
            "Address that users open, such as `https://grafana.example.org` or, under a path, "
            "`https://example.org/grafana`. Redirects and links in alerts need it. Default: none."
        ),
        examples=["https://grafana.example.org"],
    )
    admin_user: str = Field(default="admin", min_length=1, description="Name of the administrator.", examples=["admin"])
    admin: Plain[SecretReference | None] = Field(
        default=None,
        description=(
            "Existing Secret of the namespace, and its key, with the password of the administrator. Grafana takes the "
            "password when it first starts on an empty volume. Where it is changed later, change it in Grafana too "
            "(`grafana cli admin reset-admin-password`): the sidecars log in with that of the Secret. "
            "Default: a password is generated."
        ),
        examples=[{"secret": "grafana-admin", "key": "password"}],
    )
    persistence: bool = Field(
        default=True,
        description="Whether users, preferences and dashboards made by hand are kept on a volume.",
        examples=[False],
    )
    volume_size: VolumeSize = Field(default="2Gi", description="Size of the volume.", examples=["5Gi"])
    storage_class: OptionalObjectName = Field(
        default="", description="Storage class of the volume. Default: the cluster's.", examples=["gp3"]
    )
    cpu: Quantity = Field(default="100m", description="CPU request of Grafana itself.", examples=["200m"])
    memory: MemorySize = Field(
        default="512Mi",
        description="Memory request and limit of Grafana itself; each of its two sidecars takes 128Mi more.",
        examples=["1Gi"],
    )
    native_sidecars: Plain[bool] = Field(
        default=True,
        description=(
            "Whether datasources are loaded before Grafana starts, by a sidecar that starts first; needs Kubernetes "
            "1.29. Otherwise they are there a little after Grafana. Default: true; in a stack, false for an older "
            "`cluster.kubernetes_version`."
        ),
        examples=[False],
    )


class GrafanaSpec(GrafanaSettings, MetricsClientSpec, StoreClientsSpec, ReleaseSpec, MonitorSpec, IpFamiliesSpec):
    """The checked arguments of `Grafana`."""

    release_name: Plain[Name] = Field(
        default="grafana", description="Name of the Helm release, of the Service and of the ServiceAccount."
    )
    datasource_namespaces: Sequence[Name] = Field(
        default=(),
        description=(
            "Namespaces whose ConfigMaps are read as datasources. Grafana does not start with two datasources that are "
            "the default one, as kube-prometheus-stack's own is: where that runs too, pass `namespaces` of "
            "`Datasources`. Default: all namespaces."
        ),
    )
    tls_secret: OptionalObjectName = Field(
        default="",
        description=(
            "Secret in the same namespace with `ca.crt`, `tls.crt` and `tls.key`, mounted at `/etc/grafana-tls` for "
            "datasources that name this as their `tls_directory`. Grafana reads the files when it loads its "
            "datasources: restart it after a certificate was renewed. The Deployment has the annotation by which "
            "Stakater's Reloader does so, where that runs. Default: none."
        ),
    )
    login_secret: OptionalObjectName = Field(
        default="",
        description=(
            "Secret in the same namespace with `username` and `password`, mounted at `/etc/grafana-login` for the "
            "`login_directory` of datasources. Default: none."
        ),
    )

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
        return self.admin.secret if self.admin else f"{self.release_name}-admin"

    @property
    def password_key(self) -> str:
        """The key of that Secret that holds the password."""
        return self.admin.key if self.admin else GENERATED_PASSWORD_KEY

    @property
    def cluster_role(self) -> str:
        """The name of the cluster role of the sidecars, one for each Grafana of the cluster."""
        return f"{self.namespace}-{self.release_name}-sidecars"
