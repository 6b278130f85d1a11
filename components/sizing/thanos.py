"""Thanos: requests and volumes for a number of series, and the bucket with the blocks.

Its docs give few figures (https://thanos.io/tip/components/compact.md/#compactor-resources,
https://thanos.io/tip/components/store.md/): all constants without another source are estimates.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .model import DAYS_A_MONTH, Load, Objects, Size, Topology, round_up
from .prometheus import BYTES_PER_SERIES, SAMPLES_PER_SECOND_AND_CORE

BYTES_PER_SAMPLE = 1.7
"""In a block with its index: Prometheus' docs give 1 to 2 bytes."""
AGGREGATES = 5
"""Of each series, a block of 5 minutes or an hour has count, sum, minimum, maximum and counter."""
LONGEST_BLOCK_DAYS = 14
FULL_DISK = 0.8
INDEX_HEADER_BYTES = 100
"""Of one series in one block, on the volume of a store gateway."""
RESOLUTIONS = 3

BLOCKS_A_DAY = 12
"""A block is cut every two hours."""
OBJECTS_PER_BLOCK = 4
REWRITES_PER_BLOCK = 4
"""To 8 hours, 2 days and 14 days, and once more for each of two lower resolutions of the longer ones."""
READS_PER_WRITE = 5
"""Compaction reads what it merges, and every reader the description of each block."""


@dataclass(frozen=True)
class Part:
    """One part of Thanos: the memory that a series takes, and its least requests, which are the defaults."""

    min_cpu_millis: int
    min_memory_mib: int
    bytes_per_series: float = 0.0
    series_per_core: float = 0.0


PARTS: Mapping[str, Part] = {
    "query": Part(100, 512, 256, 2_000_000),
    "query-frontend": Part(50, 384),
    "store-gateway": Part(100, 1024, 1_024, 2_000_000),
    "compact": Part(100, 1024, 2_048, 2_000_000),
    "rule": Part(50, 256),
    "receive-router": Part(50, 256, 256),
    "receive-ingestor": Part(100, 1024),
}
MIN_VOLUME_GIB = 10
"""The component's default, which no plan goes below."""


@dataclass(frozen=True)
class LongTerm:
    """What is kept in Thanos, and by how many."""

    raw_days: float = 395.0
    five_minutes_days: float = 395.0
    hours_days: float = 395.0
    """Days of each resolution; 0 where there is none."""
    local_days: float = 2.0
    servers: int = 1
    """Prometheus servers that upload the same series."""
    ingestors: int = 0
    """Pods that series are pushed to; 0 without receivers."""
    copies: int = 1
    """Ingestors that each sample goes to."""


def thanos(load: Load, kept: LongTerm) -> Topology:
    """Return the sizes of Thanos; the number of pods is for the settings to decide."""
    workloads = {name: _size(name, part, load) for name, part in PARTS.items()}
    series, rate = load.active_series, load.samples_per_second
    days = max(kept.raw_days, kept.five_minutes_days, kept.hours_days)
    headers = series * kept.servers * INDEX_HEADER_BYTES * RESOLUTIONS * days / LONGEST_BLOCK_DAYS
    # The blocks that are merged and the one that is made of them.
    merged = 2 * LONGEST_BLOCK_DAYS * 86_400 * rate * BYTES_PER_SAMPLE
    volumes = {"store-gateway": headers, "compact": merged, "rule": 0.0}
    for name, stored in volumes.items():
        workloads[name] = _with_volume(workloads[name], stored)
    if kept.ingestors:
        workloads["receive-ingestor"] = _ingestor(load, kept)
    return Topology("", workloads, objects=_bucket(load, kept))


def _size(name: str, part: Part, load: Load) -> Size:
    cores = load.active_series / part.series_per_core if part.series_per_core else 0.0
    if name == "receive-router":
        cores = load.samples_per_second / SAMPLES_PER_SECOND_AND_CORE
    return Size(
        replicas=1,
        cpu_millis=max(part.min_cpu_millis, round_up(cores * 1000, step=50)),
        memory_mib=max(part.min_memory_mib, round_up(load.active_series * part.bytes_per_series / 2**20, step=128)),
    )


def _with_volume(size: Size, stored: float) -> Size:
    gib = max(MIN_VOLUME_GIB, round_up(stored / 2**30 / FULL_DISK))
    return Size(size.replicas, size.cpu_millis, size.memory_mib, gib)


def _ingestor(load: Load, kept: LongTerm) -> Size:
    """Return an ingestor, which holds its share of all series as a Prometheus does."""
    part, share = PARTS["receive-ingestor"], kept.copies / kept.ingestors
    rate = load.samples_per_second * share
    size = Size(
        replicas=1,
        cpu_millis=max(part.min_cpu_millis, round_up(rate / SAMPLES_PER_SECOND_AND_CORE * 1000, step=50)),
        memory_mib=max(part.min_memory_mib, round_up(load.active_series * share * BYTES_PER_SERIES / 2**20, step=128)),
    )
    return _with_volume(size, rate * BYTES_PER_SAMPLE * kept.local_days * 86_400)


def _bucket(load: Load, kept: LongTerm) -> Objects:
    raw = load.samples_per_second * kept.raw_days * 86_400
    lower = load.active_series * AGGREGATES * (kept.five_minutes_days * 288 + kept.hours_days * 24)
    writes = 0.0
    if load.active_series:
        writes = kept.servers * BLOCKS_A_DAY * DAYS_A_MONTH * OBJECTS_PER_BLOCK * REWRITES_PER_BLOCK
    return Objects(
        gb=kept.servers * (raw + lower) * BYTES_PER_SAMPLE / 1e9, writes=writes, reads=writes * READS_PER_WRITE
    )
