"""Loki: replicas, requests, write-ahead log, caches and bucket for a load of logs.

The distributed mode follows the tables of Loki's docs (https://grafana.com/docs/loki/latest/setup/size/): up to 3 TB a
day in proportion to the first, then on a line to the second, of 30 TB a day. Loki's docs size no other mode: those
follow the calculator that Loki's docs had until 2025, and are estimates.
"""

from collections.abc import Mapping
from dataclasses import replace

from .loki_objects import bucket
from .model import Choice, Load, Retention, Shape, Size, Tuning, whole

SMALL_GB_PER_DAY = 3_000.0
SMALL: Mapping[str, Size] = {
    "distributor": Size(4, 2000, 512),
    "ingester": Size(6, 2000, 4096),
    "querier": Size(10, 1000, 1024),
    "query-frontend": Size(2, 1000, 2048),
    "query-scheduler": Size(2, 1000, 512),
    "index-gateway": Size(4, 500, 2048),
    "compactor": Size(1, 2000, 10240),
}
"""Loki's docs, "less than 3 TB/day": 38 cores and 59 GiB."""

LARGE_GB_PER_DAY = 30_000.0
LARGE: Mapping[str, Size] = {
    "distributor": Size(40, 2000, 1024),
    "ingester": Size(90, 2000, 6144),
    "querier": Size(100, 1500, 2048),
    "query-frontend": Size(8, 1000, 2048),
    "query-scheduler": Size(2, 1000, 512),
    "index-gateway": Size(10, 500, 4096),
    "compactor": Size(1, 6000, 20480),
}
"""Loki's docs, "3 TB/day to 30 TB/day": 431 cores and 857 GiB."""

RULER = Size(2, 500, 1024)
BACKEND = Size(3, 100, 512, 10)
"""Loki's docs size neither: estimates."""

WRITER_GB_PER_DAY = 3 * 1.048576 * 86.4
"""What one pod takes in: 3 MiB/s by the retired calculator, 272 GB a day."""
WRITER = Size(1, 1000, 6144)
"""The calculator's request of a pod that takes 3 MiB/s in."""
READER = Size(3, 3000, 6144)
"""The calculator's request of a pod of `read`, and the least of them."""
QUERY_MILLIS_PER_GB_A_DAY = 10_000 / SMALL_GB_PER_DAY
"""Ten queriers of one core for 3 TB a day, by Loki's docs."""
QUERY_MIB_PER_GB_A_DAY = 10 * 1024 / SMALL_GB_PER_DAY
"""Ten queriers of 1 GiB for 3 TB a day, by Loki's docs."""
SMALLEST = Size(1, 200, 1024)
"""What the component asks for a pod that takes writes where nobody says: no plan asks for less."""

SMALLEST_WAL_GIB = 10
WAL_SECONDS = 3_000
"""Of writes kept in the write-ahead log: Loki's docs see 10 to 15 GB at 5 MB/s, 2 to 3 GB for each MB/s."""
FULL_DISK = 0.8
"""Part of a volume that a plan fills: below the 0.9 at which Loki stops writing its log. An estimate."""

SMALLEST_CHUNKS_CACHE_MIB = 512
LARGEST_CHUNKS_CACHE_MIB = 8_192
"""One memcached of the chart is no larger."""
CHUNKS_CACHE_HOURS = 2
"""Hours of compressed logs in the chunks cache: an estimate."""
RESULTS_SHARE = 4
"""The chunks cache has four times the results cache, as in Loki's docs (4096 MB and 1024 MB)."""
SMALLEST_RESULTS_CACHE_MIB = 256

CACHE_NAMES = ("chunks-cache", "results-cache")
CACHES = frozenset(CACHE_NAMES)
"""The workloads beside Loki that are caches."""


def logs(load: Load, retention: Retention, tuning: Tuning) -> Choice:
    """Size every mode of Loki, and recommend one."""
    shapes = (_monolithic, _simple_scalable, _distributed)
    chosen = {shape.mode: shape for shape in (build(load, retention, tuning) for build in shapes)}
    small = load.logs_gb_per_day <= WRITER_GB_PER_DAY
    daily, limit = f"{load.logs_gb_per_day:g} GB a day", f"{WRITER_GB_PER_DAY:.0f} GB a day (3 MiB/s)"
    reason = (
        f"{daily} is within the {limit} that a single process takes in"
        if small
        else f"{daily} is more than the {limit} that a single process takes in"
    )
    beyond = "beyond the 30 TB a day of Loki's table, which is continued in proportion"
    reasons = (reason, beyond) if load.logs_gb_per_day > LARGE_GB_PER_DAY else (reason,)
    return Choice(chosen, "monolithic" if small else "distributed", reasons)


def writer_volume_gib(gb_per_day_and_pod: float) -> int:
    """Give the volume for the write-ahead log of a pod."""
    return max(SMALLEST_WAL_GIB, whole(gb_per_day_and_pod / 86_400 * WAL_SECONDS / FULL_DISK))


def _distributed(load: Load, retention: Retention, tuning: Tuning) -> Shape:
    daily, copies = load.logs_gb_per_day, tuning.replication_factor
    floors = {"ingester": copies, "compactor": 1}
    steps = {"ingester": tuning.ingester_zones}
    pods = SMALL if daily <= SMALL_GB_PER_DAY else LARGE
    # What an ingester gets never grows beyond its share when the first is added to the least of them.
    busiest = min(daily, copies * SMALL_GB_PER_DAY / SMALL["ingester"].replicas)
    volumes = {"ingester": writer_volume_gib(busiest), "index-gateway": 10, "compactor": 10}
    workloads = {
        role: Size(
            replicas=whole(max(floors.get(role, 2), _replicas(role, load)), steps.get(role, 1)),
            cpu_millis=pod.cpu_millis,
            memory_mib=pod.memory_mib,
            volume_gib=volumes.get(role, 0),
        )
        for role, pod in pods.items()
    }
    return _shape("distributed", workloads, {"ruler": RULER}, load, retention, tuning, workloads["ingester"].replicas)


def _replicas(role: str, load: Load) -> int:
    small, large, daily = SMALL[role].replicas, LARGE[role].replicas, load.logs_gb_per_day
    if role == "compactor":
        return 1
    if daily <= SMALL_GB_PER_DAY:
        count = small * daily / SMALL_GB_PER_DAY
    elif daily <= LARGE_GB_PER_DAY:
        beyond = (daily - SMALL_GB_PER_DAY) / (LARGE_GB_PER_DAY - SMALL_GB_PER_DAY)
        count = small + (large - small) * beyond
    else:
        count = large * daily / LARGE_GB_PER_DAY
    return whole(count * load.query_factor if role == "querier" else count)


def _monolithic(load: Load, retention: Retention, tuning: Tuning) -> Shape:
    queries = min(load.logs_gb_per_day, WRITER_GB_PER_DAY) / tuning.replication_factor * load.query_factor
    writer = _writer(load, tuning, queries)
    return _shape("monolithic", {"loki": writer}, {}, load, retention, tuning, writer.replicas)


def _simple_scalable(load: Load, retention: Retention, tuning: Tuning) -> Shape:
    writer = _writer(load, tuning, queried_gb_per_day=0)
    cores = load.logs_gb_per_day * load.query_factor * QUERY_MILLIS_PER_GB_A_DAY
    readers = max(READER.replicas, whole(cores / READER.cpu_millis))
    workloads = {"write": writer, "read": Size(readers, READER.cpu_millis, READER.memory_mib)}
    return _shape("simple-scalable", workloads, {"backend": BACKEND}, load, retention, tuning, writer.replicas)


def _writer(load: Load, tuning: Tuning, queried_gb_per_day: float) -> Size:
    daily, copies = load.logs_gb_per_day, tuning.replication_factor
    busiest = min(daily, WRITER_GB_PER_DAY)
    share = busiest / WRITER_GB_PER_DAY
    cpu = WRITER.cpu_millis * share + queried_gb_per_day * QUERY_MILLIS_PER_GB_A_DAY
    memory = WRITER.memory_mib * share + queried_gb_per_day * QUERY_MIB_PER_GB_A_DAY
    return Size(
        replicas=max(copies, whole(daily * copies / WRITER_GB_PER_DAY)),
        cpu_millis=max(SMALLEST.cpu_millis, whole(cpu, step=50)),
        memory_mib=max(SMALLEST.memory_mib, whole(memory, step=256)),
        volume_gib=writer_volume_gib(busiest),
    )


def _shape(
    mode: str,
    workloads: Mapping[str, Size],
    beside: Mapping[str, Size],
    load: Load,
    retention: Retention,
    tuning: Tuning,
    writers: int,
) -> Shape:
    compressed_mib = load.logs_gb_per_day / tuning.compression * 1e9 / 2**20
    wanted = whole(compressed_mib * CHUNKS_CACHE_HOURS / 24, step=64)
    chunks = min(LARGEST_CHUNKS_CACHE_MIB, max(SMALLEST_CHUNKS_CACHE_MIB, wanted))
    results = max(SMALLEST_RESULTS_CACHE_MIB, chunks // RESULTS_SHARE)
    shape = Shape(mode, workloads, beside, objects=bucket(load, retention.logs, tuning, writers))
    return with_caches(shape, chunks, results)


def with_caches(shape: Shape, chunks_mib: int, results_mib: int) -> Shape:
    """Give `shape` caches of these sizes in place of its own; 0 is none."""
    others = {name: size for name, size in shape.beside.items() if name not in CACHES}
    memory = dict(zip(CACHE_NAMES, (chunks_mib, results_mib), strict=True))
    caches = {name: _memcached(mebibytes) for name, mebibytes in memory.items() if mebibytes}
    return replace(shape, beside={**others, **caches}, chunks_cache_mib=chunks_mib, results_cache_mib=results_mib)


def _memcached(mebibytes: int) -> Size:
    return Size(1, 50, whole(mebibytes * 1.2))
