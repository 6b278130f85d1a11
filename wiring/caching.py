"""The cache that a stack asks for beside the charts' own, and what its readers are told of it."""

from collections.abc import Mapping
from typing import Any

import pulumi

import components
from config import Settings
from config.caching import CacheKind
from config.tracing import TracingMode

from .arguments import given, monitors, placement


def cache_arguments(settings: Settings, namespace: pulumi.Output[str]) -> Any:
    """Arguments of the Valkey."""
    return given(
        namespace=namespace,
        size_mib=settings.caching.size_mib,
        **placement(settings),
        charts_dir=settings.charts.directory,
        **monitors(settings),
    ) | {"create_namespace": False}


class Caching:
    """A Valkey for Loki, distributed Tempo and a Thanos that is there; nothing where the charts' own memcached do."""

    def __init__(
        self, settings: Settings, namespaces: Mapping[str, pulumi.Output[str]], options: pulumi.ResourceOptions
    ) -> None:
        self._settings = settings
        self._namespaces = namespaces
        self._options = options
        self._cache = None
        if settings.caching.kind is CacheKind.VALKEY:
            arguments = cache_arguments(settings, namespaces[settings.caching.namespace])
            self._cache = components.Cache("cache", arguments, options)
            if settings.caching.thanos_namespace:
                self._for_thanos(self._cache, settings.caching.thanos_namespace)

    def for_loki(self) -> dict[str, Any]:
        """Give the arguments that tell Loki of the cache; none where there is none."""
        return self._reader("logs", "loki", self._settings.logging.namespace)

    def for_tempo(self) -> dict[str, Any]:
        """Give the arguments that tell Tempo of the cache; none where its chart has no place for one."""
        if self._settings.tracing.mode is TracingMode.MONOLITHIC:
            return {}
        return self._reader("traces", "tempo", self._settings.tracing.namespace)

    def _reader(self, purpose: str, consumer: str, namespace: str) -> dict[str, Any]:
        if self._cache is None:
            return {}
        arguments: Any = {
            "namespace": self._namespaces[namespace],
            "password": self._cache.password,
            "secret_name": f"{consumer}-cache",
        }
        access = components.CacheAccess(f"{purpose}-cache-access", arguments, self._options)
        return {
            "cache_endpoint": self._cache.endpoint,
            "cache_password_secret": access.secret_name,
            "cache_password_key": access.password_key,
            "cache_checksum": self._cache.credentials_revision,
        }

    def _for_thanos(self, cache: components.Cache, namespace: str) -> None:
        arguments: Any = {
            "namespace": self._namespaces.get(namespace, namespace),
            "password": cache.password,
            "secret_name": "thanos-cache",
            "thanos_endpoint": cache.endpoint,
        }
        components.CacheAccess("metrics-cache-access", arguments, self._options)
