"""The sizes that the expected load needs against those deployed: a report and warnings at preview, no resource."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple, TypeVar

import pulumi

from components import sizing
from components._spec import Spec
from components._workload import WorkloadSettings
from components.caching.spec import CacheSpec
from components.caching.values import cache_values
from components.logging.modes import LokiMode, LokiRole, PersistenceStyle
from components.logging.schema_config import IndexStore
from components.logging.spec import LoggingSpec
from components.metrics.spec import MetricsSpec
from components.probes.spec import ProbesSpec
from components.probes.values import exporter_values
from components.storage.minio import minio_values
from components.storage.seaweedfs import PARTS, seaweedfs_values
from components.storage.spec import InClusterObjectStorageSpec, MinioObjectStorageSpec
from components.telemetry.model import LogSource
from components.telemetry.spec import TelemetrySpec
from components.thanos.flags import RESOLUTIONS
from components.thanos.roles import ThanosRole
from components.thanos.spec import ThanosSpec
from components.thanos.workloads import replication_factor
from components.thanos.workloads import workload as thanos_workload
from components.tracing.modes import FIXED_REPLICAS, TempoMode, TempoRole
from components.tracing.spec import TracingSpec
from components.tracing.workloads import workload
from components.units import parse_duration
from config import Settings
from config.caching import CacheKind
from config.errors import setting_path
from config.storage import IN_CLUSTER, FilesystemStorage

from .collector_sizes import collectors, limits_of_collectors
from .needs import Backend, Need, Path, amount, size
from .planned_components import planned_components

DAYS_OF_FOREVER = 365.0
"""Days that the report counts of blocks that are kept for ever."""
AnySpec = TypeVar("AnySpec", bound=Spec)


class Specs(NamedTuple):
    """The specifications of the components for the settings."""

    logging: LoggingSpec | None
    tracing: TracingSpec | None
    metrics: MetricsSpec | None
    thanos: ThanosSpec | None
    telemetry: TelemetrySpec


def announce(settings: Settings) -> None:
    """Log the sizes and their cost at a preview, and warn of each figure that is below what the load needs."""
    if not (settings.load.is_set and pulumi.runtime.is_dry_run()):
        return
    pulumi.log.info(report(settings))
    for path, need in recommended(settings).items():
        if need.below:
            pulumi.log.warn(
                f"{setting_path(*path)} = {need.deployed}: below the {need.value} that {need.load} need; "
                f"run make size STACK={settings.stack}"
            )


def report(settings: Settings) -> str:
    """Return the sizes as deployed, the mode that fits the load, and the monthly cost."""
    rows = [backend.deployed for backend in _backends(settings, _specs(settings))]
    own = {
        "logs": settings.logging.in_stack,
        "traces": settings.tracing.in_stack,
        "metrics": settings.metrics.in_stack,
    }
    external = [signal for signal, is_own in own.items() if not is_own]
    return sizing.report(plan(settings), [*rows, *_servers(settings)], _without_row(settings), external)


def recommended(settings: Settings) -> dict[Path, Need]:
    """Return every size and limit that the load needs, by the path of its setting."""
    specs = _specs(settings)
    sizes = (need for backend in _backends(settings, specs) for need in backend.needs())
    caches = dict(_caches(settings, specs.logging)) if specs.logging else {}
    held = dict(limits_of_collectors(plan(settings).load, specs.telemetry))
    return {**dict(sizes), **caches, **held, **dict(_limits(settings, specs))}


def plan(settings: Settings, mode: LokiMode | None = None) -> sizing.Plan:
    """Size the platform for the load, with the copies of logs that Loki has in `mode`, else in that of the settings."""
    load, retention, area = settings.load, settings.retention, settings.logging
    mode = mode or area.mode
    writer = mode.ingester
    replicas = area.workloads.get(writer, WorkloadSettings()).replicas or area.replicas
    fixed = 1 if _only_one_pod(settings) else area.replication_factor
    tuning = sizing.Tuning(
        replication_factor=fixed or min(3, replicas or 3),
        ingester_zones=len(area.ingester_zones) or 1,
        trace_replication_factor=min(3, settings.tracing.replicas or 3),
    )
    expected = sizing.Load(
        logs_gb_per_day=load.logs_gb_per_day,
        active_streams=load.active_streams,
        spans_per_second=load.spans_per_second,
        active_series=load.active_series,
        scrape_interval_seconds=parse_duration(load.scrape_interval).total_seconds(),
        query_factor=load.query_factor,
        collectors=load.nodes if settings.telemetry.log_source is LogSource.FILES else settings.telemetry.replicas,
    )
    logs, traces, metrics = (_days(kept) for kept in (retention.logs, retention.traces, retention.metrics))
    local = None if settings.metrics.thanos is None else _days(settings.metrics.thanos.local_retention)
    while True:
        sized = sizing.size(expected, sizing.Retention(logs, traces, metrics, local), _prices(settings), tuning)
        # A component keeps as many copies as it has writers, three at most: more writers may mean more copies.
        settled = replace(
            tuning,
            replication_factor=fixed or min(3, sized.logs.topologies[mode].workloads[writer].replicas),
            trace_replication_factor=min(3, sized.traces.topologies["distributed"].workloads["ingester"].replicas),
        )
        if settled == tuning:
            return sized
        tuning = settled


def _specs(settings: Settings) -> Specs:
    """Return the specifications of the components for the arguments that the program passes."""
    planned = {component.name: component for component in planned_components(settings)}

    def checked(spec: type[AnySpec]) -> AnySpec:
        return spec.check(spec.__name__, planned[spec.__name__.removesuffix("Spec")].arguments)

    def found(spec: type[AnySpec]) -> AnySpec | None:
        return checked(spec) if spec.__name__.removesuffix("Spec") in planned else None

    return Specs(found(LoggingSpec), found(TracingSpec), found(MetricsSpec), found(ThanosSpec), checked(TelemetrySpec))


def _backends(settings: Settings, specs: Specs) -> Iterator[Backend]:
    sized, load = plan(settings), settings.load
    if loki := specs.logging:
        yield from (_loki(settings, loki, mode) for mode in loki.modes)
    if specs.tracing:
        yield _tempo(specs.tracing, sized.traces, amount(load.spans_per_second, "spans a second"))
    if server := specs.metrics:
        workloads = {"prometheus": size(server.replicas, server.cpu, server.memory, server.volume_size)}
        row = sizing.Row("Prometheus", sizing.Topology("", workloads))
        yield Backend(row, sized.metrics.workloads, amount(load.active_series, "series"), _path_of_prometheus)
    if specs.thanos and specs.metrics:
        yield _thanos(specs.thanos, specs.metrics, sized.load, amount(load.active_series, "series"))
    yield from collectors(sized.load, specs.telemetry)


def _loki(settings: Settings, spec: LoggingSpec, mode: LokiMode) -> Backend:
    """Return Loki in one of its modes; caches and bucket are those of the mode that stays."""
    load = amount(settings.load.logs_gb_per_day, "GB of logs a day")
    choice, stays = plan(settings, mode).logs, mode is spec.mode
    workloads = {}
    for role in spec.roles(mode):
        work = spec.workload(role)
        volume = "" if role.persistence_style is PersistenceStyle.NONE else work.volume_size
        workloads[role.value] = size(work.replicas, work.cpu, work.memory, volume)
    row = _row("Loki" if stays else "Loki, being removed:", mode.value, workloads, choice, load if stays else "")
    if stays:
        row = replace(row, topology=sizing.with_caches(row.topology, spec.chunks_cache_mib, spec.results_cache_mib))

    def path(role: str, figure: str) -> Path | None:
        if figure == "replicas" and _only_one_pod(settings):
            return None
        own = getattr(settings.logging.workloads.get(LokiRole(role)), figure, None)
        alone = spec.modes == (LokiMode.MONOLITHIC,) and own is None
        return ("logging", figure) if alone else ("logging", "workloads", role, figure)

    return Backend(row, choice.topologies[mode].all, load, path)


def _tempo(spec: TracingSpec, choice: sizing.Choice, load: str) -> Backend:
    needed = choice.topologies[_topology_of_tempo(spec)]
    if spec.mode is TempoMode.MONOLITHIC:
        workloads = {"tempo": size(1, spec.cpu, spec.memory, spec.volume_size)}
    else:
        runs = {TempoRole.GATEWAY: False, TempoRole.METRICS_GENERATOR: spec.generates_metrics}
        workloads = {}
        for role in spec.roles:
            if runs.get(role, True):
                work = workload(spec, role)
                volume = work.volume_size if role.has_volume else ""
                workloads[role.value] = size(work.replicas, work.cpu, work.memory, volume)
    row = _row("Tempo", spec.mode.value, workloads, replace(choice, topologies={spec.mode.value: needed}), load)
    return Backend(row, needed.workloads, load, _path_of_tempo)


def _thanos(spec: ThanosSpec, prometheus: MetricsSpec, expected: sizing.Load, load: str) -> Backend:
    days = [_days(spec.retentions[resolution]) for resolution in RESOLUTIONS]
    ingestors = thanos_workload(spec, ThanosRole.RECEIVE_INGESTOR).replicas if spec.receive else 0
    # Blocks that are kept for ever have no last day: the report is on the first year.
    raw, five_minutes, hours = (kept or DAYS_OF_FOREVER for kept in days)
    kept = sizing.LongTerm(
        raw_days=raw,
        five_minutes_days=five_minutes if spec.downsampling else 0.0,
        hours_days=hours if spec.downsampling else 0.0,
        local_days=_days(spec.local_retention),
        servers=prometheus.replicas,
        ingestors=ingestors,
        copies=replication_factor(spec) if spec.receive else 1,
    )
    needed = sizing.thanos(expected, kept)
    workloads = {}
    for role in spec.roles:
        work = thanos_workload(spec, role)
        workloads[role.value] = size(work.replicas, work.cpu, work.memory, work.volume_size if role.has_volume else "")
    topology = sizing.Topology("", workloads, objects=needed.objects if load else sizing.Objects())
    return Backend(sizing.Row("Thanos", topology), needed.workloads, load, _path_of_thanos)


def _path_of_thanos(role: str, figure: str) -> Path | None:
    return None if figure == "replicas" else ("metrics", "long_term", "workloads", role, figure)


def _row(title: str, mode: str, workloads: Mapping[str, sizing.Size], choice: sizing.Choice, load: str) -> sizing.Row:
    """Return the row of a backend, with its bucket and the choice of its mode where it has a load."""
    if load:
        return sizing.Row(title, sizing.Topology(mode, workloads, objects=choice.topologies[mode].objects), choice)
    return sizing.Row(f"{title} {mode}", sizing.Topology(mode, workloads))


def _topology_of_tempo(spec: TracingSpec) -> str:
    return "distributed-kafka" if spec.uses_kafka else spec.mode.value


def _path_of_tempo(role: str, figure: str) -> Path | None:
    if role == "tempo":
        return None if figure == "replicas" else ("tracing", figure)
    if figure == "replicas" and role in FIXED_REPLICAS:
        counted = {"ingester": "replicas", "live-store": "partitions"}.get(role)
        return ("tracing", counted) if counted else None
    return ("tracing", "workloads", role, figure)


def _path_of_prometheus(_: str, figure: str) -> Path | None:
    return None if figure == "replicas" else ("metrics", figure)


def _caches(settings: Settings, spec: LoggingSpec) -> Iterator[tuple[Path, Need]]:
    """Yield the caches of Loki, of which one of 0 is switched off and stays so."""
    topology = plan(settings).logs.topologies[spec.mode]
    caches = {
        ("logging", "chunks_cache_mib"): (topology.chunks_cache_mib, spec.chunks_cache_mib),
        ("logging", "results_cache_mib"): (topology.results_cache_mib, spec.results_cache_mib),
    }
    if settings.caching.kind is CacheKind.VALKEY:
        both = topology.chunks_cache_mib + topology.results_cache_mib
        caches = {("caching", "size_mib"): (both, settings.caching.size_mib)}
    if load := amount(settings.load.logs_gb_per_day, "GB of logs a day"):
        for path, (wanted, present) in caches.items():
            if present:
                yield path, Need(wanted, present, present < wanted, load)


def _limits(settings: Settings, specs: Specs) -> Iterator[tuple[Path, Need]]:
    """Yield the limits of which the load exceeds the default; one that is set higher stays."""
    sized = plan(settings)
    logs, spans = sized.load.logs_gb_per_day, sized.load.spans_per_second
    limits = []
    if specs.logging:
        raised = sizing.raised_limits(sized.load)
        limits.append(("logging", amount(logs, "GB of logs a day"), raised, sizing.LOG_LIMITS))
    if specs.tracing:
        raised = sizing.raised_trace_limits(sized.load, sized.traces.topologies[_topology_of_tempo(specs.tracing)])
        limits.append(("tracing", amount(spans, "spans a second"), raised, sizing.TRACE_LIMITS))
    streams = {"max_global_streams_per_user": amount(sized.load.streams, "streams")}
    for area, load, raised, defaults in limits:
        for name, limit in raised.items():
            present = getattr(getattr(getattr(specs, area), "limits", None), name, None) or defaults[name]
            present = int(present) if present == int(present) else present
            value = max(limit.value, present)
            yield (area, "limits", name), Need(value, present, present < value, streams.get(name, load), limit.reason)


def _servers(settings: Settings) -> Iterator[sizing.Row]:
    """Yield the rows of the object store, the Valkey and the blackbox exporter that the stack runs.

    Servers of objects have no volume here: the price of an object is that of the disks under all its copies.
    """
    planned = {component.name: component for component in planned_components(settings)}

    def checked(spec: type[AnySpec]) -> AnySpec | None:
        component = planned.get(spec.__name__.removesuffix("Spec"))
        return spec.check(spec.__name__, {**component.arguments, "namespace": "namespace"}) if component else None

    if seaweedfs := checked(InClusterObjectStorageSpec):
        yield sizing.Row("SeaweedFS", sizing.Topology("", _seaweedfs(seaweedfs)))
    if minio := checked(MinioObjectStorageSpec):
        values = minio_values(minio)
        size = _size_of_chart(values["replicas"], values["resources"]["requests"])
        yield sizing.Row("MinIO", sizing.Topology("", {"minio": size}))
    if cache := checked(CacheSpec):
        size = _size_of_chart(1, cache_values(cache)["resources"]["requests"])
        yield sizing.Row("Valkey", sizing.Topology("", {"valkey": size}))
    if probes := checked(ProbesSpec):
        values = exporter_values(probes)
        size = _size_of_chart(values["replicas"], values["resources"]["requests"])
        yield sizing.Row("blackbox exporter", sizing.Topology("", {"blackbox-exporter": size}))


def _seaweedfs(spec: InClusterObjectStorageSpec) -> dict[str, sizing.Size]:
    if not spec.clustered:
        return {"seaweedfs": _size_of_chart(1, seaweedfs_values(spec)["allInOne"]["resources"]["requests"])}
    parts = {part: seaweedfs_values(spec)[part] for part in PARTS}
    return {
        part: _size_of_chart(
            values.get("replicas", 1), values["resources"]["requests"], values.get("data", {}).get("size", "")
        )
        for part, values in parts.items()
    }


def _size_of_chart(replicas: int, requests: Mapping[str, str], volume: str = "") -> sizing.Size:
    return size(replicas, requests["cpu"], requests["memory"], volume)


def _without_row(settings: Settings) -> tuple[str, ...]:
    """Return the workloads of the stack that no row of the report counts."""
    distributed = settings.tracing.in_stack and settings.tracing.mode is TempoMode.DISTRIBUTED
    memcached = settings.caching.kind is CacheKind.MEMCACHED and distributed
    missing = {
        "Grafana": settings.grafana.enabled,
        "the memcached of Tempo": memcached,
        "the rollout operator": bool(settings.logging.ingester_zones),
        "the demo": settings.demo.enabled,
        "the Prometheus operator and its exporters": settings.metrics.in_stack,
    }
    return (*(name for name, is_missing in missing.items() if is_missing), "gateways", "sidecars")


def _only_one_pod(settings: Settings) -> bool:
    """Whether only one pod of Loki can read what is on its volume."""
    boltdb = any(entry.store == IndexStore.BOLTDB for entry in settings.logging.schema_entries)
    return boltdb or isinstance(settings.storage, FilesystemStorage)


def _prices(settings: Settings) -> sizing.Prices:
    prices = settings.load.prices.model_dump(exclude_none=True)
    if isinstance(settings.storage, IN_CLUSTER):
        # Its objects are on volumes of the cluster, and requests are free.
        disks = prices["disk_gib_month"] * settings.storage.disks_of_an_object
        prices = {"object_gb_month": disks, "write_thousand": 0.0, "read_thousand": 0.0, **prices}
    return sizing.Prices(**prices)


def _days(duration: str) -> float:
    return parse_duration(duration).total_seconds() / 86_400
