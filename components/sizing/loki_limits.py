"""Limits of Loki that a load exceeds: left as they are, Loki would refuse a part of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from .model import Load, whole

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


@dataclass(frozen=True)
class Raised:
    """A limit above Loki's default, and the reason in a sentence."""

    value: int
    reason: str


def raised_limits(load: Load) -> Mapping[str, Raised]:
    """Return the limits that must be above Loki's defaults for `load`, by their names in `limits_config`."""
    found: dict[str, Raised] = {}
    if load.streams > STREAMS:
        streams = whole(load.streams * STREAMS_AT_A_ROLLOUT, step=1_000)
        reason = f"{load.streams:,.0f} streams, twice as many at a rollout, exceed Loki's {STREAMS:,}"
        found["max_global_streams_per_user"] = Raised(streams, reason)
    rate = whole(load.logs_gb_per_day / 86.4 * PEAK_OF_MEAN)
    if rate > RATE_MB:
        reason = (
            f"{load.logs_gb_per_day / 86.4:.1f} MB/s, {PEAK_OF_MEAN} times as much at peak, exceed Loki's {RATE_MB}"
        )
        found["ingestion_rate_mb"] = Raised(rate, reason)
        found["ingestion_burst_size_mb"] = Raised(
            whole(rate * BURST_MB / RATE_MB), "half more than the rate, as by default"
        )
    return found
