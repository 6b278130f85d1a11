"""The two memcached in front of the bucket: chunks, and results of queries."""

from typing import Any

from .spec import LoggingSpec
from .workload import node_choice, resources

EXPORTER = resources("10m", "32Mi")
"""What a metrics exporter beside a cache or the gateway takes."""

WRITE_BACK_LIMIT = "64MB"
"""Most memory of a Loki pod that writes waiting for a cache may fill; the chart's 500MB is half of a small pod."""


def cache_values(spec: LoggingSpec) -> dict[str, Any]:
    """Give the sections of both caches and of their exporter."""
    return {
        "chunksCache": _cache(spec, spec.chunks_cache_mib),
        "resultsCache": _cache(spec, spec.results_cache_mib),
        "memcachedExporter": {"enabled": spec.service_monitor, "resources": EXPORTER},
    }


def _cache(spec: LoggingSpec, mebibytes: int) -> dict[str, Any]:
    if not mebibytes:
        return {"enabled": False}
    return {
        "enabled": True,
        "allocatedMemory": mebibytes,
        "writebackSizeLimit": WRITE_BACK_LIMIT,
        "resources": resources("50m", f"{(mebibytes * 12 + 5) // 10}Mi"),
        **node_choice(spec.node_selector, spec.tolerations),
    }
