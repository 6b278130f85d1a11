"""`observability:caching`: the caches of queries, Valkey's settings, and settings of stacks only."""

from enum import StrEnum

from pydantic import Field

from components.caching.spec import CacheSettings
from components.units import Name


class CacheKind(StrEnum):
    """The cache of chunks and query results."""

    MEMCACHED = "memcached"
    VALKEY = "valkey"


class CachingArea(CacheSettings):
    """Settings under `observability:caching`; all but `kind` are of Valkey."""

    kind: CacheKind = Field(
        default=CacheKind.MEMCACHED,
        description=(
            "`memcached`: one for each of Loki's caches and for distributed Tempo, sized under `logging`. `valkey`: a "
            "single one with a password, for Loki's chunks and results and for distributed Tempo."
        ),
        examples=["valkey"],
    )
    namespace: Name = Field(default="caching", description="Namespace of Valkey.", examples=["caching"])
    thanos_namespace: Name | None = Field(
        default=None,
        description=(
            "Namespace of an existing Thanos whose query frontend caches results in Valkey: the Secret `thanos-cache` "
            "with its cache configuration is created there. Default: none."
        ),
        examples=["monitoring"],
    )
