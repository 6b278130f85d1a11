"""Tempo: replicas, requests, volumes and bucket for a load of spans.

Tempo's docs give the traffic that a replica of each part takes
(https://grafana.com/docs/tempo/v2.10.x/set-up-for-tracing/setup-tempo/plan/size/, and the same page of 3.0 for the
parts of `distributed-kafka`). A single process is sized as the sum of its parts: an estimate.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .model import DAYS_A_MONTH, HOURS_A_MONTH, Choice, Load, Objects, Retention, Size, Topology, Tuning, round_up

SPAN_BYTES = 450
"""Bytes of a span as it arrives: Tempo's docs give 25 MB/s as 55,000 spans a second."""

MONOLITHIC_MB_PER_SECOND = 25.0
"""The lower end of what Tempo's docs rate a single process for (25 to 35 MB/s)."""

UNSCALED = float("inf")


@dataclass(frozen=True)
class Part:
    """One part of Tempo: the traffic that a replica takes, its requests, and the minimum of each."""

    mb_per_second: float
    """Infinite where the docs give a fixed number of replicas: those are as large as they get at 25 MB/s."""
    cpu_millis: int
    memory_mib: int
    min_replicas: int = 2
    min_cpu_millis: int = 100
    min_memory_mib: int = 512
    """The component's default requests, which no plan goes below."""

    @property
    def scales(self) -> bool:
        """Whether more traffic takes more replicas."""
        return self.mb_per_second != UNSCALED


PARTS: Mapping[str, Part] = {
    "distributor": Part(10, 2000, 2048),
    "ingester": Part(4, 2500, 4096, min_cpu_millis=200, min_memory_mib=1024),
    "querier": Part(1.5, 1000, 4096, min_memory_mib=1024),
    "query-frontend": Part(UNSCALED, 1000, 4096),
    "compactor": Part(4, 1000, 4096, min_replicas=1, min_memory_mib=1024),
}
"""Tempo 2: rates in the middle of the docs' ranges, memory at their lower end; CPU of the readers is an estimate."""

KAFKA_PARTS: Mapping[str, Part] = {
    "distributor": Part(10, 2000, 2048),
    "live-store": Part(8, 1000, 4096, min_replicas=3, min_cpu_millis=200, min_memory_mib=1024),
    "block-builder": Part(8, 500, 5120, min_replicas=3, min_cpu_millis=200, min_memory_mib=1024),
    "querier": Part(1.5, 1000, 4096, min_memory_mib=1024),
    "query-frontend": Part(UNSCALED, 1000, 4096),
    "backend-scheduler": Part(UNSCALED, 500, 1024, min_replicas=1),
    "backend-worker": Part(8, 500, 1024, min_replicas=1, min_memory_mib=1024),
}
"""Tempo 3, which needs Kafka: as many block builders as live stores, three where little arrives.

The worker's rate is an estimate.
"""

GENERATOR = Part(10, 1000, 4096, min_replicas=1)
"""The metrics generator of both, which the docs do not size: an estimate, of the traffic of a distributor."""

WRITERS = ("ingester", "live-store")
TOGETHER = ("distributor", "ingester", "compactor")
"""Parts whose needs a single process adds up; its queries run where the ingester has memory to spare."""

MIN_CPU_MILLIS = 200
MIN_MEMORY_MIB = 1024
"""The component's default requests of a single process, which no plan goes below."""

MIN_VOLUME_GIB = 10
VOLUME_SECONDS = 3_600
"""Of spans on a writer's volume, until their blocks are in the bucket: an estimate."""
FULL_DISK = 0.8

BLOCK_SHARE = 0.15
"""Bytes of a block for a byte of spans: measured by Tempo's docs on an older format, so an estimate."""
BLOCK_BYTES = 500e6
BLOCKS_PER_WRITER_AND_HOUR = 2
"""A block is cut every 30 minutes, or when it is full."""
OBJECTS_PER_BLOCK = 4
REWRITES_PER_BLOCK = 3
"""Compactions that a block goes through: an estimate."""


def traces(load: Load, retention: Retention, tuning: Tuning) -> Choice:
    """Return the size of every mode of Tempo, and the recommended one."""
    rate = mb_per_second(load)
    topologies = {
        "monolithic": _monolithic(rate, retention),
        "distributed": _distributed(PARTS, rate, retention, tuning),
        "distributed-kafka": _distributed(KAFKA_PARTS, rate, retention, tuning),
    }
    small = rate <= MONOLITHIC_MB_PER_SECOND
    reason = (
        f"{load.spans_per_second:,.0f} spans/s are {rate:.2g} MB/s, {'within' if small else 'beyond'} the "
        f"{MONOLITHIC_MB_PER_SECOND:g} MB/s that Tempo's docs rate a single process for"
    )
    return Choice(topologies, "monolithic" if small else "distributed", (reason,))


def mb_per_second(load: Load) -> float:
    """Return the traffic of spans, MB a second."""
    return load.spans_per_second * SPAN_BYTES / 1e6


def _monolithic(rate: float, retention: Retention) -> Topology:
    parts = [PARTS[name] for name in TOGETHER]
    size = Size(
        replicas=1,
        cpu_millis=_cpu(sum(part.cpu_millis / part.mb_per_second for part in parts) * rate),
        memory_mib=_memory(sum(part.memory_mib / part.mb_per_second for part in parts) * rate),
        volume_gib=_volume_gib(rate),
    )
    return Topology("monolithic", {"tempo": size}, objects=_bucket(rate, retention, writers=1))


def _distributed(parts: Mapping[str, Part], rate: float, retention: Retention, tuning: Tuning) -> Topology:
    every = {**parts, "metrics-generator": GENERATOR}
    workloads = {name: _workload(name, part, rate, tuning) for name, part in every.items()}
    if "block-builder" in workloads:
        writers = workloads["live-store"].replicas
        builder = workloads["block-builder"]
        workloads["block-builder"] = Size(writers, builder.cpu_millis, builder.memory_mib)
    writers = next(workloads[name].replicas for name in WRITERS if name in workloads)
    return Topology("distributed", workloads, objects=_bucket(rate, retention, writers))


def _workload(name: str, part: Part, rate: float, tuning: Tuning) -> Size:
    min_replicas = max(part.min_replicas, tuning.trace_replication_factor) if name == "ingester" else part.min_replicas
    # The minimum of pods shares a small load; the share of one never exceeds that of a full replica.
    full_rate = part.mb_per_second * min_replicas if part.scales else MONOLITHIC_MB_PER_SECOND
    share = min(1.0, rate / full_rate)
    writes = name in WRITERS
    copies = tuning.trace_replication_factor if name == "ingester" else 1
    return Size(
        replicas=max(min_replicas, round_up(rate / part.mb_per_second)),
        cpu_millis=_cpu(part.cpu_millis * share, part.min_cpu_millis),
        memory_mib=_memory(part.memory_mib * share, part.min_memory_mib),
        volume_gib=_volume_gib(copies * min(rate / min_replicas, part.mb_per_second)) if writes else 0,
    )


def _cpu(millis: float, minimum: int = MIN_CPU_MILLIS) -> int:
    return max(minimum, round_up(millis, step=50))


def _memory(mebibytes: float, minimum: int = MIN_MEMORY_MIB) -> int:
    return max(minimum, round_up(mebibytes, step=256))


def _volume_gib(rate: float) -> int:
    return max(MIN_VOLUME_GIB, round_up(rate * VOLUME_SECONDS / 1000 / FULL_DISK))


def _bucket(rate: float, retention: Retention, writers: int) -> Objects:
    stored = rate * 86_400 / 1000 * BLOCK_SHARE
    cut = writers * BLOCKS_PER_WRITER_AND_HOUR * HOURS_A_MONTH if rate else 0
    full = stored * DAYS_A_MONTH * 1e9 / BLOCK_BYTES
    writes = max(cut, full) * OBJECTS_PER_BLOCK * REWRITES_PER_BLOCK
    return Objects(gb=stored * retention.traces, writes=writes, reads=writes)
