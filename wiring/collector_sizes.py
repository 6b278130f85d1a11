"""The sizes of the collectors that the load needs: agents, gateway and singleton of either engine."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from components import sizing
from components._collector_roles import Role
from components.telemetry.engines import Engine
from components.telemetry.model import PipelineProcessor, ProcessorKind
from components.telemetry.pipelines import flows_of, roles
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
        yield Backend(row, needed, _load_of(load, role), _path)


def limits_of_collectors(load: sizing.Load, spec: TelemetrySpec) -> Iterator[tuple[Path, Need]]:
    """Yield what the collectors may hold at most: memory, and traces that wait for a decision."""
    needed = _needed(load, spec)
    for role in (role for role in roles(spec) if _load_of(load, role)):
        limit = replace(needed[role.value], memory_mib=max(MIN_LIMIT_MIB, 2 * needed[role.value].memory_mib))
        resources = sized_by(spec, role)
        deployed = size(1, resources.cpu_request, resources.memory_limit)
        below = deployed.memory_mib < limit.memory_mib
        yield (*_above(role), "memory_limit"), Need(limit.memory, deployed.memory, below, _load_of(load, role))
    for name, processor in spec.processors.items():
        if processor in _sampling_processors(spec):
            traces, held = sizing.needed_traces(load, _sampling(processor)), processor.traces_in_memory
            if traces > held:
                path, reason = ("telemetry", "processors", name, "traces_in_memory"), "traces that wait at peak"
                yield path, Need(traces, held, True, _load_of(load, Role.GATEWAY), reason)


def _needed(load: sizing.Load, spec: TelemetrySpec) -> Mapping[str, sizing.Size]:
    """Return the size that the load needs of each workload, by its role."""
    scraped = {name: source for flow in flows_of(spec, Role.SINGLETON) for name, source in flow.sources.items()}
    options = sizing.CollectorOptions(
        engine=spec.engine.value,
        remote_write=bool(spec.metrics_remote_write_url),
        sampling=tuple(map(_sampling, _sampling_processors(spec))),
        scraped_targets=sum(len(source.targets) for source in scraped.values()),
    )
    return sizing.collectors(load, options).workloads


def _sampling_processors(spec: TelemetrySpec) -> list[PipelineProcessor]:
    """Return the processors of tail sampling that the gateway runs: one for each pipeline that names it."""
    return [
        processor
        for flow in flows_of(spec, Role.GATEWAY)
        for processor in flow.processors.values()
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


def _load_of(load: sizing.Load, role: Role) -> str:
    """Return the load that the collectors of a role have a part of; empty without one."""
    spans = amount(load.spans_per_second, "spans a second")
    series = amount(load.active_series, "series")
    if role is Role.GATEWAY:
        return spans
    if role is Role.SINGLETON:
        return series
    return " and ".join(filter(None, (amount(load.logs_gb_per_day, "GB of logs a day"), spans, series)))
