"""Where metrics go and are asked for, whoever owns them."""

from dataclasses import dataclass

import pulumi

from components import Metrics
from config import Settings
from config.metrics import MetricsKind


@dataclass(frozen=True)
class MetricsAddresses:
    """The addresses of the metrics store; empty ones are not there."""

    remote_write_url: pulumi.Input[str]
    otlp_url: pulumi.Input[str]
    query_url: pulumi.Input[str]
    datasource_uid: str
    provision: bool
    """Whether the stack owns the datasource; else Grafana has it already."""


def metrics_addresses(settings: Settings, prometheus: Metrics | None) -> MetricsAddresses:
    """Take the addresses of the stack's own Prometheus, or those that the settings name."""
    area = settings.metrics
    if prometheus is not None:
        uid = settings.datasources.metrics_uid
        return MetricsAddresses(prometheus.remote_write_url, prometheus.otlp_url, prometheus.query_url, uid, True)
    if area.kind is MetricsKind.NONE:
        return MetricsAddresses("", "", "", "", False)
    # A Grafana that is there already has a datasource of its own: two of one uid or two defaults stop it.
    owned = settings.grafana.enabled and area.query_url is not None
    return MetricsAddresses(
        area.remote_write_url or "",
        area.otlp_url or "",
        area.query_url or "",
        settings.datasources.metrics_uid,
        owned if area.provision_datasource is None else area.provision_datasource,
    )
