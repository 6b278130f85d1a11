"""Sizes that follow from the load: laid under what the settings say, and told once at preview."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from itertools import chain
from typing import Any

import pulumi

from components import sizing
from components.tracing.roles import COUNTED_ELSEWHERE
from components.tracing.roles import Role as TempoRole
from components.units import parse_duration, parse_quantity
from config import Settings
from config.caching import CacheKind
from config.logging import LoggingMode
from config.storage import IN_CLUSTER
from config.telemetry import LogSource
from config.workload import Workload

from . import said, unsized

WRITERS = {"monolithic": "loki", "simple-scalable": "write", "distributed": "ingester"}
"""The workload of Loki that holds what is not yet in the bucket, by mode."""
API_COLLECTORS = 2
"""Collectors where none runs on each node."""
SMALLEST_LIMIT_MIB = 512
RATE_AND_BURST = frozenset({"ingestion_rate_mb", "ingestion_burst_size_mb"})

Arguments = dict[str, Any]


def plan(settings: Settings, mode: LoggingMode | None = None) -> sizing.Plan:
    """Size the platform for the load of the settings, with the copies of logs that Loki has in `mode`."""
    load, retention = settings.load, settings.retention
    reads_files = settings.telemetry.log_source is LogSource.FILES
    return sizing.size(
        sizing.Load(
            logs_gb_per_day=load.logs_gb_per_day,
            active_streams=load.active_streams,
            spans_per_second=load.spans_per_second,
            active_series=load.active_series,
            scrape_interval_seconds=parse_duration(load.scrape_interval).total_seconds(),
            query_factor=load.query_factor,
            collectors=load.nodes if reads_files else API_COLLECTORS,
        ),
        sizing.Retention(logs=_days(retention.logs), traces=_days(retention.traces), metrics=_days(retention.metrics)),
        _prices(settings),
        sizing.Tuning(
            replication_factor=_copies_of_logs(settings, mode or settings.logging.mode),
            ingester_zones=len(settings.logging.ingester_zones) or 1,
            trace_replication_factor=min(3, settings.tracing.replicas or 3),
        ),
    )


def sized(lay: Callable[[Settings, Arguments], Arguments]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a function that gives arguments by the settings: `lay` puts the plan's sizes under them."""

    def decorate(arguments: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(arguments)
        def laid(settings: Settings, **joined: Any) -> Any:
            return lay(settings, arguments(settings, **joined))

        return laid

    return decorate


def logging(settings: Settings, told: Arguments) -> Arguments:
    """Lay the plan's sizes of Loki under `told`, its arguments by the settings.

    A mode that leaves keeps those it had: all the data is still its own.
    """
    if not settings.load.logs_gb_per_day:
        return told
    shapes = [_logs(settings, mode) for mode in _modes_of_loki(settings)]
    shape = shapes[0]
    caches: Arguments = {}
    if "cache_endpoint" not in told:
        caches = {"chunks_cache_mib": shape.chunks_cache_mib, "results_cache_mib": shape.results_cache_mib}
    workloads: dict[str, Arguments] = dict(told.get("workloads", {}))
    for role, size in chain.from_iterable(shape.workloads.items() for shape in shapes):
        sized = {name: value for name, value in _figures(size).items() if name not in told}
        workloads[role] = {**sized, **workloads.get(role, {})}
    limits = _limits(plan(settings).load, told.get("limits", {}))
    return {**caches, **told, "workloads": workloads, **({"limits": limits} if limits else {})}


def tracing(settings: Settings, told: Arguments) -> Arguments:
    """Lay the plan's sizes of Tempo under `told`: of what holds spans as those of Tempo itself, of all other parts.

    The number of block-builders is that of partitions, and there is one scheduler: neither is told.
    """
    if not settings.load.spans_per_second:
        return told
    shape, writer = _traces(settings, plan(settings)), _trace_writer(settings)
    figures = _figures(shape.workloads[writer])
    if _through_kafka(settings):
        figures["partitions"] = figures.pop("replicas")
    workloads: dict[str, Arguments] = dict(told.get("workloads", {}))
    for role, size in shape.workloads.items():
        if role == writer:
            continue
        sized = {
            name: value
            for name, value in _figures(size).items()
            if not (name == "replicas" and TempoRole(role) in COUNTED_ELSEWHERE)
            and not (name in told and TempoRole(role).gathers)
        }
        workloads[role] = {**sized, **workloads.get(role, {})}
    return {**figures, **told, **({"workloads": workloads} if workloads else {})}


def metrics(settings: Settings, told: Arguments) -> Arguments:
    """Lay the plan's sizes of the in-stack Prometheus under `told`."""
    if not settings.load.active_series:
        return told
    figures = _figures(plan(settings).metrics.workloads["prometheus"])
    return {**{name: figures[name] for name in ("cpu", "memory", "volume_size")}, **told}


def telemetry(settings: Settings, told: Arguments) -> Arguments:
    """Lay the plan's sizes of the collectors under `told`, with a limit that holds twice what they ask for."""
    if not (settings.load.logs_gb_per_day or settings.load.active_series):
        return told
    size = plan(settings).collectors.workloads["alloy"]
    limit = told.get("memory_limit") or f"{max(SMALLEST_LIMIT_MIB, 2 * size.memory_mib)}Mi"
    asked = told.get("memory_request") or size.memory
    if parse_quantity(asked) > parse_quantity(limit):
        # Only one of the two is the user's, or the component refuses the pair itself: that one holds.
        asked, limit = (asked, asked) if "memory_request" in told else (limit, limit)
    return {"cpu_request": size.cpu, "memory_request": asked, "memory_limit": limit, **told}


def announce(settings: Settings) -> None:
    """Tell the plan at a preview, as one block; nothing where the settings give no load."""
    if settings.load.given and pulumi.runtime.is_dry_run():
        pulumi.log.info(report(settings))


def report(settings: Settings) -> str:
    """Write the plan of what the stack runs: what the load sizes, and what has a size without it."""
    sized, load = plan(settings), settings.load
    rows = []
    if load.logs_gb_per_day:
        rows += _rows_of_loki(settings, sized)
    if load.spans_per_second:
        tempo = settings.tracing
        rows.append(said.row("Tempo", _traces(settings, sized), lambda role: said.of_tempo(tempo, role), sized.traces))
    if load.active_series and settings.metrics.in_stack:
        rows.append(said.row("Prometheus", sized.metrics, lambda _: said.of(settings.metrics)))
    if load.logs_gb_per_day or load.active_series:
        rows.append(said.row("Alloy", sized.collectors, lambda _: said.of(settings.telemetry)))
    return sizing.report(sized, [*rows, *unsized.rows(settings)], unsized.without_row(settings))


def _rows_of_loki(settings: Settings, sized: sizing.Plan) -> list[sizing.Row]:
    """Give the row of Loki's mode, and that of the one that leaves; caches and bucket are of both, and told once."""
    area = settings.logging
    rows = []
    for mode in _modes_of_loki(settings):
        shape = _logs(settings, mode)
        leaves = mode is not area.mode
        if leaves:
            shape = replace(sizing.with_caches(shape, 0, 0), objects=sizing.Objects())
        title, choice = (f"Loki {mode.value}, leaving", None) if leaves else ("Loki", sized.logs)
        row = said.row(title, shape, lambda role: said.of_loki(area, role), choice)
        rows.append(replace(row, advised=frozenset(shape.beside) - sizing.CACHES))
    return rows


def _limits(load: sizing.Load, told: Arguments) -> Arguments:
    """Lay the limits that the load exceeds under `told`; of rate and burst, who says one says both."""
    raised = {name: limit.value for name, limit in sizing.raised_limits(load).items()}
    if told.keys() & RATE_AND_BURST:
        raised = {name: value for name, value in raised.items() if name not in RATE_AND_BURST}
    return {**raised, **told}


def _figures(size: sizing.Size) -> Arguments:
    figures = {"replicas": size.replicas, "cpu": size.cpu, "memory": size.memory, "volume_size": size.volume_size}
    return {name: value for name, value in figures.items() if value}


def _modes_of_loki(settings: Settings) -> tuple[LoggingMode, ...]:
    """Give the mode of Loki, and the one that leaves, if any."""
    area = settings.logging
    return (area.mode,) if area.migrate_from in (None, area.mode) else (area.mode, area.migrate_from)


def _logs(settings: Settings, mode: LoggingMode) -> sizing.Shape:
    area, shape = settings.logging, plan(settings, mode).logs.shapes[mode.value]
    beside = dict(shape.beside)
    ruler = beside.pop("ruler", None)
    evaluates = {"ruler": ruler} if ruler and area.ruler else {}
    shape = replace(shape, workloads={**shape.workloads, **evaluates}, beside=beside)
    if settings.caching.kind is CacheKind.VALKEY:
        return sizing.with_caches(shape, 0, 0)
    chunks, results = area.chunks_cache_mib, area.results_cache_mib
    return sizing.with_caches(
        shape,
        shape.chunks_cache_mib if chunks is None else chunks,
        shape.results_cache_mib if results is None else results,
    )


def _traces(settings: Settings, sized: sizing.Plan) -> sizing.Shape:
    shape = sized.traces.shapes["distributed-kafka" if _through_kafka(settings) else settings.tracing.mode.value]
    if settings.metrics.in_stack or settings.metrics.remote_write_url:
        return shape
    return replace(
        shape, workloads={role: size for role, size in shape.workloads.items() if role != "metrics-generator"}
    )


def _trace_writer(settings: Settings) -> str:
    if settings.tracing.mode.value == "monolithic":
        return "tempo"
    return "live-store" if _through_kafka(settings) else "ingester"


def _through_kafka(settings: Settings) -> bool:
    return settings.tracing.mode.value == "distributed" and settings.tracing.kafka_address != ""


def _copies_of_logs(settings: Settings, mode: LoggingMode) -> int:
    area = settings.logging
    writer = area.workloads.get(WRITERS[mode.value], Workload())
    return area.replication_factor or min(3, writer.replicas or area.replicas or 3)


def _prices(settings: Settings) -> sizing.Prices:
    told = settings.load.prices.model_dump(exclude_none=True)
    if isinstance(settings.storage, IN_CLUSTER):
        # Its objects lie on the cluster's own volumes, and nobody counts requests.
        disks = told["disk_gib_month"] * settings.storage.disks_of_an_object
        own = {"object_gb_month": disks, "write_thousand": 0.0, "read_thousand": 0.0}
        told = {**own, **told}
    return sizing.Prices(**told)


def _days(duration: str) -> float:
    return parse_duration(duration).total_seconds() / 86_400
