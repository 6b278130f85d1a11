"""The sizes of the collectors that the load needs: agents, gateway and singleton of either engine."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from components import sizing
from components._collector_roles import Role
from components.telemetry.engines import Engine
from components.telemetry.model import DestinationKind, PipelineProcessor, ProcessorKind, Signal
from components.telemetry.pipelines import PROMETHEUS, flows_of, roles
from components.telemetry.spans import decision_cache_size
from components.telemetry.spec import TelemetrySpec
from components.telemetry.workload import sized_by
from components.units import parse_duration

from .needs import Backend, Need, Path, amount, size

PRODUCTS = {Engine.ALLOY: "Alloy", Engine.OTEL_COLLECTOR: "OpenTelemetry Collector"}
"""The engines as the report names them."""
MIN_LIMIT_MIB = 512
"""Memory limit of a collector by default; the limit that a load needs is twice the request."""


def collectors(load: sizing.Load, spec: TelemetrySpec) -> Iterator[Backend]:
    """Yield the workloads of the collectors, each with the load that it has a part of."""
    needed = _needed(load, spec)
    for role in roles(spec):
        resources = sized_by(spec, role)
        replicas = spec.gateway.replicas if role is Role.GATEWAY and spec.gateway else needed[role.value].replicas
        deployed = {role.value: size(replicas, resources.cpu_request, resources.memory_request)}
        row = sizing.Row(PRODUCTS[spec.engine], sizing.Topology("", deployed))
        yield Backend(row, needed, _load_of(load, spec, role), _path)


def limits_of_collectors(load: sizing.Load, spec: TelemetrySpec) -> Iterator[tuple[Path, Need]]:
    """Yield what the collectors may hold at most: memory, and traces that wait for a decision."""
    needed = _needed(load, spec)
    loads = {role: _load_of(load, spec, role) for role in roles(spec)}
    for role in (role for role in loads if loads[role]):
        limit = replace(needed[role.value], memory_mib=max(MIN_LIMIT_MIB, 2 * needed[role.value].memory_mib))
        resources = sized_by(spec, role)
        deployed = size(1, resources.cpu_request, resources.memory_limit)
        below = deployed.memory_mib < limit.memory_mib
        yield (*_above(role), "memory_limit"), Need(limit.memory, deployed.memory, below, loads[role])
    for name, processor in dict(_sampling_processors(spec)).items():
        traces, held = sizing.needed_traces(load, _sampling(processor)), processor.traces_in_memory
        if traces > held:
            path, reason = ("telemetry", "processors", name, "traces_in_memory"), "traces that wait at peak"
            yield path, Need(traces, held, True, loads[Role.GATEWAY], reason)


def _needed(load: sizing.Load, spec: TelemetrySpec) -> Mapping[str, sizing.Size]:
    """Return the size that the load needs of each workload, by its role."""
    options = sizing.CollectorOptions(
        engine=spec.engine.value,
        remote_writes=_remote_writes(spec),
        sampling=tuple(_sampling(processor) for _, processor in _sampling_processors(spec)),
        scraped_targets=_scraped_targets(spec),
    )
    return sizing.collectors(load, options).workloads


def _remote_writes(spec: TelemetrySpec) -> int:
    """Return the number of stores that agents send metrics to by remote write."""
    named = {
        name: destination
        for flow in flows_of(spec, Role.AGENTS)
        if flow.signal is Signal.METRICS
        for name, destination in flow.destinations.items()
    }
    own = PROMETHEUS in named and named[PROMETHEUS] is None and bool(spec.metrics_remote_write_url)
    return own + sum(each.kind is DestinationKind.PROMETHEUS for each in named.values() if each)


def _scraped_targets(spec: TelemetrySpec) -> int:
    """Return the number of targets that the singleton scrapes."""
    sources = {name: source for flow in flows_of(spec, Role.SINGLETON) for name, source in flow.sources.items()}
    return sum(len(source.targets) for source in sources.values())


def _sampling_processors(spec: TelemetrySpec) -> list[tuple[str, PipelineProcessor]]:
    """Return the processors of tail sampling that the gateway runs by name, once for each pipeline that names it."""
    return [
        (name, processor)
        for flow in flows_of(spec, Role.GATEWAY)
        for name, processor in flow.processors.items()
        if processor.kind is ProcessorKind.TAIL_SAMPLING
    ]


def _sampling(processor: PipelineProcessor) -> sizing.Sampling:
    return sizing.Sampling(
        decision_wait_seconds=parse_duration(processor.decision_wait).total_seconds(),
        traces_in_memory=processor.traces_in_memory,
        # Those of the traces that were kept, and of those that were not.
        decisions_per_trace=2 * decision_cache_size(processor) // processor.traces_in_memory,
    )


def _path(role: str, figure: str) -> Path | None:
    above = _above(Role(role))
    if figure == "replicas":
        return (*above, figure) if role == Role.GATEWAY else None
    return (*above, f"{figure}_request")


def _above(role: Role) -> Path:
    """Return the setting that holds the sizes of a role."""
    return ("telemetry",) if role is Role.AGENTS else ("telemetry", role.value)


def _load_of(load: sizing.Load, spec: TelemetrySpec, role: Role) -> str:
    """Return the load that the collectors of a role have a part of; empty without one, as with events alone."""
    spans = amount(load.spans_per_second, "spans a second")
    series = amount(load.active_series, "series")
    if role is Role.GATEWAY:
        return spans
    if role is Role.SINGLETON:
        return series if _scraped_targets(spec) else ""
    return " and ".join(filter(None, (amount(load.logs_gb_per_day, "GB of logs a day"), spans, series)))
