"""Limits of Loki and Tempo that a load exceeds: left at their defaults, a part of the load would be refused.

Tempo's three hold for one pod and tenant: a distributor counts what it takes in, whatever the others take, and an
ingester or live-store the traces that it holds
(https://grafana.com/docs/tempo/latest/operations/manage-trace-ingestion/). `max_bytes_per_trace` follows from the
traces themselves, and from no load.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .model import Load, Topology, round_up
from .tempo import KAFKA_PARTS, PARTS, SPAN_BYTES, WRITERS, mb_per_second

STREAMS = 5_000
"""Loki's default of `max_global_streams_per_user`."""
RATE_MB = 4
"""Loki's default of `ingestion_rate_mb`, a second and tenant."""
BURST_MB = 6
"""Loki's default of `ingestion_burst_size_mb`."""
LOG_LIMITS: Mapping[str, int] = {
    "max_global_streams_per_user": STREAMS,
    "ingestion_rate_mb": RATE_MB,
    "ingestion_burst_size_mb": BURST_MB,
}
"""The limits by their setting, with Loki's default."""
STREAMS_AT_A_ROLLOUT = 2
"""Old and new pods of everything write at once: an estimate."""
PEAK_OF_MEAN = 3
"""The busiest seconds of a day against its mean: an estimate."""

RATE_BYTES = 15_000_000
"""Tempo's default of `overrides.defaults.ingestion.rate_limit_bytes`, a second."""
BURST_BYTES = 20_000_000
"""Tempo's default of `overrides.defaults.ingestion.burst_size_bytes`."""
TRACES = 10_000
"""Tempo's default of `overrides.defaults.ingestion.max_traces_per_user`: live traces."""
TRACE_LIMITS: Mapping[str, int] = {
    "ingestion_rate_limit_bytes": RATE_BYTES,
    "ingestion_burst_size_bytes": BURST_BYTES,
    "max_traces_per_user": TRACES,
}
"""The limits by their setting, with Tempo's default."""

SPANS_PER_TRACE = 10
"""An estimate, on the side of many small traces."""
LIVE_SECONDS = 15
"""A trace is live until no span came for 5 seconds, which is looked at every 10: Tempo's defaults."""


@dataclass(frozen=True)
class RaisedLimit:
    """A limit above its default, and the reason in a sentence."""

    value: int
    reason: str


def raised_limits(load: Load) -> Mapping[str, RaisedLimit]:
    """Return the limits that must be above Loki's defaults for `load`, by their names in `limits_config`."""
    found: dict[str, RaisedLimit] = {}
    if load.streams > STREAMS:
        streams = round_up(load.streams * STREAMS_AT_A_ROLLOUT, step=1_000)
        reason = f"{load.streams:,.0f} streams, twice as many at a rollout, exceed Loki's {STREAMS:,}"
        found["max_global_streams_per_user"] = RaisedLimit(streams, reason)
    rate = round_up(load.logs_gb_per_day / 86.4 * PEAK_OF_MEAN)
    if rate > RATE_MB:
        reason = (
            f"{load.logs_gb_per_day / 86.4:.1f} MB/s, {PEAK_OF_MEAN} times as much at peak, exceed Loki's {RATE_MB}"
        )
        found["ingestion_rate_mb"] = RaisedLimit(rate, reason)
        found["ingestion_burst_size_mb"] = RaisedLimit(
            round_up(rate * BURST_MB / RATE_MB), "half more than the rate, as by default"
        )
    return found


def raised_trace_limits(load: Load, topology: Topology) -> Mapping[str, RaisedLimit]:
    """Return the limits that must be above Tempo's defaults for `load` in `topology`, by their setting.

    The load of a pod is at most what its part is rated for, so more load never lowers a limit.
    """
    entering, held = _busiest(mb_per_second(load), topology)
    found: dict[str, RaisedLimit] = {}
    rate = round_up(entering * PEAK_OF_MEAN) * 1_000_000
    if rate > RATE_BYTES:
        reason = f"{entering:.1f} MB/s a distributor, {PEAK_OF_MEAN} times as much at peak, exceed Tempo's 15"
        found["ingestion_rate_limit_bytes"] = RaisedLimit(rate, reason)
        burst = round_up(rate * BURST_BYTES / RATE_BYTES, step=1_000_000)
        found["ingestion_burst_size_bytes"] = RaisedLimit(burst, "a third more than the rate, as by default")
    live = held * 1e6 / SPAN_BYTES / SPANS_PER_TRACE * LIVE_SECONDS * PEAK_OF_MEAN
    if live > TRACES:
        reason = f"{live:,.0f} traces live at once in a pod at peak exceed Tempo's {TRACES:,}"
        found["max_traces_per_user"] = RaisedLimit(round_up(live, step=1_000), reason)
    return found


def _busiest(rate: float, topology: Topology) -> tuple[float, float]:
    """Return the MB/s that one pod takes in, and that one pod holds, at most."""
    writer = next((name for name in WRITERS if name in topology.workloads), None)
    if writer is None:
        return rate, rate
    parts = PARTS if writer == "ingester" else KAFKA_PARTS
    copies = min(3, topology.workloads[writer].replicas) if writer == "ingester" else 1
    distributor, store = parts["distributor"], parts[writer]
    entering = min(rate / distributor.min_replicas, distributor.mb_per_second)
    return entering, copies * min(rate / max(store.min_replicas, copies), store.mb_per_second)
