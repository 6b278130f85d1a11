"""The caches of queries: the charts' own memcached, or one Valkey for Loki, distributed Tempo and Thanos."""

from enum import StrEnum

from pydantic import Field, model_validator

from .area import Area, Name


class CacheKind(StrEnum):
    """What keeps chunks and results of queries at hand."""

    MEMCACHED = "memcached"
    VALKEY = "valkey"


class Caching(Area):
    """Settings under `observability:caching`."""

    kind: CacheKind = Field(
        default=CacheKind.MEMCACHED,
        description="memcached, one beside each consumer, sized under `logging`; or valkey, one with a password for "
        "Loki's chunks and results and for distributed Tempo. Default: memcached.",
        examples=["valkey"],
    )
    namespace: Name = Field(default="caching", description="Namespace of Valkey. Default: caching.")
    size_mib: int = Field(
        default=512, ge=32, description="Memory of Valkey for entries, in MiB. Default: 512.", examples=[2048]
    )
    thanos_namespace: Name | None = Field(
        default=None,
        description="Namespace of a Thanos that is there and may keep query results in Valkey: it gets the Secret "
        "`thanos-cache`, with a file for its query frontend. Default: none.",
        examples=["monitoring"],
    )

    @model_validator(mode="after")
    def _thanos_speaks_to_valkey_alone(self) -> "Caching":
        if self.thanos_namespace and self.kind is not CacheKind.VALKEY:
            raise ValueError(
                "thanos_namespace is of use beside Valkey alone: set kind to valkey, or remove thanos_namespace"
            )
        return self
