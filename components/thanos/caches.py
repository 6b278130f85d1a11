"""The caches of index and results: in the memory of each pod, in Valkey, or in an existing memcached."""

import json
from typing import Any

from .._cache import PASSWORD_VARIABLE, Database
from .spec import ThanosSpec

_LARGEST_RESULT = "1MiB"
"""Of memcached by default."""


def index_cache_flags(spec: ThanosSpec) -> list[str]:
    """Return the flag of a store gateway (https://thanos.io/tip/components/store.md/#index-cache)."""
    size = spec.index_cache_mib
    # An item may be half as large as the cache.
    memory = {"max_size": f"{size}MiB", "max_item_size": f"{size // 2}MiB"}
    return [f"--index-cache.config={_configuration(spec, memory)}"]


def response_cache_flags(spec: ThanosSpec) -> list[str]:
    """Return the flags of a query frontend (https://thanos.io/tip/components/query-frontend.md/#caching)."""
    memory = {"max_size": f"{spec.response_cache_mib}MiB", "max_size_items": 0, "validity": "0s"}
    configuration = _configuration(spec, memory)
    return [f"--{requests}.response-cache-config={configuration}" for requests in ("query-range", "labels")]


def _configuration(spec: ThanosSpec, memory: dict[str, Any]) -> str:
    """Return the configuration of one cache; JSON is YAML."""
    if spec.memcached_addresses:
        client = {"addresses": list(spec.memcached_addresses), "max_item_size": _LARGEST_RESULT}
        return json.dumps({"type": "MEMCACHED", "config": client})
    if not spec.cache_endpoint:
        return json.dumps({"type": "IN-MEMORY", "config": memory})
    # Thanos replaces the variable: of `$$(` in an argument, Kubernetes leaves `$(`.
    password = {"password": f"$$({PASSWORD_VARIABLE})"} if spec.cache_password_secret else {}
    return json.dumps(
        {"type": "REDIS", "config": {"addr": spec.cache_endpoint, "db": int(Database.THANOS), **password}}
    )
