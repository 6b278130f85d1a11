"""The caches in front of the bucket, of chunks and of results of queries: two memcached, or one that is there."""

from typing import Any

from .._cache import Database
from .spec import LoggingSpec
from .workload import node_choice, resources

EXPORTER = resources("10m", "32Mi")
"""What a metrics exporter beside a cache or the gateway takes."""

WRITE_BACK_LIMIT = "64MB"
"""Most memory of a Loki pod that writes waiting for a cache may fill; the chart's 500MB is half of a small pod."""


def cache_values(spec: LoggingSpec) -> dict[str, Any]:
    """Give the sections of both caches and of their exporter."""
    return {
        **_shared_cache(spec),
        "chunksCache": _cache(spec, spec.chunks_cache_mib),
        "resultsCache": _cache(spec, spec.results_cache_mib),
        "memcachedExporter": {"enabled": spec.service_monitor, "resources": EXPORTER},
    }


def _shared_cache(spec: LoggingSpec) -> dict[str, Any]:
    """Send both kinds of entries to the cache that is there."""
    if not spec.cache_endpoint:
        return {}
    background = {"writeback_size_limit": WRITE_BACK_LIMIT}
    chunks = {"background": background, "redis": spec.redis(Database.LOKI_CHUNKS)}
    results = {"default_validity": "12h", "background": background, "redis": spec.redis(Database.LOKI_RESULTS)}
    config = {
        "chunk_store_config": {"chunk_cache_config": chunks},
        "query_range": {"cache_results": True, "results_cache": {"cache": results}},
    }
    return {
        # The older chart reads no environment into its configuration unless it is told to.
        "global": {"extraArgs": spec.cache_arguments, "extraEnv": spec.cache_environment},
        "loki": {"podAnnotations": spec.cache_annotations, "structuredConfig": config},
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
