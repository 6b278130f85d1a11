"""Arguments for a cache with the protocol of Redis: its address, its password, and a database for each reader."""

from enum import IntEnum
from typing import Any

from pydantic import Field

from ._kubernetes import OptionalObjectName
from ._spec import Spec, rule
from .urls import is_host_and_port

PASSWORD_VARIABLE = "CACHE_PASSWORD"
EXPAND_ENVIRONMENT = "-config.expand-env=true"
"""Flag by which Loki and Tempo expand environment variables in their configuration."""


class Database(IntEnum):
    """The database of each reader of one cache, so that their keys do not collide."""

    LOKI_CHUNKS = 0
    LOKI_RESULTS = 1
    TEMPO = 2
    THANOS = 3


class CacheReaderSpec(Spec):
    """Arguments of a component that uses a cache."""

    cache_endpoint: str = Field(
        default="",
        description=(
            "`host:port` of a cache that speaks Redis's protocol, such as `endpoint` of `Cache`, in place of the "
            "chart's memcached. Default: none."
        ),
    )
    cache_password_secret: OptionalObjectName = Field(
        default="",
        description=(
            "Secret in the same namespace with the password of that cache, as `CacheAccess` makes it. Default: none, "
            "for a cache that asks for no password."
        ),
    )
    cache_password_key: str = Field(default="password", description="Key of the password in that Secret.")
    cache_checksum: str = Field(
        default="", description="Any text that changes with the password, to restart the pods. Default: none."
    )

    def redis(self, database: Database) -> dict[str, Any]:
        """Return the configuration of the client, with the password as a reference to an environment variable."""
        password = {"password": f"${{{PASSWORD_VARIABLE}}}"} if self.cache_password_secret else {}
        return {"endpoint": self.cache_endpoint, "db": int(database), "timeout": "500ms", **password}

    @property
    def cache_environment(self) -> list[dict[str, Any]]:
        """The environment variable with the password from its Secret; none for a cache without a password."""
        if not self.cache_password_secret:
            return []
        reference = {"name": self.cache_password_secret, "key": self.cache_password_key}
        return [{"name": PASSWORD_VARIABLE, "valueFrom": {"secretKeyRef": reference}}]

    @property
    def cache_arguments(self) -> list[str]:
        """The command line arguments by which a process expands the password."""
        return [EXPAND_ENVIRONMENT] if self.cache_password_secret else []

    @property
    def cache_annotations(self) -> dict[str, str]:
        """The pod annotation that restarts the pods when the password changes."""
        return {"checksum/cache": self.cache_checksum} if self.cache_checksum else {}

    @rule("cache_endpoint")
    def _cache_endpoint_is_host_and_port(self) -> str | None:
        if self.cache_endpoint and not is_host_and_port(self.cache_endpoint):
            return "must be host:port, such as valkey.caching:6379; correct it"
        return None

    @rule("cache_password_secret", "cache_endpoint")
    def _cache_password_needs_an_endpoint(self) -> str | None:
        if self.cache_password_secret and not self.cache_endpoint:
            return "is not used without cache_endpoint; set cache_endpoint, or remove it"
        return None
