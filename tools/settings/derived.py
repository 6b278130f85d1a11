"""What follows from settings: computed by the components, shown beside what it follows from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components._spec import Spec
from components.logging.modes import LokiRole
from components.logging.spec import LoggingSpec
from components.tracing.modes import TempoMode, TempoRole
from components.tracing.spec import TracingSpec
from components.tracing.workloads import workload


@dataclass(frozen=True)
class Derived:
    """One value that no setting states by itself."""

    setting: str
    value: Any
    source: str
    """What it follows from."""


_RULES: Mapping[type[Spec], tuple[tuple[str, Callable[[Any], Any], str], ...]] = {
    LoggingSpec: (
        ("replicas", lambda spec: spec.ingesters, "logging.mode"),
        (
            "replication_factor",
            lambda spec: spec.effective_replication_factor,
            "the replicas that take writes, three at most",
        ),
        (
            "schema_entries",
            lambda spec: [entry.model_dump(mode="json") for entry in spec.effective_schema_entries],
            "the object store",
        ),
    ),
    TracingSpec: (
        ("replication_factor", lambda spec: spec.replication_factor, "tracing.replicas, three at most"),
        ("generates_metrics", lambda spec: spec.generates_metrics, "whether metrics can be written (metrics.kind)"),
    ),
}


def derived(area: str, spec: Spec) -> Iterator[Derived]:
    """Yield what the component of `area` derives from its arguments."""
    for name, compute, source in _RULES.get(type(spec), ()):
        yield Derived(f"{area}.{name}", compute(spec), source)
    if isinstance(spec, LoggingSpec):
        for role in (*spec.roles(spec.mode), LokiRole.GATEWAY):
            work = spec.workload(role)
            size = f"{work.replicas} with {work.cpu} CPU and {work.memory} each"
            yield Derived(f"logging.workloads.{role.value}", size, "logging, and what the part of Loki needs")
    if isinstance(spec, TracingSpec) and spec.mode is TempoMode.DISTRIBUTED:
        runs = {
            TempoRole.GATEWAY: spec.gateway or spec.gateway_only,
            TempoRole.METRICS_GENERATOR: spec.generates_metrics,
        }
        for part in spec.roles:
            if runs.get(part, True):
                sized = workload(spec, part)
                size = f"{sized.replicas} with {sized.cpu} CPU and {sized.memory} each"
                yield Derived(f"tracing.workloads.{part.value}", size, "tracing, and what the part of Tempo needs")
