"""The caches of queries: the charts' own memcached, or one Valkey for all of Loki."""

from enum import StrEnum

from pydantic import Field

from .area import Area, Name


class CacheKind(StrEnum):
    """What keeps chunks and results of queries at hand."""

    MEMCACHED = "memcached"
    VALKEY = "valkey"


class Caching(Area):
    """Settings under `observability:caching`."""

    kind: CacheKind = Field(
        default=CacheKind.MEMCACHED,
        description="memcached, one beside each consumer, sized under `logging`; or valkey, one for Loki's chunks and "
        "results, with a password. Default: memcached.",
        examples=["valkey"],
    )
    namespace: Name = Field(default="caching", description="Namespace of Valkey. Default: caching.")
    size_mib: int = Field(
        default=512, ge=32, description="Memory of Valkey for entries, in MiB. Default: 512.", examples=[2048]
    )
