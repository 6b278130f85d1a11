"""Loki."""

from collections.abc import Sequence

from pydantic import Field

from .area import Area, Duration, Name, Values
from .workload import Workload


class SchemaEntry(Area):
    """One entry of Loki's schema ledger; once applied it is never edited, only a later one appended."""

    from_: str = Field(
        alias="from",
        pattern=r"^\d{4}-\d{2}-\d{2}$",
        description="First day (UTC) that is written with this schema.",
        examples=["2024-01-01"],
    )
    store: str = Field(
        default="tsdb", description="Index: tsdb, or boltdb-shipper in historical entries. Default: tsdb."
    )
    schema_: str = Field(
        default="v13", alias="schema", description="v13, or v11 and v12 in historical entries. Default: v13."
    )
    index_prefix: str = Field(default="index_", description="Prefix of the index tables. Default: index_.")


class Logging(Area):
    """Settings under `observability:logging`."""

    mode: str = Field(
        default="monolithic", description="monolithic or simple-scalable. Default: monolithic.", examples=["monolithic"]
    )
    namespace: Name = Field(default="logging", description="Namespace of Loki. Default: logging.")
    chart_version: str | None = Field(
        default=None, description="Version of the Loki chart. Default: the newest supported."
    )
    replication_factor: int | None = Field(
        default=None,
        ge=1,
        le=3,
        description="Copies of each log line. Default: 1 for one replica, 3 for three or more.",
    )
    single: Workload = Field(default_factory=Workload, description="The one workload of mode monolithic.")
    write: Workload = Field(default_factory=Workload, description="Writers of mode simple-scalable.")
    read: Workload = Field(default_factory=Workload, description="Readers of mode simple-scalable.")
    backend: Workload = Field(default_factory=Workload, description="Backends of mode simple-scalable.")
    chunks_cache_mb: int | None = Field(default=None, ge=0, description="Memory of the chunks cache; 0 turns it off.")
    results_cache_mb: int | None = Field(default=None, ge=0, description="Memory of the results cache; 0 turns it off.")
    schema_ledger: Sequence[SchemaEntry] = Field(
        default=(), description="Every schema entry ever applied, oldest first. Default: tsdb v13 from 2024-01-01."
    )
    remote_timeout: Duration = Field(default="10s", description="Time the ingester clients wait. Default: 10s.")
    values: Values = Field(default_factory=dict)
