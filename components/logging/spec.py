"""What `Logging` accepts: settings that a stack may state, what only a program decides, and the rules between them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field, model_validator

from .._bucket import BucketReaderSpec, Store
from .._cache import CacheReaderSpec
from .._cluster import ClusterDnsSpec
from .._kubernetes import NodeSelector, OptionalObjectName, Tolerations
from .._model import Choices, Plain, placeholder
from .._pod_security import NamespaceSettings
from .._release_spec import ReleaseSettings
from .._spec import REMOVE, Violation, rule
from .._tenants import THE_ONLY_TENANT, Tenant
from .._tls import LEAVE_OUT, SecuritySpec, is_set, metrics_namespaces_problem
from .._workload import WorkloadSettings
from ..charts import LOKI, Chart
from ..units import Duration, MemorySize, Name, OptionalHttpUrl, Quantity, Replicas, VolumeSize, parse_quantity
from .choices import OTLP_INDEX_LABELS, ChunkEncoding, PreparedChange, RuleSource
from .limits import LoggingLimits, nearest_retention, retention_problem
from .misplaced import misplaced_values
from .modes import STEPS, Claims, Mode, Role, path_between
from .rule_files import RuleFile, file_problems, tenant_and_file
from .schema import SchemaEntry, default_ledger, ledger_problem, single_pod_problem
from .sizes import SMALLEST, default_replicas
from .workload import Workload

LONGEST_RELEASE_NAME = 37
"""The chart appends up to 26 characters to name a Service, which has 63."""

LEAST_MEMORY = 128 * 1024**2
"""What Go, the ring and the caches of a Loki without logs take, in bytes, with room to start."""

FIRST_PART_OF_RULE_OBJECTS = "rules"
"""Where the ruler keeps its objects in a bucket, whatever prefix chunks have."""

KEPT_BY_GATEWAY = {
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
"""Chart values that would replace what clients are asked by, each with what to use instead."""


class LoggingSettings(NamespaceSettings, ReleaseSettings):
    """Loki: what a stack may state and a program may pass."""

    chart_version: Plain[Annotated[str, Choices(LOKI.versions)]] = Field(
        default=LOKI.default_version,
        description="Version of the Loki chart; major version 6 is Grafana's, later ones are the community's.",
        examples=[LOKI.default_version],
    )
    mode: Plain[Mode] = Field(
        default=Mode.MONOLITHIC,
        description=(
            "`monolithic`: everything in each process, up to some hundred GB of logs a day. `simple-scalable`: "
            "the workloads `read`, `write` and `backend`; Loki 4 drops it. `distributed`: a workload for each "
            "part, for more."
        ),
        examples=["distributed"],
    )
    migrate_from: Plain[Mode | None] = Field(
        default=None,
        description=(
            "The mode that was deployed before, while both run: the applied state forbids a jump. Between "
            "`monolithic` and `distributed` the way goes through `simple-scalable`. Default: none."
        ),
        examples=["simple-scalable"],
    )
    replicas: Plain[Replicas | None] = Field(
        default=None,
        description=(
            "How many pods each workload of Loki has; what carries little takes 2 of them at "
            "most. Default: 1 when monolithic, else 3."
        ),
        examples=[3],
    )
    replication_factor: Plain[int | None] = Field(
        default=None,
        ge=1,
        le=3,
        description=(
            "How many ingesters hold each line until it is in the bucket; at most as many as there are. "
            "With 2, a write needs both. Default: as many as there are, 3 at most."
        ),
        examples=[3],
    )
    workloads: Plain[Mapping[Role, WorkloadSettings]] = Field(
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
        description="CPU request of each pod of Loki. Default: by workload, `200m` for those that hold lines.",
        examples=["500m"],
    )
    memory: MemorySize | None = Field(
        default=None,
        description=(
            "Memory request and limit of each pod of Loki, `128Mi` or more. Default: by workload, `1Gi` for "
            "those that hold lines."
        ),
        examples=["2Gi"],
    )
    volume_size: VolumeSize = Field(
        default="10Gi",
        description=("Size of each volume: it holds the write-ahead log, and with store `filesystem` everything."),
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
            "Whether a pod waits until there is a node without another pod of its workload. Default: false, "
            "which prefers separate nodes but starts in any case."
        ),
    )
    ingester_zones: Plain[Sequence[str]] = Field(
        default=(),
        description=(
            "Three zones of the cluster that the ingesters of mode `distributed` are in, a StatefulSet in each: "
            "no two copies of a line are in one zone, and the chart's rollout operator restarts them zone by "
            "zone. Default: none, which only prefers to spread them."
        ),
        examples=[["eu-west-1a", "eu-west-1b", "eu-west-1c"]],
    )
    limits: Plain[LoggingLimits] = Field(
        default_factory=LoggingLimits,
        description=(
            "What each tenant may write and ask, where all are one tenant everybody together. Default: Loki's "
            "own limits."
        ),
    )
    tenant_limits: Plain[Mapping[Tenant, LoggingLimits]] = Field(
        default_factory=dict,
        description=(
            "Limits of single tenants, laid over `limits`. Loki reads a change without a new start. Default: none."
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
            "The formats that logs were and are written in, oldest first, each with `from` (a day), "
            "`object_store` and where they differ from the current format `store` (`tsdb`), `schema` (`v13`), "
            "`index_prefix` (`index_`) and `index_period` (`24h`). Of the past are `boltdb-shipper`, and "
            "`boltdb`, whose index is read from `/var/loki/index` on the volume of the only pod. The first "
            "begins today (UTC) at the latest. Applied entries are for ever: append one that begins in the "
            "future. Default: one entry from 2024-01-01."
        ),
    )
    structured_metadata: bool = Field(
        default=True,
        description=(
            "Whether lines carry metadata beside labels, which OTLP needs. False only until a `v13` entry that "
            "was appended to an older ledger has begun."
        ),
    )
    otlp_index_labels: Sequence[str] = Field(
        default=OTLP_INDEX_LABELS,
        description=(
            "Resource attributes of OTLP logs that become index labels; the others become structured metadata. "
            "Default: those of Loki without pod, ReplicaSet and instance id."
        ),
    )
    pattern_ingester: bool = Field(
        default=False,
        description="Whether Loki finds patterns in lines, for the patterns tab of Grafana's Logs Drilldown.",
    )
    chunk_encoding: Plain[ChunkEncoding | None] = Field(
        default=None,
        description=(
            "How chunks are compressed: `snappy`, fast to read; `gzip`, small; `zstd` or `lz4`. It may change "
            "at any time. Default: `snappy` when distributed, else Loki's `gzip`."
        ),
    )
    querier_max_concurrent: Plain[int | None] = Field(
        default=None,
        ge=1,
        description="How many pieces of queries each querier works on at a time. Default: Loki's 4.",
    )
    tenants: Plain[tuple[Tenant, ...]] = Field(
        default=(),
        description=(
            "Names of the tenants that logs are kept apart by. The gateway refuses requests whose header "
            "`X-Scope-OrgID` names none of them; a query may name several, joined by `|`. Default: none, "
            "everybody is one tenant."
        ),
        examples=[["team-a", "team-b"]],
    )
    tenants_secret: OptionalObjectName = Field(
        default="",
        description=(
            "Secret in the same namespace whose key `.htpasswd` holds the tenants as users: the gateway then "
            "asks for a login, and the user is the tenant whatever the header says. Default: none, and the "
            "header is trusted."
        ),
        examples=["loki-tenants"],
    )
    ruler: Plain[bool] = Field(
        default=False,
        description="Whether Loki evaluates rules, from where `rule_source` says.",
        examples=[True],
    )
    rule_source: Plain[RuleSource] = Field(
        default=RuleSource.CONFIG_MAPS,
        description=(
            "Where rules come from. `config-maps`: `rules`, and all other ConfigMaps of the namespace with the "
            "label `loki_rule`, each key a file of rule groups; where there are tenants, with theirs in the "
            "annotation `k8s-sidecar-target-directory`; the pods that read them get the token of the "
            "ServiceAccount. `bucket`: `rules` alone, which a Job brings to the bucket whenever they change, "
            "and removes what is no longer among them."
        ),
        examples=["bucket"],
    )
    rules: Plain[Mapping[str, RuleFile]] = Field(
        default_factory=dict,
        description=(
            "Files of rules with their content, YAML that begins with `groups:`, by name; where there are "
            "tenants, by `TENANT/NAME`. The name ends in `.yaml` or `.yml`. Default: none."
        ),
        examples=[{"errors.yaml": {"groups": [{"name": "errors", "rules": [{"alert": "A", "expr": "vector(1)"}]}]}}],
    )
    ruler_bucket: Plain[str] = Field(
        default="",
        description=(
            "Bucket for rules with `rule_source` `bucket`, which Loki may use as it does its own; required "
            "where that has a `bucket_prefix`, as rules heed none. Default: `bucket`."
        ),
    )
    lokitool_image: Plain[str] = Field(
        default="",
        description=(
            "Image with `lokitool` on its path, of Loki's version; required with `rule_source` `bucket`. Loki "
            "publishes none: docs/operations.md has one of five lines. Default: none."
        ),
        examples=["registry.acme.io/lokitool:3.7.6"],
    )
    alertmanager_url: OptionalHttpUrl = Field(
        default="",
        description="URL of the Alertmanager that rules send their alerts to; required with `ruler`. Default: none.",
        examples=["http://alertmanager-operated.monitoring:9093"],
    )
    traces_endpoint: OptionalHttpUrl = Field(
        default="",
        description=(
            "URL that takes OTLP over HTTP, where Loki sends a trace of each request. The Loki of chart "
            "`18.11.0` cannot: it needs the tag of another image in `values`. Default: none, Loki is not "
            "traced."
        ),
        examples=["http://alloy.telemetry:4318"],
    )
    allow_changes: Plain[Sequence[PreparedChange]] = Field(
        default=(),
        description=(
            "What the applied state forbids and has been prepared by hand, for one update: `volumes`, after the "
            "StatefulSets were deleted with their pods left running; `location`, after the objects were copied, "
            "or for another name of the same store; `zones`, after the ingesters were flushed; `ingesters`, "
            "after those that leave were flushed; `tenants`, after senders and readers name theirs; `chart`, "
            "after what another `chart_version` cannot change was deleted. Default: none."
        ),
    )
    chunks_cache_mib: int = Field(
        default=512,
        ge=0,
        description=(
            "Memory of the cache for chunks in MiB; 0 for none. Its pod takes a fifth more. Default: 512, or 0 "
            "with `cache_endpoint`."
        ),
        examples=[512],
    )
    results_cache_mib: int = Field(
        default=256,
        ge=0,
        description=(
            "Memory of the cache for results of queries in MiB; 0 for none. Its pod takes a fifth more. "
            "Default: 256, or 0 with `cache_endpoint`."
        ),
        examples=[256],
    )
    max_push_mib: int = Field(
        default=20,
        ge=1,
        description="Largest request that the gateway accepts, in MiB.",
    )
    gateway_ipv6: bool = Field(
        default=True,
        description="Whether the gateway listens on IPv6 too; false where nodes have it disabled.",
    )
    dashboards: Plain[bool] = Field(
        default=False,
        description="Whether to create Loki's dashboards as ConfigMaps for Grafana's sidecar.",
        examples=[True],
    )

    @property
    def ingesters(self) -> int:
        """How many replicas take writes."""
        return self._replicas(self.mode.ingester)

    def _replicas(self, role: Role) -> int:
        own = self.workloads.get(role, WorkloadSettings()).replicas
        if own is not None:
            return own
        return min(2, self.ingesters) if role is Role.GATEWAY else default_replicas(role, self.replicas)


class LoggingSpec(LoggingSettings, SecuritySpec, BucketReaderSpec, CacheReaderSpec, ClusterDnsSpec):
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

    @model_validator(mode="before")
    @classmethod
    def _a_cache_that_is_there_takes_the_place_of_both(cls, data: Any) -> Any:
        return data if data.get("cache_endpoint", "") == "" else {"chunks_cache_mib": 0, "results_cache_mib": 0, **data}

    @property
    def chart(self) -> Chart:
        """The Loki chart."""
        return LOKI

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes that run: one, or two while migrating."""
        return (self.mode,) if self.migrate_from is None else (self.mode, self.migrate_from)

    def roles(self, mode: Mode) -> tuple[Role, ...]:
        """Return the workloads of a mode that run, without the gateway."""
        left_out = set() if self.ruler else {Role.RULER}
        left_out |= set() if self.pattern_ingester else {Role.PATTERN_INGESTER}
        return tuple(role for role in mode.roles if role not in left_out)

    @property
    def copies(self) -> int:
        """How many ingesters hold each line: as many as there are, three at most, where nothing else is asked for."""
        return self.replication_factor or min(3, self.ingesters)

    @property
    def encoding(self) -> ChunkEncoding | None:
        """How chunks are compressed; None leaves it to Loki."""
        return self.chunk_encoding or (ChunkEncoding.SNAPPY if self.mode is Mode.DISTRIBUTED else None)

    @property
    def ledger(self) -> Sequence[SchemaEntry]:
        """The schema entries, from the oldest on."""
        return self.schema_entries or default_ledger(self.store.value)

    @property
    def account(self) -> str:
        """Name of the ServiceAccount."""
        return self.service_account or self.release_name

    def workload(self, role: Role) -> Workload:
        """Return one workload: its own settings, else those of all workloads, else the defaults."""
        own = self.workloads.get(role, WorkloadSettings())
        cpu, memory = SMALLEST[role]
        runs_loki = role is not Role.GATEWAY
        return Workload(
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
    def environment(self) -> Mapping[str, str]:
        """What every process of Loki finds in its environment: where it sends its own traces."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.traces_endpoint} if self.traces_endpoint else {}

    @property
    def authenticates(self) -> bool:
        """Whether clients must authenticate: as a tenant, or by what every component can ask for."""
        return super().authenticates or is_set(self.tenants_secret)

    @property
    def reserved_values(self) -> Mapping[str, str]:
        """The parts of the gateway that ask clients for authentication."""
        return KEPT_BY_GATEWAY if self.secured else {}

    @property
    def rule_config_maps(self) -> bool:
        """Whether a sidecar collects rules from ConfigMaps."""
        return self.ruler and self.rule_source is RuleSource.CONFIG_MAPS

    @property
    def rule_objects(self) -> bool:
        """Whether the ruler keeps rules in a bucket, and takes them by its API."""
        return self.ruler and self.rule_source is RuleSource.BUCKET

    @property
    def bucket_of_rules(self) -> str:
        """The bucket that the ruler keeps rules in."""
        return self.ruler_bucket or self.bucket

    @property
    def tenants_with_rules(self) -> tuple[str, ...]:
        """Every tenant that may have rules."""
        return self.tenants or (THE_ONLY_TENANT,)

    @property
    def rules_by_tenant(self) -> dict[str, dict[str, str]]:
        """The files of each tenant that may have any."""
        found: dict[str, dict[str, str]] = {tenant: {} for tenant in self.tenants_with_rules}
        for path, text in self.rules.items():
            tenant, file = tenant_and_file(path, self.tenants)
            found[tenant][file] = text
        return found

    @property
    def _ingesters_argument(self) -> str:
        """The argument that decides how many replicas take writes."""
        role = self.mode.ingester
        own = self.workloads.get(role)
        return f"workloads.{role}.replicas" if own and own.replicas is not None else "replicas"

    @rule("release_name")
    def _generated_names_fit(self) -> str | None:
        if len(self.release_name) > LONGEST_RELEASE_NAME:
            return f"names made from it exceed 63 characters: use at most {LONGEST_RELEASE_NAME}"
        return None

    @rule("replication_factor", "replicas", "workloads", "mode")
    def _replication_factor_fits_replicas(self) -> Violation | None:
        if self.copies > self.ingesters:
            return Violation(
                f"{self.copies} copies of each line need as many replicas of {self.mode.ingester}, which has "
                f"{self.ingesters}: raise its replicas or lower replication_factor",
                {"replication_factor": self.ingesters},
            )
        return None

    @rule("workloads", "mode", "migrate_from", "ruler", "pattern_ingester")
    def _workloads_run(self) -> Iterator[Violation]:
        running = [role for mode in self.modes for role in self.roles(mode)] + [Role.GATEWAY]
        for role in self.workloads:
            if role not in running:
                message = f"{role} does not run in mode {' or '.join(self.modes)}: it has {', '.join(running)}"
                yield Violation(message, at=("workloads", role.value))

    @rule("workloads")
    def _only_workloads_with_a_volume_size_one(self) -> Iterator[Violation]:
        for role, own in self.workloads.items():
            if role.claims is Claims.NONE:
                for name in ("volume_size", "storage_class"):
                    if getattr(own, name):
                        yield Violation(
                            f"{role} keeps nothing on a volume: remove it", at=("workloads", role.value, name)
                        )

    @rule("values", "mode", "migrate_from")
    def _values_fit_the_arguments(self) -> Iterator[Violation]:
        for path, message in misplaced_values(self.values, self.modes):
            yield Violation(message, at=("values", *path))

    @rule("migrate_from", "mode")
    def _step_between_modes_exists(self) -> str | None:
        if self.migrate_from is not None and frozenset(self.modes) not in STEPS:
            way = ", ".join(path_between(self.migrate_from, self.mode)) if self.migrate_from is not self.mode else ""
            return f"Loki cannot go from {self.migrate_from} to {self.mode} with both running" + (
                f": go through {way} one step after the other" if way else ": remove migrate_from"
            )
        return None

    @rule("workloads")
    def _compactor_has_one_replica(self) -> Violation | None:
        replicas = self.workloads.get(Role.COMPACTOR, WorkloadSettings()).replicas
        if replicas is not None and replicas > 1:
            message = "the compactor must have exactly 1 replica; remove it or set 1"
            return Violation(message, at=("workloads", Role.COMPACTOR.value, "replicas"))
        return None

    @rule("ingester_zones", "mode", "replicas", "workloads")
    def _zones_have_equally_many_ingesters(self) -> str | Violation | None:
        if not self.ingester_zones:
            return None
        if self.mode is not Mode.DISTRIBUTED:
            return f"only mode distributed places ingesters by zone, not {self.mode}: remove ingester_zones"
        if len(set(self.ingester_zones)) != 3 or len(self.ingester_zones) != 3:
            return "the chart knows three zones: name three different ones, or none"
        if self.ingesters % 3:
            message = f"{self.ingesters} ingesters do not divide by three zones: use replicas 3, 6 or 9"
            return Violation(message, {self._ingesters_argument: max(3, round(self.ingesters / 3) * 3)})
        return None

    @rule("store", "mode", "migrate_from", "replicas", "workloads")
    def _filesystem_is_used_by_one_process(self) -> Violation | None:
        if self.store is not Store.FILESYSTEM or (self.modes == (Mode.MONOLITHIC,) and self.ingesters == 1):
            return None
        message = "a filesystem is seen by one process alone: use mode monolithic with 1 replica, or store s3"
        if self.migrate_from is not None:
            return Violation(message, at=("migrate_from",))
        if self.mode is not Mode.MONOLITHIC:
            return Violation(message, {"mode": Mode.MONOLITHIC.value}, at=("mode",))
        argument = self._ingesters_argument
        return Violation(message, {argument: 1}, at=tuple(argument.split(".")))

    @rule("cache_endpoint", "chunks_cache_mib", "results_cache_mib")
    def _one_cache_is_used(self) -> Iterator[Violation]:
        for name in ("chunks_cache_mib", "results_cache_mib"):
            if self.cache_endpoint and getattr(self, name):
                yield Violation(
                    "is not used: cache_endpoint takes the place of Loki's memcached; remove it", at=(name,)
                )

    @rule("memory", "workloads")
    def _memory_is_enough_to_start(self) -> Iterator[Violation]:
        places: dict[tuple[str, ...], str | None] = {("memory",): self.memory}
        places |= {("workloads", role.value, "memory"): own.memory for role, own in self.workloads.items()}
        for at, memory in places.items():
            if memory is not None and parse_quantity(memory) < LEAST_MEMORY and Role.GATEWAY.value not in at:
                message = "Loki does not start reliably with less than 128Mi: raise it"
                yield Violation(message, {at: "128Mi"}, at=at)

    @rule("limits", "tenant_limits")
    def _burst_covers_a_second_of_the_rate(self) -> Iterator[Violation]:
        places: dict[tuple[str, ...], LoggingLimits] = {("limits",): self.limits}
        places |= {("tenant_limits", tenant): limits for tenant, limits in self.tenant_limits.items()}
        for at, limits in places.items():
            rate, burst = limits.ingestion_rate_mb, limits.ingestion_burst_size_mb
            if rate is not None and burst is not None and burst < rate:
                place = (*at, "ingestion_burst_size_mb")
                message = f"is less than what arrives in a second at ingestion_rate_mb {rate:g}: raise it"
                yield Violation(message, {place: rate}, at=place)

    @rule("retention")
    def _retention_is_whole_hours_of_a_day_at_least(self) -> Violation | None:
        problem = retention_problem(self.retention)
        return Violation(problem, {"retention": nearest_retention(self.retention)}) if problem else None

    @rule("schema_entries", "store")
    def _schema_entries_are_in_order(self) -> Violation | None:
        return ledger_problem(self.ledger, self.store.value, today=datetime.now(UTC).date())

    @rule("mode", "migrate_from", "schema_entries")
    def _one_mode_reads_an_index_of_one_pod(self) -> Violation | None:
        problem = None if self.modes == (Mode.MONOLITHIC,) else single_pod_problem(self.schema_entries)
        if problem is None:
            return None
        change = {"mode": "monolithic"} if self.migrate_from is None else {"migrate_from": REMOVE}
        return Violation(problem, change)

    @rule("replicas", "mode", "workloads", "schema_entries")
    def _one_replica_reads_an_index_of_one_pod(self) -> Violation | None:
        if self.mode is not Mode.MONOLITHIC or self.ingesters == 1:
            return None
        problem = single_pod_problem(self.schema_entries)
        return Violation(problem, {self._ingesters_argument: 1}) if problem else None

    @rule("values", "tls_secret", "client_certificates", "logins_secret", "tenants_secret")
    def _values_set_no_reserved_value(self) -> Iterator[Violation]:
        return super()._values_set_no_reserved_value()

    @rule("logins_secret", "tenants_secret")
    def _logins_are_of_tenants_or_of_clients(self) -> str | None:
        if self.logins_secret and self.tenants_secret:
            return (
                "with tenants_secret a user is one tenant, with logins_secret any user names any tenant: leave one of "
                "them out"
            )
        return None

    @rule("metrics_namespaces", "service_monitor", "client_certificates", "logins_secret", "tenants_secret")
    def _prometheus_is_not_locked_out(self) -> Violation | None:
        if self.service_monitor and self.authenticates:
            return metrics_namespaces_problem(self.metrics_namespaces)
        return None

    @rule("tenants_secret", "tenants")
    def _tenants_secret_has_tenants(self) -> str | None:
        if self.tenants_secret and not self.tenants:
            return "the users in it would be tenants of a Loki that has none: name them in tenants, or remove it"
        return None

    @rule("tenants")
    def _tenants_are_unique(self) -> Violation | None:
        twice = sorted({name for name in self.tenants if self.tenants.count(name) > 1})
        if twice:
            message = f"{', '.join(twice)} is named twice: name each tenant once"
            return Violation(message, {"tenants": list(dict.fromkeys(self.tenants))})
        return None

    @rule("alertmanager_url", "ruler")
    def _alerts_have_a_receiver(self) -> str | Violation | None:
        if self.ruler and not self.alertmanager_url:
            message = "is missing: rules that fire would reach nobody; name an Alertmanager, or set ruler to false"
            return Violation(message, {"alertmanager_url": placeholder("alertmanager_url")})
        if self.alertmanager_url and not self.ruler:
            return "nothing evaluates rules that could fire: set ruler to true, or remove alertmanager_url"
        return None

    @rule("traces_endpoint", "chart_version", "values")
    def _chart_supports_traces_endpoint(self) -> str | None:
        # https://github.com/grafana/loki/issues/21588
        own_image = ((self.values.get("loki") or {}).get("image") or {}).get("tag")
        if self.traces_endpoint and not self.chart_version.startswith("6.") and not own_image:
            return (
                f"the Loki of chart {self.chart_version} fails to start its tracing and would send none: use "
                "chart_version 6.51.0, or name an image that can in values loki.image.tag"
            )
        return None

    @rule("rules", "tenants")
    def _rule_files_are_valid(self) -> Iterator[Violation]:
        for path, message in file_problems(self.rules, self.tenants):
            yield Violation(message, at=("rules", path))

    @rule("rules", "ruler")
    def _rules_are_evaluated(self) -> Violation | None:
        if self.rules and not self.ruler:
            return Violation("nothing would evaluate them: set ruler to true, or remove rules", {"ruler": True})
        return None

    @rule("rule_source", "ruler", "store")
    def _rule_source_has_a_ruler_and_a_bucket(self) -> str | None:
        if self.rule_source is RuleSource.CONFIG_MAPS:
            return None
        if not self.ruler:
            return "nothing would evaluate the rules in it: set ruler to true, or remove rule_source"
        if self.store is Store.FILESYSTEM:
            return "store filesystem has no bucket: use config-maps, or store s3"
        return None

    @rule("ruler_bucket", "rule_source")
    def _ruler_bucket_is_used(self) -> Violation | None:
        if self.ruler_bucket and self.rule_source is RuleSource.CONFIG_MAPS:
            message = "rules come from ConfigMaps: remove it, or set rule_source to bucket"
            return Violation(message, at=("ruler_bucket",))
        return None

    @rule("rule_source", "ruler_bucket", "bucket", "bucket_prefix", "tenants")
    def _rules_are_apart_from_chunks(self) -> Violation | None:
        if self.rule_source is RuleSource.CONFIG_MAPS:
            return None
        if self.bucket_prefix and self.bucket_of_rules == self.bucket:
            return Violation(
                f"Loki keeps rules at {FIRST_PART_OF_RULE_OBJECTS}/ whatever bucket_prefix says, here in the part of "
                f"bucket {self.bucket} that belongs to others: name another bucket that Loki may use in ruler_bucket, "
                "or use config-maps",
                {"rule_source": RuleSource.CONFIG_MAPS.value},
            )
        if self.bucket_of_rules == self.bucket and FIRST_PART_OF_RULE_OBJECTS in self.tenants:
            return Violation(
                f"the chunks of tenant {FIRST_PART_OF_RULE_OBJECTS!r} would lie where Loki keeps rules: name another "
                "bucket, or the tenant otherwise",
                {"rule_source": RuleSource.CONFIG_MAPS.value},
            )
        return None

    @rule("lokitool_image", "rule_source", "ruler")
    def _lokitool_writes_rules_to_the_bucket(self) -> str | Violation | None:
        if self.rule_objects and not self.lokitool_image:
            return Violation(
                "is missing: rules get into the bucket by lokitool, which Loki's releases hold as a program and not as "
                "an image; name an image that has it on its path, of Loki's version",
                {"lokitool_image": placeholder("lokitool_image")},
            )
        if self.lokitool_image and not self.rule_objects:
            return "rules come from ConfigMaps, without lokitool: remove it, or set rule_source to bucket"
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
        tenants = f"tenants has {', '.join(self.tenants)}" if self.tenants else "there are no tenants"
        for name in named:
            if name not in known:
                message = f"{name} is not a tenant, as {tenants}: name it there, or {otherwise}"
                yield Violation(message, at=(argument, name))
