"""A cache that speaks Redis's protocol, as its readers are told of it: address, password, and databases apart."""

from enum import IntEnum
from typing import Any

from pydantic import Field

from ._kubernetes import OptionalObjectName
from ._spec import Spec, rule
from .urls import is_host_and_port

PASSWORD_VARIABLE = "CACHE_PASSWORD"
EXPAND_ENVIRONMENT = "-config.expand-env=true"
"""Has Loki and Tempo read variables of their environment where their configuration names them."""


class Database(IntEnum):
    """The databases of one cache, so that no entry of one reader is taken for another's."""

    LOKI_CHUNKS = 0
    LOKI_RESULTS = 1
    TEMPO = 2
    THANOS = 3


class CacheReaderSpec(Spec):
    """The arguments by which a component is told of a cache."""

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
        """Give the client of the cache, with the password by the name of a variable."""
        password = {"password": f"${{{PASSWORD_VARIABLE}}}"} if self.cache_password_secret else {}
        return {"endpoint": self.cache_endpoint, "db": int(database), "timeout": "500ms", **password}

    @property
    def cache_environment(self) -> list[dict[str, Any]]:
        """The variable with the password, from its Secret; none where there is no cache or it asks for none."""
        if not self.cache_password_secret:
            return []
        reference = {"name": self.cache_password_secret, "key": self.cache_password_key}
        return [{"name": PASSWORD_VARIABLE, "valueFrom": {"secretKeyRef": reference}}]

    @property
    def cache_arguments(self) -> list[str]:
        """What a process needs on its command line to find the password."""
        return [EXPAND_ENVIRONMENT] if self.cache_password_secret else []

    @property
    def cache_annotations(self) -> dict[str, str]:
        """What rolls the pods that read the password when it changes."""
        return {"checksum/cache": self.cache_checksum} if self.cache_checksum else {}

    @rule("cache_endpoint")
    def _the_cache_has_an_address(self) -> str | None:
        if self.cache_endpoint and not is_host_and_port(self.cache_endpoint):
            return "write host and port of the cache, such as valkey.caching:6379"
        return None

    @rule("cache_password_secret", "cache_endpoint")
    def _the_password_is_of_a_cache(self) -> str | None:
        if self.cache_password_secret and not self.cache_endpoint:
            return "no cache would be asked with it: give cache_endpoint too, or leave it out"
        return None
