"""What the arguments of `Tracing` must be, and what follows from them."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from .._objects import LabelKey, LabelValue, OptionalObjectName, Toleration
from .._pod_security import PodSecurity
from .._security.spec import LEAVE_OUT, SecuritySpec, locked_out_metrics
from .._spec import rule
from ..storage.buckets import name_problem
from ..storage.endpoint import bucket_endpoint
from ..units import Duration, Hostname, MemorySize, Name, OptionalHttpUrl, Quantity, VolumeSize, hours, parse_duration
from ..urls import OptionalRemoteWriteUrl
from .choices import Mode, Store
from .roles import Role
from .spec_workloads import WorkloadsSpec
from .upgrades import PreparedChange

BLOCKLIST_POLL = "5m"
"""How often every reader of the bucket looks for new blocks."""


QUERY_PORT = 3200

KEPT_BY_GATEWAY = {
    **{f"gateway.{key}": LEAVE_OUT for key in ("enabled", "nginxConfig", "extraVolumes", "extraVolumeMounts")},
    "gateway.basicAuth": "use the argument logins_secret",
    "gateway.service.port": "clients use 443 with tls_secret, and 80 without",
}
"""Chart values that would replace what clients of distributed Tempo are asked by, each with the way out."""

KEPT_BY_ONE_PROCESS = dict.fromkeys(
    (
        "config",
        "extraVolumes",
        "tempo.extraVolumeMounts",
        "tempo.receivers",
        "tempo.server.http_tls_config",
        "tempo.livenessProbe",
        "tempo.readinessProbe",
    ),
    LEAVE_OUT,
)
"""The same of monolithic Tempo."""


class TracingSpec(WorkloadsSpec, SecuritySpec):
    """The checked arguments of `Tracing`."""

    pod_security: PodSecurity = PodSecurity.RESTRICTED
    release_name: Name = "tempo"
    store: Store = Store.S3
    bucket: str = ""
    bucket_prefix: str = ""
    endpoint: OptionalHttpUrl = ""
    region: str = ""
    path_style: bool = False
    credentials_secret: OptionalObjectName = ""
    credentials_checksum: str = ""
    service_account: OptionalObjectName = ""
    service_account_annotations: Mapping[str, str] = Field(default_factory=dict)
    kms_key_arn: str = ""
    retention: Duration = "14d"
    max_block_duration: Duration = "30m"
    volume_size: VolumeSize = "10Gi"
    generator_volume_size: VolumeSize = "5Gi"
    storage_class: OptionalObjectName = ""
    node_selector: Mapping[LabelKey, LabelValue] = Field(default_factory=dict)
    tolerations: Sequence[Toleration] = ()
    cpu: Quantity = "200m"
    memory: MemorySize = "1Gi"
    remote_write_url: OptionalRemoteWriteUrl = ""
    span_metrics_dimensions: Sequence[str] = ()
    service_graph_dimensions: Sequence[str] = ()
    external_labels: Mapping[str, str] = Field(default_factory=dict)
    dns_service: Name = "kube-dns"
    dns_namespace: Name = "kube-system"
    cluster_domain: Hostname = "cluster.local"
    prepared_changes: Sequence[PreparedChange] = ()
    service_monitor_labels: Mapping[LabelKey, LabelValue] = Field(default_factory=dict)

    @property
    def replication_factor(self) -> int:
        """How many ingesters receive a span: never more than there are, three at most."""
        return min(self.replicas, 3)

    @property
    def generates_metrics(self) -> bool:
        """Whether there is a metrics generator: only where its metrics have somewhere to go."""
        return self.remote_write_url != ""

    @property
    def through_gateway(self) -> bool:
        """Whether clients reach all of Tempo through its gateway, and nothing else."""
        return self.mode is Mode.DISTRIBUTED and self.secured

    @property
    def kept_values(self) -> Mapping[str, str]:
        """The parts of the chart values that ask clients for proof."""
        if not self.secured:
            return {}
        return KEPT_BY_GATEWAY if self.mode is Mode.DISTRIBUTED else KEPT_BY_ONE_PROCESS

    @property
    def service_account_name(self) -> str:
        """The ServiceAccount of every Tempo pod."""
        return self.service_account or self.release_name

    @rule("logins_secret", "mode")
    def _one_process_asks_for_no_login(self) -> str | None:
        if self.mode is Mode.MONOLITHIC and self.logins_secret:
            return (
                "monolithic Tempo has no gateway that could ask for a login: use client_certificates in its place, or "
                "mode distributed"
            )
        return None

    @rule("metrics_namespaces", "mode", "service_monitor", "client_certificates", "logins_secret")
    def _prometheus_is_not_locked_out(self) -> str | None:
        if self.mode is Mode.DISTRIBUTED and self.service_monitor and self.authenticates:
            return locked_out_metrics(self.metrics_namespaces)
        return None

    @rule("workloads", "mode", "gateway")
    def _a_gateway_runs(self) -> str | None:
        if Role.GATEWAY in self.workloads and not (self.gateway or self.through_gateway):
            return "there is no gateway: set gateway to true, or remove its settings"
        return None

    @rule("store", "mode")
    def _shared_blocks_need_an_object_store(self) -> str | None:
        if self.mode is Mode.DISTRIBUTED and self.store is Store.FILESYSTEM:
            return "distributed Tempo shares its blocks between pods: use s3, or mode monolithic"
        return None

    @rule("bucket", "store")
    def _blocks_have_a_bucket(self) -> str | None:
        if self.store is Store.S3 and not self.bucket:
            return "store s3 needs a bucket: name it, or use store filesystem"
        if self.store is Store.FILESYSTEM and self.bucket:
            return "store filesystem uses no bucket: leave it out, or use store s3"
        return None

    @rule("bucket")
    def _the_bucket_can_be_there(self) -> str | None:
        return name_problem(self.bucket) if self.bucket else None

    @rule("endpoint", "region", "store")
    def _the_object_store_can_be_found(self) -> str | None:
        if self.store is Store.FILESYSTEM:
            return None
        if not self.endpoint and not self.region:
            return "an empty endpoint is AWS S3, which needs a region: give region, or the URL of another S3 API"
        try:
            bucket_endpoint(self.endpoint, self.region)
        except ValueError as error:
            return str(error)
        return None

    @rule("bucket_prefix")
    def _the_prefix_is_a_plain_path(self) -> str | None:
        if self.bucket_prefix != self.bucket_prefix.strip("/"):
            return f"write it without slashes at its ends: {self.bucket_prefix.strip('/')!r}"
        return None

    @rule("retention")
    def _blocks_outlive_the_polls_of_their_readers(self) -> str | None:
        if parse_duration(self.retention) < 2 * parse_duration(BLOCKLIST_POLL):
            return (
                f"readers look for new blocks every {BLOCKLIST_POLL}: what is kept for less than two of those is gone "
                "before it is found; keep traces for at least 1h"
            )
        try:
            hours(self.retention)
        except ValueError as error:
            return str(error)
        return None

    @rule("max_block_duration")
    def _blocks_are_cut(self) -> str | None:
        if not 60 <= parse_duration(self.max_block_duration).total_seconds() <= 7200:
            return "cut blocks between every 1m (more load on the bucket) and every 2h (more to replay at a restart)"
        return None
