"""The bucket of Loki: what lies in it, and the requests that streams and bytes cause."""

from .model import DAYS_A_MONTH, Load, Objects, Tuning

CHUNK_BYTES = 1.5 * 2**20
"""Loki's default of `chunk_target_size`, compressed."""

INDEX_WRITES_PER_INGESTER_A_DAY = 96
"""An index file every 15 minutes."""

COMPACTOR_REQUESTS_A_DAY = 432
"""The compactor's own lists and writes."""


def bucket(load: Load, days: float, tuning: Tuning, ingesters: int) -> Objects:
    """Estimate the bucket of Loki.

    A chunk is written when it is full or old enough, whichever comes first: so it is the bytes or the streams,
    whichever is more, that set the bill. Every chunk is taken to be read once for each unit of the query factor.
    """
    full = load.logs_gb_per_day * 1e9 / (tuning.compression * CHUNK_BYTES)
    old = load.streams * 24 / tuning.max_chunk_age_hours if load.logs_gb_per_day else 0.0
    chunks = max(full, old) * tuning.chunk_copies
    index = ingesters * INDEX_WRITES_PER_INGESTER_A_DAY + COMPACTOR_REQUESTS_A_DAY
    return Objects(
        gb=load.logs_gb_per_day / tuning.compression * days * tuning.chunk_copies,
        writes=(chunks + index) * DAYS_A_MONTH,
        reads=chunks * load.query_factor * DAYS_A_MONTH,
    )
