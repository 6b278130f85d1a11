"""What `Logging` accepts: types, defaults and the rules between them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import Field, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from .._cache import CacheReaderSpec
from .._merge import value_at
from .._objects import LabelKey, LabelValue, OptionalObjectName, Toleration
from .._pod_security import PodSecurity
from .._spec import rule
from .._workload import WorkloadSpec
from ..charts import LOKI, Chart
from ..units import Duration, MemorySize, Name, Quantity, Replicas, VolumeSize, parse_quantity
from .choices import OTLP_INDEX_LABELS, ChunkEncoding, PreparedChange
from .misplaced import misplaced_values
from .modes import STEPS, Claims, Mode, Role, path_between
from .schema import SchemaEntry, default_ledger, ledger_problem, single_pod_problem
from .sizes import SMALLEST, default_replicas
from .spec_limits import LimitedSpec, retention_problem
from .spec_store import Store
from .workload import Workload

LONGEST_RELEASE_NAME = 37
"""The chart appends up to 26 characters to name a Service, which has 63."""

LEAST_MEMORY = 128 * 1024**2
"""What Go, the ring and the caches of a Loki without logs take, in bytes, with room to start."""


class LoggingSpec(CacheReaderSpec, LimitedSpec):
    """The checked arguments of `Logging`."""

    release_name: Name = "loki"
    chart_version: str = LOKI.default_version
    pod_security: PodSecurity = PodSecurity.RESTRICTED

    mode: Mode = Mode.MONOLITHIC
    migrate_from: Mode | None = None
    replicas: Replicas | None = None
    replication_factor: int | None = Field(default=None, ge=1, le=3)
    workloads: Mapping[Role, WorkloadSpec] = Field(default_factory=dict)
    cpu: Quantity | None = None
    memory: MemorySize | None = None
    volume_size: VolumeSize = "10Gi"
    storage_class: OptionalObjectName = ""
    node_selector: Mapping[LabelKey, LabelValue] = Field(default_factory=dict)
    tolerations: Sequence[Toleration] = ()
    separate_nodes: bool = False
    ingester_zones: Sequence[str] = ()

    retention: Duration = "744h"
    schema_entries: Sequence[SchemaEntry] = ()
    structured_metadata: bool = True
    otlp_index_labels: Sequence[str] = OTLP_INDEX_LABELS
    pattern_ingester: bool = False
    chunk_encoding: ChunkEncoding | None = None
    querier_max_concurrent: int | None = Field(default=None, ge=1)
    prepared_changes: Sequence[PreparedChange] = ()

    chunks_cache_mib: int = Field(default=512, ge=0)
    results_cache_mib: int = Field(default=256, ge=0)
    max_push_mib: int = Field(default=20, ge=1)
    dns_service: Name = "kube-dns"
    dns_namespace: Name = "kube-system"
    cluster_domain: str = "cluster.local"
    gateway_ipv6: bool = True
    service_monitor_labels: Mapping[LabelKey, LabelValue] = Field(default_factory=dict)
    dashboards: bool = False

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
        """Give the workloads of a mode that run, without the gateway."""
        left_out = set() if self.ruler else {Role.RULER}
        left_out |= set() if self.pattern_ingester else {Role.PATTERN_INGESTER}
        return tuple(role for role in mode.roles if role not in left_out)

    @property
    def ingesters(self) -> int:
        """How many replicas take writes."""
        return self._replicas(self.mode.ingester)

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
        """Decide everything about one workload: its own settings, else those of all, else the defaults."""
        own = self.workloads.get(role, WorkloadSpec())
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

    def _replicas(self, role: Role) -> int:
        own = self.workloads.get(role, WorkloadSpec()).replicas
        if own is not None:
            return own
        return min(2, self.ingesters) if role is Role.GATEWAY else default_replicas(role, self.replicas)

    @rule("release_name")
    def _generated_names_fit(self) -> str | None:
        if len(self.release_name) > LONGEST_RELEASE_NAME:
            return f"names made from it exceed 63 characters: use at most {LONGEST_RELEASE_NAME}"
        return None

    @rule("replication_factor", "replicas", "workloads", "mode")
    def _every_copy_has_its_replica(self) -> str | None:
        if self.copies > self.ingesters:
            return (
                f"{self.copies} copies of each line need as many replicas of {self.mode.ingester}, which has "
                f"{self.ingesters}: raise its replicas or lower replication_factor"
            )
        return None

    @rule("workloads", "mode", "migrate_from", "ruler", "pattern_ingester")
    def _every_workload_runs(self) -> str | None:
        running = [role for mode in self.modes for role in self.roles(mode)] + [Role.GATEWAY]
        strangers = [role.value for role in self.workloads if role not in running]
        if strangers:
            return f"{', '.join(strangers)} does not run in mode {self.mode}: it has {', '.join(running)}"
        return None

    @rule("workloads")
    def _only_a_workload_with_a_volume_says_which(self) -> str | None:
        for role, own in self.workloads.items():
            if role.claims is Claims.NONE and (own.volume_size or own.storage_class):
                return f"{role} keeps nothing on a volume: remove its volume_size and storage_class"
        return None

    def errors_within(self) -> Iterator[InitErrorDetails]:
        """Find in `values` secrets, and what would part or remove what the arguments say."""
        yield from super().errors_within()
        for path, sentence in misplaced_values(self.values, self.modes):
            problem = PydanticCustomError("misplaced", "{problem}", {"problem": sentence})
            yield InitErrorDetails(type=problem, loc=("values", *path), input=value_at(self.values, path))

    @rule("migrate_from", "mode")
    def _the_step_between_modes_exists(self) -> str | None:
        if self.migrate_from is not None and frozenset(self.modes) not in STEPS:
            way = ", ".join(path_between(self.migrate_from, self.mode)) if self.migrate_from is not self.mode else ""
            return f"Loki cannot go from {self.migrate_from} to {self.mode} with both running" + (
                f": go through {way} one step after the other" if way else ": remove migrate_from"
            )
        return None

    @rule("workloads", "mode")
    def _one_compactor_deletes(self) -> str | None:
        compactors = self.workloads.get(Role.COMPACTOR, WorkloadSpec()).replicas
        if compactors is not None and compactors > 1:
            return f"{compactors} compactors would wait for one: leave out its replicas, or set them to 1"
        return None

    @rule("ingester_zones", "mode", "replicas", "workloads")
    def _each_zone_has_as_many_ingesters(self) -> str | None:
        if not self.ingester_zones:
            return None
        if self.mode is not Mode.DISTRIBUTED:
            return f"only mode distributed places ingesters by zone, not {self.mode}: remove ingester_zones"
        if len(set(self.ingester_zones)) != 3 or len(self.ingester_zones) != 3:
            return "the chart knows three zones: name three different ones, or none"
        if self.ingesters % 3:
            return f"{self.ingesters} ingesters do not divide by three zones: use replicas 3, 6 or 9"
        return None

    @rule("store", "mode", "migrate_from", "replicas", "workloads", "bucket")
    def _a_local_store_is_for_one_process(self) -> str | None:
        if self.store is not Store.FILESYSTEM:
            return None
        if self.modes != (Mode.MONOLITHIC,) or self.ingesters > 1:
            return "a filesystem is seen by one process alone: use mode monolithic with 1 replica, or store s3"
        if self.bucket:
            return f"nothing would be written to bucket {self.bucket}: remove bucket, or use store s3"
        return None

    @rule("cache_endpoint", "chunks_cache_mib", "results_cache_mib")
    def _one_cache_is_enough(self) -> str | None:
        if self.cache_endpoint and (self.chunks_cache_mib or self.results_cache_mib):
            return "it takes the place of Loki's memcached: leave chunks_cache_mib and results_cache_mib out"
        return None

    @rule("memory", "workloads")
    def _loki_can_start(self) -> str | None:
        asked = {"memory": self.memory, **{f"workloads.{role}": own.memory for role, own in self.workloads.items()}}
        for place, memory in asked.items():
            if memory is not None and parse_quantity(memory) < LEAST_MEMORY and place != f"workloads.{Role.GATEWAY}":
                return f"{place} {memory}: Loki does not start reliably with less than 128Mi: raise it"
        return None

    @rule("retention")
    def _retention_is_whole_hours_of_a_day_at_least(self) -> str | None:
        return retention_problem(self.retention)

    @rule("schema_entries", "store")
    def _the_ledger_is_in_order(self) -> str | None:
        return ledger_problem(self.ledger, self.store.value, today=datetime.now(UTC).date())

    @rule("mode", "migrate_from", "schema_entries")
    def _one_mode_reads_an_index_of_one_pod(self) -> str | None:
        return None if self.modes == (Mode.MONOLITHIC,) else single_pod_problem(self.schema_entries)

    @rule("replicas", "mode", "workloads", "schema_entries")
    def _one_replica_reads_an_index_of_one_pod(self) -> str | None:
        return single_pod_problem(self.schema_entries) if self.mode is Mode.MONOLITHIC and self.ingesters > 1 else None
