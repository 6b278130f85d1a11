"""The cache that a stack asks for beside the charts' own, and what its readers are told of it."""

from collections.abc import Mapping
from typing import Any

import pulumi

import components
from components._merge import deep_merge
from config import Settings
from config.caching import CacheKind

from .arguments import given, placement

PASSWORD_VARIABLE = "CACHE_PASSWORD"
_CHUNKS, _RESULTS = 0, 1
"""The databases of one Valkey, so that neither kind of entry is taken for the other."""


class Caching:
    """A Valkey for Loki, or nothing where the charts' own memcached do."""

    def __init__(
        self, settings: Settings, namespaces: Mapping[str, pulumi.Output[str]], options: pulumi.ResourceOptions
    ) -> None:
        self._settings = settings
        self._namespaces = namespaces
        self._options = options
        self._cache = None
        if settings.caching.kind is CacheKind.VALKEY:
            arguments = given(
                namespace=namespaces[settings.caching.namespace],
                size_mib=settings.caching.size_mib,
                **placement(settings),
                charts_dir=settings.charts.directory,
                service_monitor=settings.cluster.service_monitors,
                service_monitor_labels=dict(settings.cluster.service_monitor_labels),
            ) | {"create_namespace": False}
            self._cache = components.Cache("cache", arguments, options)

    def for_loki(self, arguments: Any) -> Any:
        """Send Loki's chunks and results to the cache, in place of its own memcached; else leave `arguments` be."""
        if self._cache is None:
            return arguments
        reader: Any = {
            "namespace": self._namespaces[self._settings.logging.namespace],
            "password": self._cache.password,
            "secret_name": "loki-cache",
        }
        access = components.CacheAccess("logs-cache-access", reader, self._options)
        values = loki_values(
            self._cache.endpoint, access.secret_name, access.password_key, self._cache.credentials_revision
        )
        return arguments | {
            "chunks_cache_mib": 0,
            "results_cache_mib": 0,
            "values": deep_merge(values, arguments.get("values", {})),
        }


def loki_values(
    endpoint: pulumi.Input[str], secret: pulumi.Input[str], key: pulumi.Input[str], revision: pulumi.Input[str]
) -> dict[str, Any]:
    """Give the values of Loki's chart for a cache that speaks Redis's protocol, the password by its Secret alone."""

    def redis(database: int) -> dict[str, Any]:
        return {"endpoint": endpoint, "password": f"${{{PASSWORD_VARIABLE}}}", "db": database}

    background = {"writeback_size_limit": "64MB"}
    password = {"name": PASSWORD_VARIABLE, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
    results = {"default_validity": "12h", "background": background, "redis": redis(_RESULTS)}
    return {
        # The older chart reads no environment into its configuration unless it is told to.
        "global": {"extraArgs": ["-config.expand-env=true"], "extraEnv": [password]},
        "loki": {
            "podAnnotations": {"checksum/cache": revision},
            "structuredConfig": {
                "chunk_store_config": {"chunk_cache_config": {"background": background, "redis": redis(_CHUNKS)}},
                "query_range": {"cache_results": True, "results_cache": {"cache": results}},
            },
        },
    }
