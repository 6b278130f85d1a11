"""Alertmanager, which the operator runs beside Prometheus: its settings and its addresses."""

from collections.abc import Sequence

from pydantic import Field

from .._kubernetes import ObjectName, OptionalObjectName
from .._model import StrictModel
from ..units import Cidr, Duration, MemorySize, Name, OptionalHttpUrl, Quantity, VolumeSize, hours

PORT = 9093
GATEWAY_PORT = 9095
"""Port of nginx, which takes alerts by TLS; the port of Alertmanager itself stays for its UI and its metrics."""
GATEWAY_PORT_NAME = "https"
GOSSIP_PORT = 9094
RELOADER_PORT = 8080
GOVERNING_SERVICE = "alertmanager-operated"
"""The headless Service that the operator creates."""
FEATURES = ("receiver-name-in-metrics",)
"""Features that are enabled: `make alert-test` finds by it what each receiver was sent."""


class AlertmanagerSettings(StrictModel):
    """Size and address of Alertmanager: settings of a stack and arguments of a program."""

    replicas: int = Field(
        default=1,
        ge=1,
        le=9,
        description=("Number of pods. Several agree on what was sent; every sender of alerts must reach all of them."),
        examples=[2],
    )
    volume_size: VolumeSize = Field(
        default="1Gi",
        description="Size of the volume of each pod, for silences and the log of notifications.",
        examples=["2Gi"],
    )
    storage_class: OptionalObjectName = Field(
        default="", description="Storage class of the volumes. Default: the cluster's.", examples=["gp3"]
    )
    cpu: Quantity = Field(default="20m", description="CPU request of each pod.", examples=["100m"])
    memory: MemorySize = Field(default="128Mi", description="Memory request and limit of each pod.", examples=["256Mi"])
    retention: Duration = Field(
        default="5d",
        description="How long resolved alerts and expired silences are kept, in whole hours.",
        examples=["10d"],
    )
    external_url: OptionalHttpUrl = Field(
        default="",
        description=(
            "Address that users open, for links in notifications. Default: that of the Service in the cluster; in a "
            "stack with a route to Alertmanager, that of the route."
        ),
        examples=["https://alertmanager.example.org"],
    )


class Alertmanager(AlertmanagerSettings):
    """Alertmanager beside Prometheus."""

    config_secret: ObjectName = Field(
        description=(
            "Secret in the same namespace whose key `alertmanager.yaml` is the configuration, with the templates in "
            "further keys `*.tmpl`. The operator applies a change by itself."
        ),
        examples=["alertmanager-config"],
    )
    secrets: Sequence[ObjectName] = Field(
        default=(),
        description=(
            "Existing Secrets in the same namespace that the configuration reads files of: each key is "
            "`/etc/alertmanager/secrets/<name>/<key>`. Default: none."
        ),
        examples=[["slack-webhook"]],
    )
    client_namespaces: Sequence[Name] = Field(
        default=(),
        description=(
            "Namespaces whose pods may reach Alertmanager beside its own, such as those of the rulers of Loki and "
            "Thanos and of Grafana, with `tls_secret` by TLS alone. Where these, `ui_namespaces` or `client_ranges` "
            "are set, a NetworkPolicy keeps all others out. Default: none."
        ),
        examples=[["logging", "grafana"]],
    )
    ui_namespaces: Sequence[Name] = Field(
        default=(),
        description=(
            "Namespaces whose pods may reach the port without TLS, on which the UI is, such as that of an ingress. "
            "Default: none."
        ),
        examples=[["traefik"]],
    )
    client_ranges: Sequence[Cidr] = Field(
        default=(),
        description=(
            "Addresses that may reach the port without TLS too, of pods with the network of their node "
            "(`hostNetwork`), which no namespace stands for in a NetworkPolicy. Default: none."
        ),
        examples=[["10.0.0.0/16"]],
    )

    @property
    def admits(self) -> bool:
        """Whether a NetworkPolicy admits those that are stated, beside its own namespace."""
        return bool(self.client_namespaces or self.ui_namespaces or self.client_ranges)


def retention_hours(alertmanager: Alertmanager) -> str:
    """Return the retention as Alertmanager takes it; raise `ValueError` where it is not in whole hours."""
    return hours(alertmanager.retention)


def pod_labels(release_name: str) -> dict[str, str]:
    """Return labels by which its pods are selected."""
    return {"app.kubernetes.io/name": "alertmanager", "alertmanager": release_name}


def service_name(release_name: str) -> str:
    """Return the name of the Service."""
    return f"{release_name}-alertmanager"


def server_name(release_name: str, namespace: str) -> str:
    """Return the name that its certificate is valid for, by which clients check it on every pod."""
    return f"{service_name(release_name)}.{namespace}.svc"


def service_url(release_name: str, namespace: str, *, tls: bool) -> str:
    """Return the URL of the API at the Service."""
    scheme, port = ("https", GATEWAY_PORT) if tls else ("http", PORT)
    return f"{scheme}://{service_name(release_name)}.{namespace}:{port}"


def sender_urls(
    alertmanager: AlertmanagerSettings, release_name: str, namespace: str, cluster_domain: str, *, tls: bool
) -> list[str]:
    """Return the URLs that a sender posts every alert to: of the Service, or of each of several pods.

    Pods share silences and what was sent, not the alerts
    (https://prometheus.io/docs/alerting/latest/high_availability/).
    """
    if alertmanager.replicas == 1:
        return [service_url(release_name, namespace, tls=tls)]
    domain = f"{GOVERNING_SERVICE}.{namespace}.svc.{cluster_domain}"
    scheme, port = ("https", GATEWAY_PORT) if tls else ("http", PORT)
    return [f"{scheme}://alertmanager-{release_name}-{index}.{domain}:{port}" for index in range(alertmanager.replicas)]
