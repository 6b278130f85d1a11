"""Prometheus: requests and volume for a number of series."""

from .model import Load, Retention, Size, Topology, round_up

BYTES_PER_SAMPLE = 2.0
"""On the volume of Prometheus: 1 to 2 by its docs."""
FULL_DISK = 0.8
"""Part of the volume that blocks may fill: 80 to 85 % by its docs."""
BYTES_PER_SERIES = 2 * 2.5e9 / 300_000
"""In memory: Mimir's docs give 2.5 GB for 300,000 series; twice that for queries and churn is an estimate."""
SERIES_PER_CORE = 300_000
SAMPLES_PER_SECOND_AND_CORE = 25_000
"""Mimir's docs on its ingester and distributor; that Prometheus needs as much as both is an estimate."""

MIN_CPU_MILLIS = 200
MIN_MEMORY_MIB = 1024
MIN_VOLUME_GIB = 8
"""The component's defaults, which no plan goes below."""


def prometheus(load: Load, retention: Retention) -> Topology:
    """Return the size of the in-stack Prometheus."""
    rate = load.samples_per_second
    days = retention.metrics if retention.local_metrics is None else retention.local_metrics
    stored_gb = days * 86_400 * rate * BYTES_PER_SAMPLE / 1e9
    cores = load.active_series / SERIES_PER_CORE + rate / SAMPLES_PER_SECOND_AND_CORE
    size = Size(
        replicas=1,
        cpu_millis=max(MIN_CPU_MILLIS, round_up(cores * 1000, step=50)),
        memory_mib=max(MIN_MEMORY_MIB, round_up(load.active_series * BYTES_PER_SERIES / 2**20, step=64)),
        volume_gib=max(MIN_VOLUME_GIB, round_up(stored_gb / FULL_DISK)),
    )
    return Topology("in-stack", {"prometheus": size})
