"""What queries read again and again: on the chart's memcached, or on a cache that is there."""

from typing import Any

from .._cache import Database
from .spec import TracingSpec
from .workloads import stateless

CACHE_MEGABYTES = 256
ROLES = ("parquet-footer", "bloom", "frontend-search")
"""What the charts of every generation keep on their memcached: small, and read by every query."""


def cache_values(spec: TracingSpec) -> dict[str, Any]:
    """Give the sections of the cache, and of the memcached that one takes the place of."""
    if spec.cache_endpoint:
        client = {"redis": spec.redis(Database.TEMPO), "roles": list(ROLES)}
        return {"memcached": {"enabled": False}, "cache": {"caches": [client]}}
    memcached = {
        **stateless(spec, "memcached", "50m", f"{CACHE_MEGABYTES * 5 // 4}Mi"),
        "extraArgs": ["-m", str(CACHE_MEGABYTES)],
    }
    return {"memcached": memcached}
