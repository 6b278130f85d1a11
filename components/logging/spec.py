"""The arguments of `Logging`: the settings of a stack, those that only a program passes, and the rules on them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, model_validator

from .._bucket import BucketReaderSpec, Store
from .._cache import CacheReaderSpec
from .._cluster import ClusterDnsSpec
from .._kubernetes import NodeSelector, OptionalObjectName, Tolerations
from .._log_labels import OTLP_INDEX_LABELS
from .._memberlist import ClusterLabel
from .._merge import value_at
from .._model import Choices, Plain, placeholder
from .._namespace_spec import NamespaceSettings
from .._release_spec import ReleaseSettings
from .._spec import REMOVE, Violation, rule
from .._tenants import THE_ONLY_TENANT, Tenant
from .._tls import LEAVE_OUT, RulerClientSpec, SecuritySpec, is_set, metrics_namespaces_problem, server_name_violation
from .._workload import WorkloadSettings
from .._yaml import YamlFile
from ..charts import LOKI, LOKI_IMAGE, Affected, Chart, major_version
from ..units import (
    Duration,
    LabelText,
    MemorySize,
    MetricLabel,
    Name,
    Quantity,
    Replicas,
    VolumeSize,
    Word,
    parse_quantity,
)
from ..urls import OptionalAlertmanagerUrls, OptionalOtlpUrl
from .limits import LABEL_LIMITS, LabelLimit, LoggingLimits, nearest_retention, retention_problem
from .modes import MIGRATION_STEPS, MODES_OF_OTHERS, LokiMode, LokiRole, PersistenceStyle, path_between
from .rule_files import file_problems, tenant_and_file
from .schema_config import SchemaEntry, default_schema_entries, schema_violation, single_pod_reason
from .values_check import REQUIRED_VALUES, values_problems
from .workloads import DEFAULT_RESOURCES, LokiWorkload, default_replicas

V6 = next(version for version in LOKI.versions if major_version(version) == 6)

MAX_RELEASE_NAME_LENGTH = 37
"""The chart appends up to 26 characters to the name of a Service, which has at most 63."""

MIN_MEMORY = 128 * 1024**2
"""Memory in bytes that Loki needs to start, without logs."""

RULES_PREFIX = "rules"
"""The prefix of the ruler's objects in a bucket, which `object_prefix` does not change."""

RESERVED_GATEWAY_VALUES = {
    **{
        f"gateway.nginxConfig.{key}": LEAVE_OUT
        for key in ("file", "httpSnippet", "locationSnippet", "serverSnippet", "ssl")
    },
    "gateway.basicAuth": "use the argument logins_secret or tenants_secret",
    "gateway.enabled": LEAVE_OUT,
    "gateway.extraVolumes": LEAVE_OUT,
    "gateway.extraVolumeMounts": LEAVE_OUT,
    "gateway.service.port": "clients use 443 with tls_secret, and 80 without",
}
"""Chart values that configure how clients authenticate, each with what to use instead."""


class ChunkEncoding(StrEnum):
    """The compression of chunks."""

    GZIP = "gzip"
    SNAPPY = "snappy"
    ZSTD = "zstd"
    LZ4 = "lz4"


class GuardedChange(StrEnum):
    """A change that the update guard refuses unless it is in `allow_changes`."""

    VOLUMES = "volumes"
    LOCATION = "location"
    ZONES = "zones"
    TENANTS = "tenants"
    INGESTERS = "ingesters"
    CHART = "chart"


class RuleSource(StrEnum):
    """The source of rules."""

    CONFIG_MAPS = "config-maps"
    BUCKET = "bucket"


class LoggingSettings(NamespaceSettings, ReleaseSettings):
    """The settings of Loki, which a stack may set and a program may pass."""

    chart_version: Plain[Annotated[str, Choices(LOKI.versions)]] = Field(
        default=LOKI.default_version,
        description="Version of the Loki chart; major version 6 is Grafana's, later ones are the community's.",
        examples=[LOKI.default_version],
    )
    mode: Plain[Annotated[LokiMode, MODES_OF_OTHERS]] = Field(
        default=LokiMode.MONOLITHIC,
        description=(
            "`monolithic`: every part of Loki in each process, up to some hundred GB of logs a day. "
            "`simple-scalable`: the workloads `read`, `write` and `backend`; removed in Loki 4. `distributed`: a "
            "workload for each part, for more."
        ),
        examples=["distributed"],
    )
    migrate_from: Plain[LokiMode | None] = Field(
        default=None,
        description=(
            "The mode that was deployed before, while both run; a change of `mode` without it is refused. Between "
            "`monolithic` and `distributed`, migrate through `simple-scalable`. Default: none."
        ),
        examples=["simple-scalable"],
    )
    replicas: Plain[Replicas | None] = Field(
        default=None,
        description=(
            "Number of pods of each workload of Loki; workloads with a low load have 2 at most. Default: 1 when "
            "monolithic, else 3."
        ),
        examples=[3],
    )
    replication_factor: Plain[int | None] = Field(
        default=None,
        ge=1,
        le=3,
        description=(
            "Number of ingesters that hold each line until it is in the bucket; at most the replicas of the ingesters. "
            "With 2, a write needs both. Default: as many as there are, 3 at most."
        ),
        examples=[3],
    )
    workloads: Plain[Mapping[LokiRole, WorkloadSettings]] = Field(
        default_factory=dict,
        description=(
            "Settings of single workloads: `loki` when monolithic; `read`, `write` and `backend` when "
            "simple-scalable; `distributor`, `ingester`, `querier`, `query-frontend`, `query-scheduler`, "
            "`index-gateway`, `compactor`, `ruler` and `pattern-ingester` when distributed; always `gateway`. "
            "Default: none of their own."
        ),
    )
    cpu: Quantity | None = Field(
        default=None,
        description="CPU request of each pod of Loki. Default: by workload, `200m` for ingesters.",
        examples=["500m"],
    )
    memory: MemorySize | None = Field(
        default=None,
        description=(
            "Memory request and limit of each pod of Loki, `128Mi` or more. Default: by workload, `1Gi` for ingesters."
        ),
        examples=["2Gi"],
    )
    volume_size: VolumeSize = Field(
        default="10Gi",
        description="Size of each volume: it holds the write-ahead log, and all logs with store `filesystem`.",
        examples=["10Gi"],
    )
    storage_class: OptionalObjectName = Field(
        default="",
        description="Storage class of the volumes. Default: the cluster's.",
    )
    node_selector: NodeSelector = Field(
        default_factory=dict,
        description="Labels of the nodes for all pods of the release. Default: any node.",
        examples=[{"pool": "obs"}],
    )
    tolerations: Tolerations = Field(
        default=(),
        description="Tolerations of all pods of the release. Default: none.",
    )
    separate_nodes: bool = Field(
        default=False,
        description=(
            "Whether a pod stays pending until a node has no other pod of its workload. Default: false, which only "
            "prefers separate nodes."
        ),
    )
    ingester_zones: Plain[Sequence[Word]] = Field(
        default=(),
        description=(
            "Three zones of the cluster for the ingesters of mode `distributed`, a StatefulSet in each: replicas of a "
            "line are in different zones, and the chart's rollout operator restarts them zone by zone. Default: none, "
            "which only prefers to spread them."
        ),
        examples=[["eu-west-1a", "eu-west-1b", "eu-west-1c"]],
    )
    limits: Plain[LoggingLimits] = Field(
        default_factory=LoggingLimits,
        description=("Limits of each tenant; without tenants, of all clients together. Default: Loki's own limits."),
    )
    tenant_limits: Plain[Mapping[Tenant, LoggingLimits]] = Field(
        default_factory=dict,
        description=(
            "Limits of single tenants, merged over `limits`. Loki reloads them without a restart. Default: none."
        ),
    )
    tenant_retention: Plain[Mapping[Tenant, Duration]] = Field(
        default_factory=dict,
        description="How long the logs of single tenants are kept, in whole hours; at least 24h. Default: `retention`.",
        examples=[{"team-a": "90d"}],
    )
    schema_entries: Plain[Sequence[SchemaEntry]] = Field(
        default=(),
        description=(
            "Loki's `schema_config`, oldest entry first, each with `from` (a day), `object_store` and where they "
            "differ from the current format `store` (`tsdb`), `schema` (`v13`), `index_prefix` (`index_`) and "
            "`index_period` (`24h`). Only past entries have `boltdb-shipper` or `boltdb`, whose index is read from "
            "`/var/loki/index` on the volume of the only pod. The first begins today (UTC) at the latest. Applied "
            "entries must not change: append one that begins in the future. Default: one entry from 2024-01-01."
        ),
    )
    structured_metadata: bool = Field(
        default=True,
        description=(
            "Whether lines have metadata beside labels, which OTLP needs. Set false only until an appended `v13` "
            "entry has begun."
        ),
    )
    otlp_index_labels: Sequence[Word] = Field(
        default=OTLP_INDEX_LABELS,
        description=(
            "Resource attributes of OTLP logs that become index labels; the others become structured metadata. "
            "Default: the labels of the collectors, and the name, namespace and environment of the service."
        ),
    )
    pattern_ingester: Plain[bool] = Field(
        default=False,
        description="Whether Loki finds patterns in lines, for the patterns tab of Grafana's Logs Drilldown.",
    )
    chunk_encoding: Plain[ChunkEncoding | None] = Field(
        default=None,
        description=(
            "Compression of chunks: `snappy`, fast to read; `gzip`, small; `zstd` or `lz4`. It may change at any "
            "time. Default: `snappy` when distributed, else Loki's `gzip`."
        ),
    )
    querier_max_concurrent: Plain[int | None] = Field(
        default=None,
        ge=1,
        le=10_000,
        description="Number of subqueries that each querier runs at a time. Default: Loki's 4.",
    )
    tenants: Plain[tuple[Tenant, ...]] = Field(
        default=(),
        description=(
            "Tenants of Loki. The gateway refuses requests whose header `X-Scope-OrgID` names another; a query may "
            "name several, separated by `|`. Default: none, and all clients are one tenant."
        ),
        examples=[["team-a", "team-b"]],
    )
    tenants_secret: OptionalObjectName = Field(
        default="",
        description=(
            "Secret in the same namespace whose key `.htpasswd` holds the tenants as users: the gateway then requires "
            "a login and sets the tenant to the user, whatever the header is. Default: none, and the header is trusted."
        ),
        examples=["loki-tenants"],
    )
    ruler: Plain[bool] = Field(
        default=False,
        description="Whether Loki evaluates rules, from `rule_source`.",
        examples=[True],
    )
    rule_source: Plain[RuleSource] = Field(
        default=RuleSource.CONFIG_MAPS,
        description=(
            "Source of rules. `config-maps`: `rules`, and all other ConfigMaps of the namespace with the label "
            "`loki_rule`, each key a file of rule groups; with tenants, each with its tenant in the annotation "
            "`k8s-sidecar-target-directory`; the pods that read them mount the token of the ServiceAccount. `bucket`: "
            "`rules` alone; a Job syncs the bucket with them whenever they change."
        ),
        examples=["bucket"],
    )
    rules: Plain[Mapping[str, YamlFile]] = Field(
        default_factory=dict,
        description=(
            "Rule files, YAML that begins with `groups:`, by name; with tenants, by `TENANT/NAME`. The name ends in "
            "`.yaml` or `.yml`. Default: none."
        ),
        examples=[{"errors.yaml": {"groups": [{"name": "errors", "rules": [{"alert": "A", "expr": "vector(1)"}]}]}}],
    )
    ruler_bucket: Plain[str] = Field(
        default="",
        description=(
            "Bucket of the rules with `rule_source` `bucket`, with the same access as `bucket`; required with "
            "`bucket_prefix`, which rules do not have. Default: `bucket`."
        ),
    )
    lokitool_image: Plain[str] = Field(
        default="",
        description=(
            "Image with `lokitool` on its path, of Loki's version; required with `rule_source` `bucket`. Loki "
            "publishes none: docs/operations.md has one of five lines. Default: none."
        ),
        examples=["registry.acme.io/lokitool:3.7.7"],
    )
    alertmanager_url: OptionalAlertmanagerUrls = Field(
        default="",
        description=(
            "URL of the Alertmanager that rules send their alerts to, or several joined by commas, with the path "
            "that it is served under; required with `ruler`. Default: none."
        ),
        examples=["http://alertmanager-operated.monitoring:9093"],
    )
    traces_endpoint: OptionalOtlpUrl = Field(
        default="",
        description=(
            "URL of OTLP over HTTP that Loki sends traces of its own requests to. The Loki of chart "
            f"`{LOKI.default_version}` cannot: it needs the tag of another image in `values`. Default: none, and Loki "
            "is not traced."
        ),
        examples=["http://alloy.telemetry:4318"],
    )
    cluster_label: Plain[ClusterLabel] = Field(
        default=ClusterLabel.VERIFIED,
        description=(
            "Label of the ring, `<release>.<namespace>`, by which pods discard messages of another Loki or Mimir that "
            "has the address of an earlier pod. `off`: none is sent or accepted. `accept`: none is sent, any is "
            "accepted. `unverified`: it is sent, any is accepted. `verified`: it is sent and required. A running Loki "
            "moves one step an update, in this order or back."
        ),
        examples=["off"],
    )
    allow_changes: Plain[Sequence[GuardedChange]] = Field(
        default=(),
        description=(
            "Changes that the applied state forbids and that are allowed in one update: `volumes`, after the "
            "StatefulSets were deleted and their pods left running; `location`, after the objects were copied, or for "
            "another name of the same store; `zones`, after the ingesters were flushed; `ingesters`, after those that "
            "are removed were flushed; `tenants`, after all clients name theirs; `chart`, after the objects with "
            "immutable fields that another `chart_version` changes were deleted. Default: none."
        ),
    )
    chunks_cache_mib: int = Field(
        default=512,
        ge=0,
        le=16_777_216,
        description=(
            "Memory of the cache of chunks in MiB; 0 for none. Its pod uses a fifth more. Default: 512, or 0 with "
            "`cache_endpoint`."
        ),
        examples=[512],
    )
    results_cache_mib: int = Field(
        default=256,
        ge=0,
        le=16_777_216,
        description=(
            "Memory of the cache of query results in MiB; 0 for none. Its pod uses a fifth more. Default: 256, or 0 "
            "with `cache_endpoint`."
        ),
        examples=[256],
    )
    max_push_mib: int = Field(
        default=20,
        ge=1,
        le=10_240,
        description="Largest request that the gateway accepts, in MiB.",
    )
    dashboards: Plain[bool] = Field(
        default=False,
        description="Whether to create Loki's dashboards as ConfigMaps for Grafana's sidecar.",
        examples=[True],
    )

    @property
    def ingesters(self) -> int:
        """The number of replicas that take writes."""
        return self._replicas(self.mode.ingester)

    def _replicas(self, role: LokiRole) -> int:
        own = self.workloads.get(role, WorkloadSettings()).replicas
        if own is not None:
            return own
        return min(2, self.ingesters) if role is LokiRole.GATEWAY else default_replicas(role, self.replicas)


class LoggingSpec(LoggingSettings, SecuritySpec, BucketReaderSpec, CacheReaderSpec, ClusterDnsSpec, RulerClientSpec):
    """The checked arguments of `Logging`."""

    release_name: Plain[Name] = Field(
        default="loki",
        description="Name of the Helm release and first part of the name of every object; 37 characters at most.",
    )
    retention: Duration = Field(
        default="744h",
        description=(
            "How long logs are kept, in whole hours, such as `744h` or `30d`; at least 24h. They are deleted "
            "from the store about two hours later."
        ),
        examples=["30d"],
    )

    ruler_external_labels: Mapping[MetricLabel, LabelText] = Field(
        default_factory=dict,
        description=(
            "Labels that the ruler adds to alerts that do not have them, as Prometheus adds its `external_labels`. "
            "Default: none."
        ),
        examples=[{"cluster": "prod-eu1"}],
    )

    @model_validator(mode="before")
    @classmethod
    def _cache_endpoint_replaces_memcached(cls, data: Any) -> Any:
        return data if data.get("cache_endpoint", "") == "" else {"chunks_cache_mib": 0, "results_cache_mib": 0, **data}

    @property
    def chart(self) -> Chart:
        """The Loki chart."""
        return LOKI

    @property
    def chart_is_v6(self) -> bool:
        """Whether the chart has major version 6, the last that Grafana published."""
        return major_version(self.chart_version) == 6

    @property
    def modes(self) -> tuple[LokiMode, ...]:
        """The modes that run: one, or two while migrating."""
        return (self.mode,) if self.migrate_from is None else (self.mode, self.migrate_from)

    def roles(self, mode: LokiMode) -> tuple[LokiRole, ...]:
        """Return the workloads of a mode that run, without the gateway."""
        left_out = set() if self.ruler else {LokiRole.RULER}
        left_out |= set() if self.pattern_ingester else {LokiRole.PATTERN_INGESTER}
        return tuple(role for role in mode.roles if role not in left_out)

    @property
    def effective_replication_factor(self) -> int:
        """The number of ingesters that hold each line; by default all, three at most."""
        return self.replication_factor or min(3, self.ingesters)

    @property
    def effective_chunk_encoding(self) -> ChunkEncoding | None:
        """The compression of chunks; None for Loki's own default."""
        return self.chunk_encoding or (ChunkEncoding.SNAPPY if self.mode is LokiMode.DISTRIBUTED else None)

    @property
    def effective_schema_entries(self) -> Sequence[SchemaEntry]:
        """The schema entries, oldest first."""
        return self.schema_entries or default_schema_entries(self.store.value)

    @property
    def service_account_name(self) -> str:
        """Name of the ServiceAccount."""
        return self.service_account or self.release_name

    def workload(self, role: LokiRole) -> LokiWorkload:
        """Return a workload with its own settings, else those of all workloads, else the defaults."""
        own = self.workloads.get(role, WorkloadSettings())
        cpu, memory = DEFAULT_RESOURCES[role]
        runs_loki = role is not LokiRole.GATEWAY
        return LokiWorkload(
            role=role,
            release_name=self.release_name,
            replicas=self._replicas(role),
            cpu=own.cpu or (self.cpu if runs_loki else None) or cpu,
            memory=own.memory or (self.memory if runs_loki else None) or memory,
            volume_size=own.volume_size or self.volume_size,
            storage_class=own.storage_class or self.storage_class,
            node_selector=self.node_selector if own.node_selector is None else own.node_selector,
            tolerations=self.tolerations if own.tolerations is None else own.tolerations,
            separate_nodes=self.separate_nodes,
            environment=self.environment if runs_loki else {},
            credentials_secret=self.credentials_secret,
        )

    @property
    def uses(self) -> frozenset[Affected]:
        """What is deployed that faults of single versions occur in."""
        found = {
            Affected.EVERY: True,
            Affected.S3_COMPATIBLE: self.is_s3_compatible,
            Affected.OWN_TRACES: bool(self.traces_endpoint),
            Affected.RULER: self.ruler,
        }
        return frozenset(use for use, present in found.items() if present)

    @property
    def image_tag(self) -> str:
        """Tag of Loki's image: that of the chart, or of the version without its known faults."""
        return LOKI_IMAGE.tag(self.chart_version, self.uses)

    @property
    def environment(self) -> Mapping[str, str]:
        """Environment variables of every pod of Loki: where it sends its own traces."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.traces_endpoint} if self.traces_endpoint else {}

    @property
    def memberlist(self) -> Mapping[str, Any]:
        """The keys of memberlist for the label of the ring."""
        return self.cluster_label.config(f"{self.release_name}.{self.namespace}")

    @property
    def authenticates(self) -> bool:
        """Whether clients must authenticate: as a tenant, or as of every component."""
        return super().authenticates or is_set(self.tenants_secret)

    @property
    def required_values(self) -> Sequence[str]:
        """Chart values that no null may remove."""
        # A whole section is checked by itself.
        return REQUIRED_VALUES if isinstance(self.values.get("loki", {}), Mapping) else ()

    @property
    def reserved_values(self) -> Mapping[str, str]:
        """The chart values that configure how clients authenticate, each with what to use instead."""
        return RESERVED_GATEWAY_VALUES if self.secured else {}

    @property
    def has_cache_exporters(self) -> bool:
        """Whether the caches have exporters, which the chart makes listen at 0.0.0.0 alone."""
        return self.service_monitor and not self.advertises_ipv6

    @property
    def rules_from_config_maps(self) -> bool:
        """Whether a sidecar reads rules from ConfigMaps."""
        return self.ruler and self.rule_source is RuleSource.CONFIG_MAPS

    @property
    def rules_in_bucket(self) -> bool:
        """Whether the ruler reads rules from a bucket."""
        return self.ruler and self.rule_source is RuleSource.BUCKET

    @property
    def effective_ruler_bucket(self) -> str:
        """The bucket of the ruler."""
        return self.ruler_bucket or self.bucket

    @property
    def tenants_with_rules(self) -> tuple[str, ...]:
        """Every tenant that may have rules."""
        return self.tenants or (THE_ONLY_TENANT,)

    @property
    def rules_by_tenant(self) -> dict[str, dict[str, str]]:
        """The rule files of each tenant that may have rules, by name."""
        found: dict[str, dict[str, str]] = {tenant: {} for tenant in self.tenants_with_rules}
        for path, text in self.rules.items():
            tenant, file = tenant_and_file(path, self.tenants)
            found[tenant][file] = str(text)
        return found

    def label_limit(self, name: str, tenant: str) -> LabelLimit:
        """Return the limit `name` that is in force for a tenant: its own, else that of all, else Loki's default."""
        arguments = {
            "values": self.values,
            "limits": self.limits.config(),
            "tenant_limits": {tenant: own.config() for tenant, own in self.tenant_limits.items()},
        }
        for place in (
            ("values", "loki", "runtimeConfig", "overrides", tenant, name),
            ("tenant_limits", tenant, name),
            ("values", "loki", "structuredConfig", "limits_config", name),
            ("values", "loki", "limits_config", name),
            ("limits", name),
        ):
            if isinstance(value := value_at(arguments, place), int):
                return LabelLimit(value, place)
        return LabelLimit(LABEL_LIMITS[name], ("limits", name))

    @property
    def _ingesters_argument(self) -> str:
        """The argument that sets the number of replicas that take writes."""
        role = self.mode.ingester
        own = self.workloads.get(role)
        return f"workloads.{role}.replicas" if own and own.replicas is not None else "replicas"

    @rule("release_name")
    def _release_name_fits_generated_names(self) -> str | None:
        if len(self.release_name) > MAX_RELEASE_NAME_LENGTH:
            return f"must be at most {MAX_RELEASE_NAME_LENGTH} characters, as names made from it have 63; shorten it"
        return None

    @rule("replication_factor", "replicas", "workloads", "mode")
    def _replication_factor_fits_replicas(self) -> Violation | None:
        if self.effective_replication_factor > self.ingesters:
            return Violation(
                f"must be at most {self.ingesters}, the replicas of {self.mode.ingester}; lower it or raise them",
                {"replication_factor": self.ingesters},
            )
        return None

    @rule("workloads", "mode", "migrate_from", "ruler", "pattern_ingester")
    def _workloads_run(self) -> Iterator[Violation]:
        running = [role for mode in self.modes for role in self.roles(mode)] + [LokiRole.GATEWAY]
        for role in self.workloads:
            if role not in running:
                message = (
                    f"{role} does not run in mode {' or '.join(self.modes)}; remove it or use {', '.join(running)}"
                )
                yield Violation(message, at=("workloads", role.value))

    @rule("workloads")
    def _volume_settings_are_of_workloads_with_a_volume(self) -> Iterator[Violation]:
        for role, own in self.workloads.items():
            if role.persistence_style is PersistenceStyle.NONE:
                for name in ("volume_size", "storage_class"):
                    if getattr(own, name):
                        yield Violation(f"{role} has no volume; remove it", at=("workloads", role.value, name))

    @rule("values", "mode", "migrate_from")
    def _values_agree_with_arguments(self) -> Iterator[Violation]:
        for path, message in values_problems(self.values, self.modes):
            yield Violation(message, at=("values", *path))

    @rule("migrate_from", "mode")
    def _migration_step_is_supported(self) -> str | None:
        if self.migrate_from is not None and frozenset(self.modes) not in MIGRATION_STEPS:
            fix = "remove it"
            if self.migrate_from is not self.mode:
                fix = f"migrate through {', '.join(path_between(self.migrate_from, self.mode))}, one step at a time"
            return f"Loki cannot migrate from {self.migrate_from} to {self.mode} while both run; {fix}"
        return None

    @rule("workloads")
    def _compactor_has_one_replica(self) -> Violation | None:
        replicas = self.workloads.get(LokiRole.COMPACTOR, WorkloadSettings()).replicas
        if replicas is not None and replicas > 1:
            message = "the compactor must have exactly 1 replica; remove it or set 1"
            return Violation(message, at=("workloads", LokiRole.COMPACTOR.value, "replicas"))
        return None

    @rule("ingester_zones", "mode", "replicas", "workloads")
    def _ingesters_are_a_multiple_of_zones(self) -> str | Violation | None:
        if not self.ingester_zones:
            return None
        if self.mode is not LokiMode.DISTRIBUTED:
            return "only mode distributed places ingesters by zone; remove it or set mode distributed"
        if len(set(self.ingester_zones)) != 3 or len(self.ingester_zones) != 3:
            return "must be three different zones, or none; list three or remove it"
        if self.ingesters % 3:
            message = f"the number of ingesters, {self.ingesters}, must be a multiple of 3; set replicas to 3, 6 or 9"
            return Violation(message, {self._ingesters_argument: max(3, round(self.ingesters / 3) * 3)})
        return None

    @rule("store", "mode", "migrate_from", "replicas", "workloads")
    def _store_filesystem_has_one_process(self) -> Violation | None:
        if self.store is not Store.FILESYSTEM or (self.modes == (LokiMode.MONOLITHIC,) and self.ingesters == 1):
            return None
        message = "store filesystem supports only one process; use mode monolithic with 1 replica, or store s3"
        if self.migrate_from is not None:
            return Violation(message, at=("migrate_from",))
        if self.mode is not LokiMode.MONOLITHIC:
            return Violation(message, {"mode": LokiMode.MONOLITHIC.value}, at=("mode",))
        argument = self._ingesters_argument
        return Violation(message, {argument: 1}, at=tuple(argument.split(".")))

    @rule("cache_endpoint", "chunks_cache_mib", "results_cache_mib")
    def _memcached_is_off_with_cache_endpoint(self) -> Iterator[Violation]:
        for name in ("chunks_cache_mib", "results_cache_mib"):
            if self.cache_endpoint and getattr(self, name):
                message = "must be 0 with cache_endpoint, which replaces Loki's memcached; remove it"
                yield Violation(message, at=(name,))

    @rule("memory", "workloads")
    def _memory_is_at_least_the_minimum(self) -> Iterator[Violation]:
        fields: dict[tuple[str, ...], str | None] = {("memory",): self.memory}
        fields |= {("workloads", role.value, "memory"): own.memory for role, own in self.workloads.items()}
        for at, memory in fields.items():
            if memory is not None and parse_quantity(memory) < MIN_MEMORY and LokiRole.GATEWAY.value not in at:
                message = "must be at least 128Mi for Loki to start; raise it"
                yield Violation(message, {at: "128Mi"}, at=at)

    @rule("limits", "tenant_limits")
    def _burst_size_is_at_least_the_rate(self) -> Iterator[Violation]:
        fields: dict[tuple[str, ...], LoggingLimits] = {("limits",): self.limits}
        fields |= {("tenant_limits", tenant): limits for tenant, limits in self.tenant_limits.items()}
        for at, limits in fields.items():
            rate, burst = limits.ingestion_rate_mb, limits.ingestion_burst_size_mb
            if rate is not None and burst is not None and burst < rate:
                place = (*at, "ingestion_burst_size_mb")
                message = f"must be at least ingestion_rate_mb, {rate:g}; raise it"
                yield Violation(message, {place: rate}, at=place)

    @rule("otlp_index_labels", "limits", "tenant_limits", "tenants", "values")
    def _otlp_index_labels_fit_the_limit(self) -> Violation | None:
        counted = {re.sub(r"[^A-Za-z0-9]+", "_", name) for name in self.otlp_index_labels} - {"service_name"}
        for tenant in self.tenants_with_rules:
            limit = self.label_limit("max_label_names_per_series", tenant)
            if len(counted) > limit.value:
                of_tenant = f" of tenant {tenant}" if self.tenants else ""
                if "otlp_index_labels" not in self.model_fields_set:
                    message = f"must be at least {len(counted)}, as many as otlp_index_labels; raise it, or set fewer"
                    return Violation(message, {limit.place: len(counted)}, at=limit.place)
                message = (
                    f"must be at most {limit.value} index labels beside service_name (max_label_names_per_series"
                    f"{of_tenant}), as Loki rejects lines with more; remove {len(counted) - limit.value} of the "
                    f"{len(counted)}, or raise the limit"
                )
                return Violation(message, {limit.place: len(counted)})
        return None

    @rule("retention")
    def _retention_is_valid(self) -> Violation | None:
        problem = retention_problem(self.retention)
        return Violation(problem, {"retention": nearest_retention(self.retention)}) if problem else None

    @rule("schema_entries", "store")
    def _schema_entries_are_valid(self) -> Violation | None:
        return schema_violation(self.effective_schema_entries, self.store.value, today=datetime.now(UTC).date())

    @rule("mode", "migrate_from", "schema_entries")
    def _boltdb_index_has_mode_monolithic(self) -> Violation | None:
        problem = None if self.modes == (LokiMode.MONOLITHIC,) else single_pod_reason(self.schema_entries)
        if problem is None:
            return None
        change = {"mode": "monolithic"} if self.migrate_from is None else {"migrate_from": REMOVE}
        return Violation(problem, change)

    @rule("replicas", "mode", "workloads", "schema_entries")
    def _boltdb_index_has_one_replica(self) -> Violation | None:
        if self.mode is not LokiMode.MONOLITHIC or self.ingesters == 1:
            return None
        problem = single_pod_reason(self.schema_entries)
        return Violation(problem, {self._ingesters_argument: 1}) if problem else None

    @rule("values", "tls_secret", "client_certificates", "logins_secret", "tenants_secret")
    def _values_set_no_reserved_value(self) -> Iterator[Violation]:
        return super()._values_set_no_reserved_value()

    @rule("logins_secret", "tenants_secret")
    def _logins_are_of_clients_or_of_tenants(self) -> str | None:
        if self.logins_secret and self.tenants_secret:
            return (
                "must not be set with tenants_secret, where a user is one tenant, while with logins_secret a user may "
                "name any tenant; remove one of them"
            )
        return None

    @rule("metrics_namespaces", "service_monitor", "client_certificates", "logins_secret", "tenants_secret")
    def _metrics_are_reachable(self) -> Violation | None:
        if self.service_monitor and self.authenticates:
            return metrics_namespaces_problem(self.metrics_namespaces)
        return None

    @rule("tenants_secret", "tenants")
    def _tenants_secret_has_tenants(self) -> str | None:
        if self.tenants_secret and not self.tenants:
            return "its users must be tenants, and there are none; list them in tenants, or remove it"
        return None

    @rule("tenants")
    def _tenants_are_unique(self) -> Violation | None:
        duplicates = sorted({name for name in self.tenants if self.tenants.count(name) > 1})
        if duplicates:
            message = f"must be unique, and {', '.join(duplicates)} is listed twice; list each tenant once"
            return Violation(message, {"tenants": list(dict.fromkeys(self.tenants))})
        return None

    @rule("alertmanager_url", "ruler")
    def _ruler_has_an_alertmanager(self) -> str | Violation | None:
        if self.ruler and not self.alertmanager_url:
            message = "is missing: the ruler sends alerts to an Alertmanager; set its URL, or set ruler to false"
            return Violation(message, {"alertmanager_url": placeholder("alertmanager_url")})
        if self.alertmanager_url and not self.ruler:
            return "only the ruler sends alerts; set ruler to true, or remove it"
        return None

    @rule("alertmanager_server_name", "alertmanager_url", "tls_secret")
    def _alertmanager_server_name_has_an_authority(self) -> Violation | None:
        return server_name_violation(self.alertmanager_server_name, self.alertmanager_url, self.tls_secret)

    @rule("ruler_external_labels", "ruler")
    def _ruler_external_labels_have_a_ruler(self) -> str | None:
        if self.ruler_external_labels and not self.ruler:
            return "only the ruler sends alerts; set ruler to true, or remove them"
        return None

    @rule("traces_endpoint", "chart_version", "values")
    def _chart_supports_traces_endpoint(self) -> str | None:
        if self.chart_version not in LOKI_IMAGE.tags:
            return None
        tag = LOKI_IMAGE.tag(self.chart_version, {Affected.OWN_TRACES})
        fails = any(LOKI_IMAGE.faults_of(tag, {Affected.OWN_TRACES}))
        if self.traces_endpoint and fails and not value_at(self.values, ("loki", "image", "tag")):
            return (
                f"the Loki of chart {self.chart_version} fails to start its tracing; use chart_version {V6}, or set an "
                "image that does not in values loki.image.tag"
            )
        return None

    @rule("rules", "tenants")
    def _rule_files_are_valid(self) -> Iterator[Violation]:
        for path, message in file_problems(self.rules, self.tenants):
            yield Violation(message, at=("rules", path))

    @rule("rules", "ruler")
    def _rules_have_a_ruler(self) -> Violation | None:
        if self.rules and not self.ruler:
            return Violation("only the ruler evaluates rules; set ruler to true, or remove them", {"ruler": True})
        return None

    @rule("rule_source", "ruler", "store")
    def _rule_source_has_a_ruler_and_a_bucket(self) -> str | None:
        if self.rule_source is RuleSource.CONFIG_MAPS:
            return None
        if not self.ruler:
            return "only the ruler evaluates rules; set ruler to true, or remove it"
        if self.store is Store.FILESYSTEM:
            return "store filesystem has no bucket; use config-maps, or store s3"
        return None

    @rule("ruler_bucket", "rule_source")
    def _ruler_bucket_has_rule_source_bucket(self) -> Violation | None:
        if self.ruler_bucket and self.rule_source is RuleSource.CONFIG_MAPS:
            message = "only rule_source bucket uses a bucket; remove it, or set rule_source to bucket"
            return Violation(message, at=("ruler_bucket",))
        return None

    @rule("rule_source", "ruler_bucket", "bucket", "bucket_prefix", "tenants")
    def _rules_and_chunks_do_not_overlap(self) -> Violation | None:
        if self.rule_source is RuleSource.CONFIG_MAPS:
            return None
        if self.bucket_prefix and self.effective_ruler_bucket == self.bucket:
            return Violation(
                f"Loki stores rules at {RULES_PREFIX}/ in bucket {self.bucket}, outside bucket_prefix "
                f"{self.bucket_prefix}; set another bucket in ruler_bucket, or use config-maps",
                {"rule_source": RuleSource.CONFIG_MAPS.value},
            )
        if self.effective_ruler_bucket == self.bucket and RULES_PREFIX in self.tenants:
            return Violation(
                f"chunks of the tenant {RULES_PREFIX!r} would be stored among the rules; set another bucket in "
                "ruler_bucket, or rename the tenant",
                {"rule_source": RuleSource.CONFIG_MAPS.value},
            )
        return None

    @rule("lokitool_image", "rule_source", "ruler")
    def _rules_in_bucket_have_a_lokitool_image(self) -> str | Violation | None:
        if self.rules_in_bucket and not self.lokitool_image:
            return Violation(
                "is missing: lokitool writes the rules to the bucket, and Loki publishes no image of it; set an image "
                "that has it on its path, of Loki's version",
                {"lokitool_image": placeholder("lokitool_image")},
            )
        if self.lokitool_image and not self.rules_in_bucket:
            return "only rule_source bucket uses lokitool; remove it, or set rule_source to bucket"
        return None

    @rule("tenant_limits", "tenants")
    def _limits_are_of_tenants(self) -> Iterable[Violation]:
        return self._unknown_tenants("tenant_limits", self.tenant_limits, "use limits for all")

    @rule("tenant_retention", "tenants")
    def _retention_is_of_tenants(self) -> Iterator[Violation]:
        yield from self._unknown_tenants("tenant_retention", self.tenant_retention, "use retention for all")
        for tenant, text in self.tenant_retention.items():
            if tenant in (self.tenants or (THE_ONLY_TENANT,)) and (problem := retention_problem(text)):
                at = ("tenant_retention", tenant)
                yield Violation(problem, {at: nearest_retention(text)}, at=at)

    def _unknown_tenants(self, argument: str, named: Iterable[str], otherwise: str) -> Iterator[Violation]:
        known = self.tenants or (THE_ONLY_TENANT,)
        tenants = ", ".join(self.tenants) or "none"
        for name in named:
            if name not in known:
                message = f"{name} must be one of tenants ({tenants}); add it there, or {otherwise}"
                yield Violation(message, at=(argument, name))
