"""What `Logging` accepts: types, defaults and the rules between them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic import Field

from .._namespace import PodSecurity
from .._release import ReleaseSpec
from .._spec import rule
from ..charts import LOKI, Chart
from ..storage.endpoint import parse_endpoint
from ..units import Duration, Name, Quantity, hours, parse_duration
from .modes import STEPS, Mode, Role
from .schema import SchemaEntry, default_ledger, ledger_problem
from .workload import Workload, WorkloadSpec

OTLP_INDEX_LABELS = (
    "service.name",
    "service.namespace",
    "deployment.environment",
    "deployment.environment.name",
    "cloud.region",
    "cloud.availability_zone",
    "k8s.cluster.name",
    "k8s.namespace.name",
    "k8s.container.name",
    "container.name",
    "k8s.deployment.name",
    "k8s.statefulset.name",
    "k8s.daemonset.name",
    "k8s.cronjob.name",
    "k8s.job.name",
)
"""Resource attributes of OTLP logs that become index labels: Loki's own list without those that change with each pod.

Pod, ReplicaSet and instance id stay searchable as structured metadata; as labels they would cost a stream a restart.
"""

LONGEST_RELEASE_NAME = 37
"""The chart appends up to 26 characters to name a Service, which has 63."""

SMALLEST = {
    Role.LOKI: ("200m", "1Gi"),
    Role.WRITE: ("200m", "1Gi"),
    Role.READ: ("100m", "512Mi"),
    Role.BACKEND: ("100m", "512Mi"),
    Role.GATEWAY: ("50m", "128Mi"),
}
"""CPU and memory of a workload where none is asked for: enough for a few GB of logs a day."""


class Store(StrEnum):
    """Where chunks and index are kept."""

    S3 = "s3"
    FILESYSTEM = "filesystem"


class PreparedChange(StrEnum):
    """A change that the applied state forbids until somebody has prepared it by hand."""

    VOLUMES = "volumes"
    LOCATION = "location"


class LoggingSpec(ReleaseSpec):
    """The checked arguments of `Logging`."""

    release_name: Name = "loki"
    chart_version: str = LOKI.default_version
    namespace: Name
    create_namespace: bool = True
    pod_security: PodSecurity = PodSecurity.RESTRICTED
    protect_namespace: bool = False

    mode: Mode = Mode.MONOLITHIC
    migrate_from: Mode | None = None
    replicas: int | None = Field(default=None, ge=1)
    replication_factor: int | None = Field(default=None, ge=1, le=3)
    workloads: Mapping[Role, WorkloadSpec] = Field(default_factory=dict)
    cpu: Quantity | None = None
    memory: Quantity | None = None
    volume_size: Quantity = "10Gi"
    storage_class: str = ""
    node_selector: Mapping[str, str] = Field(default_factory=dict)
    tolerations: Sequence[Mapping[str, Any]] = ()
    separate_nodes: bool = False

    store: Store = Store.S3
    bucket: str = ""
    bucket_prefix: str = ""
    endpoint: str = ""
    region: str = ""
    path_style: bool = False
    kms_key_arn: str = ""
    credentials_secret: str = ""
    credentials_checksum: str = ""
    service_account: str = ""
    service_account_annotations: Mapping[str, str] = Field(default_factory=dict)

    retention: Duration = "744h"
    schema_entries: Sequence[SchemaEntry] = ()
    structured_metadata: bool = True
    otlp_index_labels: Sequence[str] = OTLP_INDEX_LABELS
    pattern_ingester: bool = False
    prepared_changes: Sequence[PreparedChange] = ()

    chunks_cache_mib: int = Field(default=512, ge=0)
    results_cache_mib: int = Field(default=256, ge=0)
    max_push_mib: int = Field(default=20, ge=1)
    dns_service: Name = "kube-dns"
    dns_namespace: Name = "kube-system"
    cluster_domain: str = "cluster.local"
    gateway_ipv6: bool = True
    service_monitor: bool = False
    dashboards: bool = False

    @property
    def chart(self) -> Chart:
        """The Loki chart."""
        return LOKI

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes that run: one, or two while migrating."""
        return (self.mode,) if self.migrate_from is None else (self.mode, self.migrate_from)

    @property
    def ingesters(self) -> int:
        """How many replicas take writes."""
        return self._replicas(self.mode.ingester)

    @property
    def copies(self) -> int:
        """How many ingesters hold each line: as many as there are, three at most, where nothing else is asked for."""
        return self.replication_factor or min(3, self.ingesters)

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
        )

    def _replicas(self, role: Role) -> int:
        own = self.workloads.get(role, WorkloadSpec()).replicas
        if role is Role.GATEWAY:
            return own or min(2, self.ingesters)
        return own or self.replicas or (1 if role is Role.LOKI else 3)

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

    @rule("workloads", "mode", "migrate_from")
    def _every_workload_runs(self) -> str | None:
        running = [role for mode in self.modes for role in mode.roles] + [Role.GATEWAY]
        strangers = [role.value for role in self.workloads if role not in running]
        if strangers:
            return f"{', '.join(strangers)} does not run in mode {self.mode}: it has {', '.join(running)}"
        return None

    @rule("workloads")
    def _only_a_workload_with_a_volume_says_which(self) -> str | None:
        for role, own in self.workloads.items():
            if not role.claims and (own.volume_size or own.storage_class):
                return f"{role} keeps nothing on a volume: remove its volume_size and storage_class"
        return None

    @rule("migrate_from", "mode")
    def _the_step_between_modes_exists(self) -> str | None:
        if self.migrate_from is not None and frozenset(self.modes) not in STEPS:
            return f"Loki cannot go from {self.migrate_from} to {self.mode} with both running"
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

    @rule("bucket", "store")
    def _a_bucket_is_named(self) -> str | None:
        if self.store is Store.S3 and not self.bucket:
            return "store s3 needs the name of a bucket; for a laptop without one use store filesystem"
        return None

    @rule("region", "endpoint", "store")
    def _aws_has_a_region(self) -> str | None:
        if self.store is Store.S3 and not self.endpoint and not self.region:
            return "S3 on AWS needs a region, such as eu-west-1; for another store give its endpoint"
        return None

    @rule("endpoint")
    def _the_endpoint_is_an_address(self) -> str | None:
        try:
            if self.endpoint:
                parse_endpoint(self.endpoint)
        except ValueError as error:
            return str(error)
        return None

    @rule("retention")
    def _retention_is_whole_hours_of_a_day_at_least(self) -> str | None:
        try:
            hours(self.retention)
        except ValueError as error:
            return str(error)
        if parse_duration(self.retention) < timedelta(days=1):
            return "Loki keeps logs for 24h at least: use 24h or more"
        return None

    @rule("schema_entries", "store")
    def _the_ledger_is_in_order(self) -> str | None:
        return ledger_problem(self.ledger, self.store.value)
