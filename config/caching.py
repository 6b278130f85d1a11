"""`observability:caching`: the caches of queries, Valkey's settings, and what only a stack states of it."""

from enum import StrEnum

from pydantic import Field

from components.caching.spec import CacheSettings
from components.units import Name


class CacheKind(StrEnum):
    """What caches chunks and results of queries."""

    MEMCACHED = "memcached"
    VALKEY = "valkey"


class CachingArea(CacheSettings):
    """Settings under `observability:caching`; all but `kind` are of Valkey."""

    kind: CacheKind = Field(
        default=CacheKind.MEMCACHED,
        description=(
            "`memcached`: one beside each consumer, sized under `logging`. `valkey`: one with a password for Loki's "
            "chunks and results and for distributed Tempo."
        ),
        examples=["valkey"],
    )
    namespace: Name = Field(default="caching", description="Namespace of Valkey.", examples=["caching"])
    thanos_namespace: Name | None = Field(
        default=None,
        description=(
            "Namespace of an existing Thanos whose query frontend may cache results in Valkey: the Secret "
            "`thanos-cache` is created there, with a file for it. Default: none."
        ),
        examples=["monitoring"],
    )
