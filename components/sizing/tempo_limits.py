"""Limits of Tempo that a load exceeds: left at their defaults, Tempo would refuse a part of it.

All three hold for one pod and tenant: a distributor counts what it takes in, whatever the others take, and an ingester
or live-store the traces that it holds (https://grafana.com/docs/tempo/latest/operations/manage-trace-ingestion/).
`max_bytes_per_trace` follows from the traces themselves, and from no load.
"""

from collections.abc import Mapping

from .loki_limits import PEAK_OF_MEAN, Raised
from .model import Load, Shape, whole
from .tempo import KAFKA_PARTS, PARTS, SPAN_BYTES, WRITERS, mb_per_second

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


def raised_trace_limits(load: Load, shape: Shape) -> Mapping[str, Raised]:
    """Return the limits that must be above Tempo's defaults for `load` in `shape`, by their setting.

    A pod gets no more than its part is rated for, so more load never lowers a limit.
    """
    entering, held = _busiest(mb_per_second(load), shape)
    found: dict[str, Raised] = {}
    rate = whole(entering * PEAK_OF_MEAN) * 1_000_000
    if rate > RATE_BYTES:
        reason = f"{entering:.1f} MB/s a distributor, {PEAK_OF_MEAN} times as much at peak, exceed Tempo's 15"
        found["ingestion_rate_limit_bytes"] = Raised(rate, reason)
        burst = whole(rate * BURST_BYTES / RATE_BYTES, step=1_000_000)
        found["ingestion_burst_size_bytes"] = Raised(burst, "a third more than the rate, as by default")
    live = held * 1e6 / SPAN_BYTES / SPANS_PER_TRACE * LIVE_SECONDS * PEAK_OF_MEAN
    if live > TRACES:
        reason = f"{live:,.0f} traces live at once in a pod at peak exceed Tempo's {TRACES:,}"
        found["max_traces_per_user"] = Raised(whole(live, step=1_000), reason)
    return found


def _busiest(rate: float, shape: Shape) -> tuple[float, float]:
    """Return the MB/s that one pod takes in, and that one pod holds, at most."""
    writer = next((name for name in WRITERS if name in shape.workloads), None)
    if writer is None:
        return rate, rate
    parts = PARTS if writer == "ingester" else KAFKA_PARTS
    copies = min(3, shape.workloads[writer].replicas) if writer == "ingester" else 1
    distributor, store = parts["distributor"], parts[writer]
    entering = min(rate / distributor.fewest, distributor.mb_per_second)
    return entering, copies * min(rate / max(store.fewest, copies), store.mb_per_second)
