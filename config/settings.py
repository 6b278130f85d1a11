"""The settings of a stack: every area with its defaults filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components._model import StrictModel

from .alerting import AlertingArea
from .areas import (
    ChartsArea,
    DatasourcesArea,
    DemoArea,
    GrafanaArea,
    LoggingArea,
    ProbesArea,
    RetentionArea,
    TelemetryArea,
    TracingArea,
)
from .caching import CachingArea
from .cluster import ClusterArea
from .errors import PROJECT
from .ingress import IngressArea
from .load import LoadArea
from .metrics import MetricsArea, MetricsKind
from .security import SecurityArea
from .storage import PURPOSES, InClusterStorage, Storage


@dataclass(frozen=True)
class Settings:
    """The settings of a stack, with every default filled in."""

    stack: str
    cluster: ClusterArea
    storage: Storage
    caching: CachingArea
    retention: RetentionArea
    load: LoadArea
    logging: LoggingArea
    tracing: TracingArea
    telemetry: TelemetryArea
    metrics: MetricsArea
    alerting: AlertingArea
    probes: ProbesArea
    datasources: DatasourcesArea
    grafana: GrafanaArea
    ingress: IngressArea
    security: SecurityArea
    demo: DemoArea
    charts: ChartsArea
    aws_region: str
    configured_secrets: frozenset[str]
    """The secret keys that the stack sets; their values are read by `secret`."""
    written: Mapping[str, Any]
    """The values in the stack file by area, and `aws:region`."""
    invalid: frozenset[str] = frozenset()
    """The settings that are wrong, such as `logging.replicas` or all of `logging`: defaults stand in for them."""

    @property
    def service_monitors(self) -> bool:
        """Whether ServiceMonitors are created; by default, where the stack has the Prometheus operator."""
        stated = self.cluster.service_monitors
        return self.metrics.in_stack if stated is None else stated

    @property
    def purposes(self) -> tuple[str, ...]:
        """The purposes of the buckets of the stack: those of its own Loki and Tempo, and of Thanos where it runs."""
        used = {
            "logs": self.logging.in_stack,
            "traces": self.tracing.in_stack,
            "metrics": self.metrics.thanos is not None,
        }
        return tuple(purpose for purpose in PURPOSES if used[purpose])

    @property
    def has_alerting(self) -> bool:
        """Whether rules and routes are compiled: for the stack's own Prometheus, and for an existing one if stated."""
        stated = self.metrics.kind is MetricsKind.EXTERNAL and len(self.alerting.model_fields_set) > 0
        return self.metrics.in_stack or stated

    @property
    def has_own_store(self) -> bool:
        """Whether the stack runs a Loki, a Tempo or a Prometheus."""
        return self.logging.in_stack or self.tracing.in_stack or self.metrics.in_stack

    @property
    def provisioned_datasources(self) -> frozenset[str]:
        """The signals whose datasource the stack creates: those of its own stores, and of external ones by choice.

        An existing Grafana has a datasource already, and does not start with two of one uid or two defaults.
        """
        areas: Mapping[str, LoggingArea | TracingArea | MetricsArea] = {
            "logs": self.logging,
            "traces": self.tracing,
            "metrics": self.metrics,
        }
        return frozenset(signal for signal, area in areas.items() if self._provisions(area))

    def _provisions(self, area: LoggingArea | TracingArea | MetricsArea) -> bool:
        if area.in_stack or area.provision_datasource is not None:
            return area.in_stack or bool(area.provision_datasource)
        return self.grafana.enabled and area.query_url is not None

    def is_invalid(self, setting: str) -> bool:
        """Whether a setting, the area that it is of, or a setting of the area that it is, is wrong."""
        area = setting.split(".")[0]
        return bool({setting, area} & self.invalid) or any(name.startswith(f"{setting}.") for name in self.invalid)

    def secret(self, key: str) -> pulumi.Output[str] | None:
        """Return the secret setting `key` as a secret output, or `None` where the stack does not set it."""
        return pulumi.Config(PROJECT).require_secret(key) if key in self.configured_secrets else None


AREAS: Mapping[str, type[StrictModel]] = {
    name: model
    for name, model in {**Settings.__annotations__, "storage": InClusterStorage}.items()
    if isinstance(model, type) and issubclass(model, StrictModel)
}
"""Every area and its model; `storage` has one model a kind, by default `InClusterStorage`."""
