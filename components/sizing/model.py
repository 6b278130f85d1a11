"""The input and output of sizing: plain numbers in, workloads, buckets and costs out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

DAYS_A_MONTH = 30
"""Days of the month that amounts and prices are for."""

HOURS_A_MONTH = 730
"""Hours of the month that prices of compute are for."""

STREAMS_PER_GB_A_DAY = 50
"""Streams where none are stated: 5,000 at 100 GB a day. An estimate; the labels decide."""


@dataclass(frozen=True)
class Load:
    """The load of the whole platform, averaged over a day. A signal without load has the smallest size that runs."""

    logs_gb_per_day: float = 0.0
    """Uncompressed logs, GB a day."""
    active_streams: float | None = None
    """Streams of logs that are written to at a time. Default: 50 for each GB a day, an estimate."""
    spans_per_second: float = 0.0
    """Spans a second."""
    active_series: float = 0.0
    """Series of metrics that are written to at a time."""
    scrape_interval_seconds: float = 30.0
    """Seconds between two samples of a series."""
    query_factor: float = 1.0
    """The factor of the query load on logs: 1 as Loki's docs assume, 10 for unoptimized queries."""
    collectors: int = 3
    """Pods that share the collecting: the nodes, where a collector runs on each."""

    @property
    def streams(self) -> float:
        """Streams of logs, stated or estimated."""
        stated = self.active_streams
        return self.logs_gb_per_day * STREAMS_PER_GB_A_DAY if stated is None else stated

    @property
    def samples_per_second(self) -> float:
        """Samples of metrics a second."""
        return self.active_series / self.scrape_interval_seconds


@dataclass(frozen=True)
class Retention:
    """Days that each signal is kept."""

    logs: float = 31.0
    traces: float = 14.0
    metrics: float = 15.0
    local_metrics: float | None = None
    """Days on the volume of Prometheus where metrics are in a bucket too; `metrics` where they are not."""


@dataclass(frozen=True)
class Prices:
    """Prices in one currency. Defaults: AWS us-east-1 on demand, without discounts."""

    currency: str = "USD"
    object_gb_month: float = 0.023
    """A GB in the bucket for a month: S3 Standard."""
    write_thousand: float = 0.005
    """A thousand requests that write or list: S3 Standard."""
    read_thousand: float = 0.0004
    """A thousand requests that read: S3 Standard."""
    disk_gib_month: float = 0.08
    """A GiB of volume for a month: EBS gp3."""
    cpu_month: float = 29.55
    """A requested core for a month: Fargate's 0.04048 an hour, as EC2 prices no core alone. An estimate."""
    memory_gib_month: float = 3.24
    """A requested GiB of memory for a month: Fargate's 0.004445 an hour. An estimate."""


@dataclass(frozen=True)
class Sampling:
    """A processor of tail sampling in the gateway."""

    decision_wait_seconds: float = 10.0
    """Time that the spans of a trace wait in memory."""
    traces_in_memory: int = 50_000
    """Traces that a replica holds until they are decided."""
    decisions_per_trace: int = 20
    """Decisions that a replica remembers for each trace that it can hold."""


@dataclass(frozen=True)
class CollectorOptions:
    """The configuration that the sizes of collectors depend on."""

    engine: str = "alloy"
    """`alloy` or `otel-collector`."""
    remote_writes: int = 0
    """Stores that agents send metrics to by remote write, not by OTLP."""
    sampling: tuple[Sampling, ...] = ()
    scraped_targets: int = 0
    """Targets that the singleton scrapes."""


@dataclass(frozen=True)
class Tuning:
    """The configuration that sizes depend on."""

    replication_factor: int = 3
    """Copies of logs that are not yet in the bucket."""
    trace_replication_factor: int = 3
    """Copies of spans that are not yet in the bucket, in Tempo 2's distributed mode."""
    ingester_zones: int = 1
    """Zones that have as many of Loki's ingesters each."""


@dataclass(frozen=True)
class Size:
    """A workload: the number of pods and the requests of each."""

    replicas: int
    cpu_millis: int
    memory_mib: int
    volume_gib: int = 0
    """Of each pod; 0 without a volume."""

    @property
    def cpu(self) -> str:
        """The CPU request of a pod as Kubernetes writes it."""
        return f"{self.cpu_millis}m" if self.cpu_millis % 1000 else str(self.cpu_millis // 1000)

    @property
    def memory(self) -> str:
        """The memory request of a pod as Kubernetes writes it."""
        return f"{self.memory_mib}Mi" if self.memory_mib % 1024 else f"{self.memory_mib // 1024}Gi"

    @property
    def volume_size(self) -> str:
        """The volume of a pod as Kubernetes writes it; empty where it has none."""
        return f"{self.volume_gib}Gi" if self.volume_gib else ""


@dataclass(frozen=True)
class Objects:
    """The contents of a signal's bucket, and the requests to it."""

    gb: float = 0.0
    """GB once the retention is full."""
    writes: float = 0.0
    """Requests a month that write or list."""
    reads: float = 0.0
    """Requests a month that read: an estimate."""


@dataclass(frozen=True)
class Topology:
    """A backend in one of its modes."""

    mode: str
    workloads: Mapping[str, Size]
    """By role, as the component names it."""
    auxiliary: Mapping[str, Size] = field(default_factory=dict)
    """Further workloads, which have no published size: estimates."""
    chunks_cache_mib: int = 0
    results_cache_mib: int = 0
    objects: Objects = Objects()

    @property
    def all(self) -> Mapping[str, Size]:
        """Every workload, the auxiliary ones too."""
        return {**self.workloads, **self.auxiliary}


@dataclass(frozen=True)
class Choice:
    """A backend in all its modes, and the one that fits the load."""

    topologies: Mapping[str, Topology]
    """By mode; `distributed-kafka` is Tempo 3 in its distributed mode."""
    recommended: str
    reasons: tuple[str, ...]
    """The reasons for that mode, and further remarks on the load."""


@dataclass(frozen=True)
class Plan:
    """Sizes of the stores for one load; those of `thanos` and of `collectors` depend on more."""

    load: Load
    retention: Retention
    prices: Prices
    logs: Choice
    traces: Choice
    metrics: Topology


def round_up(value: float, step: int = 1) -> int:
    """Return `value` rounded up to a multiple of `step`, within the error of floating point."""
    return math.ceil(value / step - 1e-9) * step
