"""Valkey in place of the charts' own memcached, and its clients' access to it."""

from collections.abc import Mapping

import pulumi

import components
from components.tracing.modes import TempoMode
from config import Settings
from config.caching import CacheKind

from . import build_args
from .upstream import BackendCacheArgs


class Caching:
    """A Valkey for Loki, distributed Tempo and Thanos; none where the charts' own memcached are used."""

    def __init__(
        self, settings: Settings, namespaces: Mapping[str, pulumi.Output[str]], options: pulumi.ResourceOptions
    ) -> None:
        self._settings = settings
        self._namespaces = namespaces
        self._options = options
        self._cache: components.Cache | None = None
        if settings.caching.kind is CacheKind.VALKEY:
            arguments = build_args.cache_args(settings, namespaces[settings.caching.namespace])
            self._cache = components.Cache("cache", arguments, options)
            if settings.caching.thanos_namespace:
                self._access("metrics", "thanos", settings.caching.thanos_namespace, self._cache, self._cache.endpoint)

    def for_loki(self) -> BackendCacheArgs:
        """Return the arguments by which Loki uses the cache; none without one."""
        return self._reader("logs", "loki", self._settings.logging.namespace)

    def for_tempo(self) -> BackendCacheArgs:
        """Return the arguments by which Tempo uses the cache; none where its chart has no place for one."""
        if self._settings.tracing.mode is TempoMode.MONOLITHIC:
            return {}
        return self._reader("traces", "tempo", self._settings.tracing.namespace)

    def for_thanos(self) -> BackendCacheArgs:
        """Return the arguments by which the stack's own Thanos uses the cache; none without one."""
        return self._reader("long-term", "thanos", self._settings.metrics.namespace)

    def _reader(self, purpose: str, consumer: str, namespace: str) -> BackendCacheArgs:
        if self._cache is None:
            return {}
        access = self._access(purpose, consumer, namespace, self._cache)
        return {
            "cache_endpoint": self._cache.endpoint,
            "cache_password_secret": access.secret_name,
            "cache_password_key": access.password_key,
            "cache_checksum": self._cache.credentials_revision,
        }

    def _access(
        self,
        purpose: str,
        consumer: str,
        namespace: str,
        cache: components.Cache,
        thanos_endpoint: pulumi.Input[str] = "",
    ) -> components.CacheAccess:
        within: pulumi.Input[str] = self._namespaces.get(namespace, namespace)
        arguments = build_args.cache_access_args(within, cache.password, consumer, thanos_endpoint)
        return components.CacheAccess(f"{purpose}-cache-access", arguments, self._options)
