"""Loki: replicas, requests, write-ahead log, caches and bucket for a load of logs.

The distributed mode follows the tables of Loki's docs (https://grafana.com/docs/loki/latest/setup/size/): up to 3 TB a
day in proportion to the first, then on a line to the second, of 30 TB a day. Loki's docs size no other mode: those
follow the calculator that Loki's docs had until 2025, and are estimates.
"""

from collections.abc import Mapping
from dataclasses import replace

from .model import DAYS_A_MONTH, Choice, Load, Objects, Retention, Size, Topology, Tuning, round_up

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
"""Ingestion of one pod: 3 MiB/s by the retired calculator, 272 GB a day."""
WRITER = Size(1, 1000, 6144)
"""The calculator's request of a pod that takes 3 MiB/s in."""
READER = Size(3, 3000, 6144)
"""The calculator's request of a pod of `read`, and the least of them."""
QUERY_MILLIS_PER_GB_A_DAY = 10_000 / SMALL_GB_PER_DAY
"""Ten queriers of one core for 3 TB a day, by Loki's docs."""
QUERY_MIB_PER_GB_A_DAY = 10 * 1024 / SMALL_GB_PER_DAY
"""Ten queriers of 1 GiB for 3 TB a day, by Loki's docs."""
DEFAULT_RESOURCES = Size(1, 200, 1024)
"""The component's default resources of a pod that takes writes, which no plan goes below."""

MIN_WAL_GIB = 10
WAL_SECONDS = 3_000
"""Seconds of writes in the write-ahead log: Loki's docs see 10 to 15 GB at 5 MB/s, 2 to 3 GB for each MB/s."""
FULL_DISK = 0.8
"""Share of a volume that a plan fills: below the 0.9 at which Loki stops writing its log. An estimate."""

MIN_CHUNKS_CACHE_MIB = 512
MAX_CHUNKS_CACHE_MIB = 8_192
"""One memcached of the chart is no larger."""
CHUNKS_CACHE_HOURS = 2
"""Hours of compressed logs in the chunks cache: an estimate."""
RESULTS_SHARE = 4
"""The chunks cache has four times the results cache, as in Loki's docs (4096 MB and 1024 MB)."""
MIN_RESULTS_CACHE_MIB = 256

CACHE_NAMES = ("chunks-cache", "results-cache")
CACHES = frozenset(CACHE_NAMES)
"""The auxiliary workloads of Loki that are caches."""

CHUNK_BYTES = 1.5 * 2**20
"""Loki's default of `chunk_target_size`, compressed."""
MAX_CHUNK_AGE_HOURS = 2
"""Age at which Loki writes a chunk to the bucket, full or not: its default."""
COMPRESSION = 5
"""Raw bytes of logs in a byte of a chunk: 5 to 10 by the docs of Loki."""

INDEX_WRITES_PER_INGESTER_A_DAY = 96
"""An index file every 15 minutes."""

COMPACTOR_REQUESTS_A_DAY = 432
"""The compactor's own lists and writes."""


def logs(load: Load, retention: Retention, tuning: Tuning) -> Choice:
    """Return the size of every mode of Loki, and the recommended one."""
    topologies = (_monolithic, _simple_scalable, _distributed)
    chosen = {topology.mode: topology for topology in (build(load, retention, tuning) for build in topologies)}
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
    """Return the size of a pod's volume for the write-ahead log, GiB."""
    return max(MIN_WAL_GIB, round_up(gb_per_day_and_pod / 86_400 * WAL_SECONDS / FULL_DISK))


def _distributed(load: Load, retention: Retention, tuning: Tuning) -> Topology:
    daily, copies = load.logs_gb_per_day, tuning.replication_factor
    minimums = {"ingester": copies, "compactor": 1}
    steps = {"ingester": tuning.ingester_zones}
    pods = SMALL if daily <= SMALL_GB_PER_DAY else LARGE
    # The load of an ingester never exceeds its share at which the first one is added to the minimum.
    busiest = min(daily, copies * SMALL_GB_PER_DAY / SMALL["ingester"].replicas)
    volumes = {"ingester": writer_volume_gib(busiest), "index-gateway": 10, "compactor": 10}
    workloads = {
        role: Size(
            replicas=round_up(max(minimums.get(role, 2), _replicas(role, load)), steps.get(role, 1)),
            cpu_millis=pod.cpu_millis,
            memory_mib=pod.memory_mib,
            volume_gib=volumes.get(role, 0),
        )
        for role, pod in pods.items()
    }
    return _topology("distributed", workloads, {"ruler": RULER}, load, retention, workloads["ingester"].replicas)


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
    return round_up(count * load.query_factor if role == "querier" else count)


def _monolithic(load: Load, retention: Retention, tuning: Tuning) -> Topology:
    queries = min(load.logs_gb_per_day, WRITER_GB_PER_DAY) / tuning.replication_factor * load.query_factor
    writer = _writer(load, tuning, queries)
    return _topology("monolithic", {"loki": writer}, {}, load, retention, writer.replicas)


def _simple_scalable(load: Load, retention: Retention, tuning: Tuning) -> Topology:
    writer = _writer(load, tuning, queried_gb_per_day=0)
    cores = load.logs_gb_per_day * load.query_factor * QUERY_MILLIS_PER_GB_A_DAY
    readers = max(READER.replicas, round_up(cores / READER.cpu_millis))
    workloads = {"write": writer, "read": Size(readers, READER.cpu_millis, READER.memory_mib)}
    return _topology("simple-scalable", workloads, {"backend": BACKEND}, load, retention, writer.replicas)


def _writer(load: Load, tuning: Tuning, queried_gb_per_day: float) -> Size:
    daily, copies = load.logs_gb_per_day, tuning.replication_factor
    busiest = min(daily, WRITER_GB_PER_DAY)
    share = busiest / WRITER_GB_PER_DAY
    cpu = WRITER.cpu_millis * share + queried_gb_per_day * QUERY_MILLIS_PER_GB_A_DAY
    memory = WRITER.memory_mib * share + queried_gb_per_day * QUERY_MIB_PER_GB_A_DAY
    return Size(
        replicas=max(copies, round_up(daily * copies / WRITER_GB_PER_DAY)),
        cpu_millis=max(DEFAULT_RESOURCES.cpu_millis, round_up(cpu, step=50)),
        memory_mib=max(DEFAULT_RESOURCES.memory_mib, round_up(memory, step=256)),
        volume_gib=writer_volume_gib(busiest),
    )


def _topology(
    mode: str,
    workloads: Mapping[str, Size],
    auxiliary: Mapping[str, Size],
    load: Load,
    retention: Retention,
    writers: int,
) -> Topology:
    compressed_mib = load.logs_gb_per_day / COMPRESSION * 1e9 / 2**20
    cached = round_up(compressed_mib * CHUNKS_CACHE_HOURS / 24, step=64)
    chunks = min(MAX_CHUNKS_CACHE_MIB, max(MIN_CHUNKS_CACHE_MIB, cached))
    results = max(MIN_RESULTS_CACHE_MIB, chunks // RESULTS_SHARE)
    topology = Topology(mode, workloads, auxiliary, objects=_bucket(load, retention.logs, writers))
    return with_caches(topology, chunks, results)


def with_caches(topology: Topology, chunks_mib: int, results_mib: int) -> Topology:
    """Return `topology` with caches of these sizes; 0 is none."""
    others = {name: size for name, size in topology.auxiliary.items() if name not in CACHES}
    memory = dict(zip(CACHE_NAMES, (chunks_mib, results_mib), strict=True))
    caches = {name: _memcached(mebibytes) for name, mebibytes in memory.items() if mebibytes}
    return replace(topology, auxiliary={**others, **caches}, chunks_cache_mib=chunks_mib, results_cache_mib=results_mib)


def _memcached(mebibytes: int) -> Size:
    return Size(1, 50, round_up(mebibytes * 1.2))


def _bucket(load: Load, days: float, ingesters: int) -> Objects:
    """Return an estimate of the bucket of Loki.

    A chunk is written when it is full or at its maximum age, whichever comes first: bytes or streams, whichever are
    more, decide the number of requests. Every chunk is written by one ingester and read once for each unit of the
    query factor: estimates.
    """
    full = load.logs_gb_per_day * 1e9 / (COMPRESSION * CHUNK_BYTES)
    old = load.streams * 24 / MAX_CHUNK_AGE_HOURS if load.logs_gb_per_day else 0.0
    chunks = max(full, old)
    index = ingesters * INDEX_WRITES_PER_INGESTER_A_DAY + COMPACTOR_REQUESTS_A_DAY
    return Objects(
        gb=load.logs_gb_per_day / COMPRESSION * days,
        writes=(chunks + index) * DAYS_A_MONTH,
        reads=chunks * load.query_factor * DAYS_A_MONTH,
    )
