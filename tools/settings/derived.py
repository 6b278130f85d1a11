"""What follows from settings: computed by the components, shown beside what it follows from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components._spec import Spec
from components.caching.spec import CacheSpec
from components.grafana.spec import GrafanaSpec
from components.logging.modes import Role
from components.logging.spec import LoggingSpec
from components.metrics.spec import MetricsSpec
from components.storage.seaweedfs import InClusterObjectStorageSpec
from components.telemetry.spec import TelemetrySpec
from components.tracing.choices import Mode as TempoMode
from components.tracing.roles import OF_A_TOPIC, OF_INGESTERS
from components.tracing.roles import Role as TempoRole
from components.tracing.spec import TracingSpec
from components.tracing.workloads import workload
from config.stack import Settings
from config.storage import AwsStorage, Identity

COMPONENTS: Mapping[str, tuple[str, type[Spec]]] = {
    "storage": ("InClusterObjectStorage", InClusterObjectStorageSpec),
    "caching": ("Cache", CacheSpec),
    "logging": ("Logging", LoggingSpec),
    "tracing": ("Tracing", TracingSpec),
    "telemetry": ("Telemetry", TelemetrySpec),
    "metrics": ("Metrics", MetricsSpec),
    "grafana": ("Grafana", GrafanaSpec),
}
"""By area of settings, the component that it is for and what that makes of its arguments."""

INHERITED: Mapping[str, str] = {
    "charts_dir": "charts.directory",
    "node_selector": "cluster.node_selector",
    "storage_class": "cluster.storage_class",
    "tolerations": "cluster.tolerations",
}
"""Arguments that an area without its own setting takes from another."""


@dataclass(frozen=True)
class Derived:
    """One thing that no setting says by itself."""

    place: str
    value: Any
    source: str
    """What it follows from."""


_RULES: Mapping[str, tuple[tuple[str, Callable[[Any], Any], str], ...]] = {
    "logging": (
        ("replicas", lambda spec: spec.ingesters, "logging.mode"),
        ("replication_factor", lambda spec: spec.copies, "the replicas that take writes, three at most"),
        ("schema_entries", lambda spec: [entry.model_dump(mode="json") for entry in spec.ledger], "the object store"),
    ),
    "tracing": (
        ("replication_factor", lambda spec: spec.replication_factor, "tracing.replicas, three at most"),
        ("generates_metrics", lambda spec: spec.generates_metrics, "whether metrics can be written (metrics.kind)"),
    ),
}


def derived_from_settings(settings: Settings) -> Iterator[Derived]:
    """Give what one area takes from another before any component is told."""
    store = settings.storage
    if isinstance(store, AwsStorage) and store.identity is Identity.POD_IDENTITY and not store.eks_cluster:
        yield Derived("storage.eks_cluster", settings.cluster.name, "cluster.name")


def derived(area: str, spec: Spec) -> Iterator[Derived]:
    """Give what the component of `area` derives from its arguments."""
    for name, compute, source in _RULES.get(area, ()):
        yield Derived(f"{area}.{name}", compute(spec), source)
    if isinstance(spec, LoggingSpec):
        for role in (*spec.roles(spec.mode), Role.GATEWAY):
            work = spec.workload(role)
            size = f"{work.replicas} with {work.cpu} CPU and {work.memory} each"
            yield Derived(f"logging.workloads.{role.value}", size, "logging, and what the part of Loki needs")
    if isinstance(spec, TracingSpec) and spec.mode is TempoMode.DISTRIBUTED:
        runs = {
            TempoRole.GATEWAY: spec.gateway or spec.through_gateway,
            TempoRole.METRICS_GENERATOR: spec.generates_metrics,
        }
        for part in OF_A_TOPIC if spec.through_kafka else OF_INGESTERS:
            if runs.get(part, True):
                sized = workload(spec, part)
                size = f"{sized.replicas} with {sized.cpu} CPU and {sized.memory} each"
                yield Derived(f"tracing.workloads.{part.value}", size, "tracing, and what the part of Tempo needs")
