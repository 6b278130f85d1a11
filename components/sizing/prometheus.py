"""Prometheus and Thanos: requests, volumes and bucket for a number of series."""

from .model import Load, Objects, Retention, Shape, Size, round_up

BYTES_PER_SAMPLE = 2.0
"""On Prometheus' volume: its docs say 1 to 2."""
FULL_DISK = 0.8
"""Part of the volume that blocks may fill: Prometheus' docs say 80 to 85 %."""
BYTES_PER_SERIES = 2 * 2.5e9 / 300_000
"""In memory: Mimir's docs give 2.5 GB for 300,000 series; twice that for queries and churn is an estimate."""
SERIES_PER_CORE = 300_000
SAMPLES_PER_SECOND_AND_CORE = 25_000
"""Mimir's docs on its ingester and distributor; that Prometheus needs as much as both is an estimate."""

MIN_CPU_MILLIS = 200
MIN_MEMORY_MIB = 1024
MIN_VOLUME_GIB = 8
"""The component's defaults, which no plan goes below."""

BUCKET_BYTES_PER_SAMPLE = 1.5
RESOLUTIONS = 3
"""Thanos keeps raw samples and two downsampled copies, together about three times the raw size by its docs."""
MB_PER_BLOCK = 6
"""Thanos' docs: a block takes about 6 MB of a store gateway's volume."""
BLOCK_DAYS = 14
RECENT_BLOCKS = 20
"""Blocks that are not yet compacted to 14 days: an estimate."""
COMPACTOR_GIB = 100
COMPACTOR_GIB_PER_SERIES = 300 / 20e6
"""Thanos' docs: 100 GB of volume in a medium setup; Mimir's: 300 GB for 20 million series."""
COMPACTOR = Size(1, 1000, 10240, COMPACTOR_GIB)
"""Thanos' docs: 10 GB of memory and a core for each concurrent compaction."""
STORE_GATEWAY = Size(2, 500, 2048)
QUERY = Size(2, 500, 1024)
"""Thanos' docs size neither: estimates."""


def prometheus(load: Load, retention: Retention) -> Shape:
    """Return the size of the in-stack Prometheus."""
    rate = load.samples_per_second
    stored_gb = retention.metrics * 86_400 * rate * BYTES_PER_SAMPLE / 1e9
    cores = load.active_series / SERIES_PER_CORE + rate / SAMPLES_PER_SECOND_AND_CORE
    size = Size(
        replicas=1,
        cpu_millis=max(MIN_CPU_MILLIS, round_up(cores * 1000, step=50)),
        memory_mib=max(MIN_MEMORY_MIB, round_up(load.active_series * BYTES_PER_SERIES / 2**20, step=64)),
        volume_gib=max(MIN_VOLUME_GIB, round_up(stored_gb / FULL_DISK)),
    )
    return Shape("in-stack", {"prometheus": size})


def thanos(load: Load, retention: Retention) -> Shape:
    """Return the size of Thanos; no workloads where it keeps no metrics."""
    days = retention.long_term_metrics
    if not days:
        return Shape("none", {})
    blocks = (days / BLOCK_DAYS + RECENT_BLOCKS) * RESOLUTIONS
    gateway_gib = max(MIN_VOLUME_GIB, round_up(blocks * MB_PER_BLOCK / 1000 / FULL_DISK))
    compactor_gib = max(COMPACTOR_GIB, round_up(load.active_series * COMPACTOR_GIB_PER_SERIES))
    workloads = {
        "query": QUERY,
        "store-gateway": Size(STORE_GATEWAY.replicas, STORE_GATEWAY.cpu_millis, STORE_GATEWAY.memory_mib, gateway_gib),
        "compactor": Size(1, COMPACTOR.cpu_millis, COMPACTOR.memory_mib, compactor_gib),
    }
    gb = days * 86_400 * load.samples_per_second * BUCKET_BYTES_PER_SAMPLE * RESOLUTIONS / 1e9
    return Shape("thanos", workloads, objects=Objects(gb=gb))
