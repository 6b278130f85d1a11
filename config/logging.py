"""Loki."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from components.charts import LOKI
from components.units import form

from .area import Area, Duration, HttpUrl, Name, PodSecurity, Tenant, Values
from .limits import Limits
from .workload import Workload


class LoggingMode(StrEnum):
    """How Loki's parts are spread over workloads."""

    MONOLITHIC = "monolithic"
    SIMPLE_SCALABLE = "simple-scalable"
    DISTRIBUTED = "distributed"


WORKLOADS: Mapping[LoggingMode, Sequence[str]] = {
    LoggingMode.MONOLITHIC: ("loki",),
    LoggingMode.SIMPLE_SCALABLE: ("read", "write", "backend"),
    LoggingMode.DISTRIBUTED: (
        "distributor",
        "ingester",
        "querier",
        "query-frontend",
        "query-scheduler",
        "index-gateway",
        "compactor",
        "ruler",
    ),
}
"""The workloads of each mode, beside the gateway, as the keys of `workloads`."""


class RuleSource(StrEnum):
    """Where Loki's ruler reads rules."""

    CONFIG_MAPS = "config-maps"
    BUCKET = "bucket"


class SchemaEntry(Area):
    """One entry of Loki's schema ledger; once applied it is never edited, only a later one appended."""

    begin: Annotated[str, form(r"\d{4}-\d{2}-\d{2}", "a day, such as 2024-01-01")] = Field(
        alias="from",
        description="First day (UTC) that is written with this schema.",
        examples=["2024-01-01"],
    )
    object_store: str = Field(default="s3", description="s3, or filesystem. Default: s3.")
    store: str = Field(
        default="tsdb", description="Index: tsdb, or boltdb-shipper and boltdb in historical entries. Default: tsdb."
    )
    version: str = Field(
        default="v13", alias="schema", description="v13, or v11 and v12 in historical entries. Default: v13."
    )
    index_prefix: str = Field(default="index_", description="Prefix of the index tables. Default: index_.")
    index_period: str = Field(
        default="24h", description="What one table holds; other than 24h with boltdb alone, such as 168h. Default: 24h."
    )


class Logging(Workload):
    """Settings under `observability:logging`; those of a workload hold for all of Loki."""

    mode: LoggingMode = Field(
        default=LoggingMode.MONOLITHIC,
        description="monolithic, distributed, or simple-scalable (deprecated by Loki). Default: monolithic.",
        examples=["monolithic", "distributed"],
    )
    migrate_from: LoggingMode | None = Field(
        default=None,
        description="The mode that was deployed before, while both run. Default: none.",
        examples=["simple-scalable"],
    )
    namespace: Name = Field(default="logging", description="Namespace of Loki. Default: logging.")
    pod_security: PodSecurity = Field(
        default=PodSecurity.RESTRICTED,
        description="Pod security level of that namespace: restricted, baseline or privileged. Default: restricted.",
        examples=["restricted"],
    )
    chart_version: str | None = Field(
        default=None,
        description="Version of the Loki chart. Default: the newest supported.",
        examples=list(LOKI.versions),
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
        description="Single workloads: loki when monolithic; read, write and backend when simple-scalable; "
        "distributor, ingester, querier, query-frontend, query-scheduler, index-gateway, compactor and ruler "
        "when distributed; and gateway. Default: none.",
    )
    ingester_zones: Sequence[str] = Field(
        default=(),
        description="Three zones that hold a copy of each line each, when distributed. Default: none.",
        examples=[["eu-west-1a", "eu-west-1b", "eu-west-1c"]],
    )
    chunk_encoding: str = Field(
        default="", description="snappy, gzip, zstd or lz4. Default: snappy when distributed, else gzip."
    )
    querier_max_concurrent: int | None = Field(
        default=None, ge=1, description="Pieces of queries that a querier works on at a time. Default: Loki's 4."
    )
    ruler: bool = Field(
        default=False,
        description="Whether Loki evaluates rules, from where rule_source says. Default: false.",
        examples=[True],
    )
    rule_source: RuleSource = Field(
        default=RuleSource.CONFIG_MAPS,
        description="config-maps: the rules below, and ConfigMaps with the label loki_rule. bucket: the rules below "
        "alone, which a Job keeps in the bucket of logs. Default: config-maps.",
        examples=["bucket"],
    )
    rules: Mapping[str, Mapping[str, Any]] = Field(
        default_factory=dict,
        description="Files of rules by their name, each with groups. Default: none.",
        examples=[{"errors.yaml": {"groups": [{"name": "errors", "rules": [{"alert": "A", "expr": "vector(1)"}]}]}}],
    )
    rules_directory: str = Field(
        default="",
        description="Directory with files of rules, relative to the stack files. Default: none.",
        examples=["rules"],
    )
    lokitool_image: str = Field(
        default="",
        description="Image with lokitool, which rule_source bucket needs (docs/operations.md). Default: none.",
        examples=["registry.acme.io/lokitool:3.7.6"],
    )
    alertmanager_url: HttpUrl | None = Field(
        default=None,
        description="Alertmanager that those rules send alerts to. Default: none.",
        examples=["http://alertmanager-operated.monitoring:9093"],
    )
    tenants: Sequence[Tenant] = Field(
        default=(),
        description="Teams whose logs Loki keeps apart, by the header X-Scope-OrgID. Default: none, all is one.",
        examples=[["team-a", "team-b"]],
    )
    limits: Limits = Field(default=Limits(), description="What each tenant may write and ask. Default: Loki's own.")
    tenant_limits: Mapping[Tenant, Limits] = Field(
        default_factory=dict, description="Limits of single tenants, laid over limits. Default: none."
    )
    tenant_retention: Mapping[Tenant, Duration] = Field(
        default_factory=dict,
        description="Age at which the logs of single tenants are deleted. Default: retention.logs.",
        examples=[{"team-a": "90d"}],
    )
    tenants_secret: Name | None = Field(
        default=None,
        description="Existing Secret in the namespace of Loki whose .htpasswd has the tenants as users: a user is its "
        "own tenant, whatever the header says. With security.authentication basic. Default: none.",
        examples=["loki-tenants"],
    )
    traces_endpoint: HttpUrl | None = Field(
        default=None,
        description="Where Loki sends its own traces, OTLP over HTTP; needs chart 6.51.0. Default: none.",
        examples=["http://alloy.telemetry:4318"],
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
        description="Forbidden by the applied state, prepared by hand: volumes, location, zones, ingesters, tenants, "
        "chart. Default: none.",
    )
    dashboards: bool = Field(
        default=False, description="Loki's own dashboards for Grafana. Default: false.", examples=[True]
    )
    values: Values = Field(default_factory=dict)
