"""The caches of queries: the charts' own memcached, or one Valkey for Loki, distributed Tempo and Thanos."""

from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field

from .area import Area, Name, rule
from .problems import Problem, place_of, remove_command, shown


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

    @rule
    def _thanos_speaks_to_valkey_alone(self) -> Iterator[Problem]:
        if self.thanos_namespace and self.kind is not CacheKind.VALKEY:
            place = place_of("caching", "thanos_namespace")
            sentence = "is of use beside Valkey alone: set kind to valkey, or remove thanos_namespace"
            yield Problem(place, sentence, remove_command(place), shown(self.thanos_namespace))
