"""Loki."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from pydantic import Field

from .area import Area, Name, PodSecurity, Values
from .workload import Workload


class LoggingMode(StrEnum):
    """How Loki's parts are spread over workloads."""

    MONOLITHIC = "monolithic"
    SIMPLE_SCALABLE = "simple-scalable"


class SchemaEntry(Area):
    """One entry of Loki's schema ledger; once applied it is never edited, only a later one appended."""

    begin: str = Field(
        alias="from",
        pattern=r"^\d{4}-\d{2}-\d{2}$",
        description="First day (UTC) that is written with this schema.",
        examples=["2024-01-01"],
    )
    object_store: str = Field(default="s3", description="s3, or filesystem. Default: s3.")
    store: str = Field(
        default="tsdb", description="Index: tsdb, or boltdb-shipper in historical entries. Default: tsdb."
    )
    version: str = Field(
        default="v13", alias="schema", description="v13, or v11 and v12 in historical entries. Default: v13."
    )
    index_prefix: str = Field(default="index_", description="Prefix of the index tables. Default: index_.")


class Logging(Workload):
    """Settings under `observability:logging`; those of a workload hold for all of Loki."""

    mode: LoggingMode = Field(
        default=LoggingMode.MONOLITHIC,
        description="monolithic, or simple-scalable (deprecated by Loki). Default: monolithic.",
        examples=["monolithic"],
    )
    namespace: Name = Field(default="logging", description="Namespace of Loki. Default: logging.")
    pod_security: PodSecurity = Field(
        default=PodSecurity.RESTRICTED,
        description="Pod security level of that namespace: restricted, baseline or privileged. Default: restricted.",
        examples=["restricted"],
    )
    chart_version: str | None = Field(
        default=None, description="Version of the Loki chart. Default: the newest supported."
    )
    replication_factor: int | None = Field(
        default=None,
        ge=1,
        le=3,
        description="Copies of each line until it is in the bucket. Default: as many as writers, three at most.",
        examples=[3],
    )
    workloads: Mapping[str, Workload] = Field(
        default_factory=dict,
        description="Single workloads: loki when monolithic, else read, write and backend; and gateway. Default: none.",
    )
    chunks_cache_mib: int | None = Field(
        default=None, ge=0, description="Memory of the cache for chunks; 0 for none. Default: 512.", examples=[512]
    )
    results_cache_mib: int | None = Field(
        default=None, ge=0, description="Memory of the cache for results; 0 for none. Default: 256.", examples=[256]
    )
    schema_entries: Sequence[SchemaEntry] = Field(
        default=(), description="Every schema entry ever applied, oldest first. Default: tsdb v13 from 2024-01-01."
    )
    prepared_changes: Sequence[str] = Field(
        default=(),
        description="Forbidden by the applied state, prepared by hand: volumes, location. Default: none.",
    )
    dashboards: bool = Field(
        default=False, description="Loki's own dashboards for Grafana. Default: false.", examples=[True]
    )
    values: Values = Field(default_factory=dict)
