"""What `Tracing` accepts: settings that a stack may state, what only a program decides, and the rules between them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, model_validator

from .._bucket import BucketReaderSpec, Store
from .._cache import CacheReaderSpec
from .._cluster import ClusterDnsSpec
from .._model import Choices, Plain, placeholder
from .._objects import NodeSelector, OptionalObjectName, Tolerations
from .._pod_security import NamespaceSettings
from .._release_spec import ReleaseSettings
from .._security.spec import LEAVE_OUT, SecuritySpec, locked_out_metrics
from .._spec import REMOVE, Fix, Violation, rule
from .._workload import WorkloadSettings
from ..charts import TEMPO, TEMPO_DISTRIBUTED, Chart
from ..units import Duration, MemorySize, Name, Quantity, Replicas, VolumeSize, hours, parse_duration
from ..urls import OptionalRemoteWriteUrl, is_host_and_port
from .choices import Mode, Processor, Receiver
from .limits import TracingLimits
from .misplaced import misplaced_values
from .roles import COUNTED_ELSEWHERE, OF_A_TOPIC, OF_INGESTERS, Role
from .upgrades import PreparedChange

BLOCKLIST_POLL = "5m"
"""How often every reader of the bucket looks for new blocks."""

QUERY_PORT = 3200

CHARTS = {Mode.MONOLITHIC: TEMPO, Mode.DISTRIBUTED: TEMPO_DISTRIBUTED}
KAFKA_GENERATION = "3."
KAFKA_CHARTS = [version for version in TEMPO_DISTRIBUTED.versions if version.startswith(KAFKA_GENERATION)]
_TOPIC = r"[a-zA-Z0-9._-]{1,249}"
_USE_KAFKA = f"use mode distributed with chart_version {KAFKA_CHARTS[0]}"
_SHORTEST_BLOCK, _LONGEST_BLOCK = "1m", "2h"

RESERVED_GATEWAY_VALUES = {
    **{f"gateway.{key}": LEAVE_OUT for key in ("enabled", "nginxConfig", "extraVolumes", "extraVolumeMounts")},
    "gateway.basicAuth": "use the argument logins_secret",
    "gateway.service.port": "clients use 443 with tls_secret, and 80 without",
}
"""Chart values that would replace what clients of distributed Tempo are asked by, each with what to use instead."""

RESERVED_MONOLITHIC_VALUES = dict.fromkeys(
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


class TracingSettings(NamespaceSettings, ReleaseSettings):
    """Tempo: what a stack may state and a program may pass."""

    chart_version: Plain[Annotated[str, Choices((*TEMPO.versions, *TEMPO_DISTRIBUTED.versions))]] = Field(
        default="",
        description=(
            "Version of the chart: of `tempo` when monolithic, of `tempo-distributed` when distributed. Version "
            "`3.3.0` of the latter is Tempo 3, which requires `kafka_address`; a running Tempo 2 does not become one "
            "in place, nor the reverse. Default: the newest of the mode that needs no Kafka."
        ),
        examples=[TEMPO.default_version],
    )
    mode: Plain[Mode] = Field(
        default=Mode.MONOLITHIC,
        description=(
            "`monolithic`: one process with everything in it, up to some thousand spans a second. `distributed`: a "
            "workload for each part of Tempo, for more."
        ),
        examples=["distributed"],
    )
    replicas: Plain[Replicas] = Field(
        default=1,
        description=(
            "Number of ingesters, which receive spans and hold them until their block is in the bucket. Each span "
            "goes to as many of them, three at most. With 2, a write is confirmed once one of them has it; from 3 on, "
            "once two have. Monolithic Tempo has exactly 1; distributed Tempo 3 has `partitions` instead."
        ),
        examples=[3],
    )
    partitions: Plain[Replicas | None] = Field(
        default=None,
        description=(
            "Number of partitions of the topic of distributed Tempo 3, each with a live-store and a block-builder. "
            "A topic that exists already must have as many: raise it there first. It cannot shrink. Default: 3."
        ),
        examples=[3],
    )
    kafka_address: str = Field(
        default="",
        description=(
            "`host:port` of a Kafka-compatible broker, which names the others; required by distributed Tempo 3. "
            "Default: none."
        ),
        examples=["kafka.messaging:9092"],
    )
    kafka_topic: str = Field(
        default="tempo-traces",
        description=(
            "Topic that spans go through, for this Tempo alone; created where the broker creates topics on demand."
        ),
    )
    kafka_credentials_secret: OptionalObjectName = Field(
        default="",
        description=(
            "Secret in the same namespace with the keys `KAFKA_USERNAME` and `KAFKA_PASSWORD`, for SASL/PLAIN. "
            "Default: none, for a broker without a login."
        ),
        examples=["kafka-login"],
    )
    workloads: Plain[Mapping[Role, WorkloadSettings]] = Field(
        default_factory=dict,
        description=(
            "Settings of single workloads when distributed: `distributor`, `querier`, `query-frontend`, "
            "`metrics-generator`, and `gateway` where there is one; in Tempo 2 `ingester` and `compactor`; in Tempo 3 "
            "`live-store`, `block-builder`, `backend-scheduler` and `backend-worker`. Default: none of their own."
        ),
    )
    cpu: Quantity = Field(
        default="200m",
        description=(
            "CPU request of each pod that holds spans: of monolithic Tempo, an ingester, a live-store or a "
            "block-builder."
        ),
        examples=["500m"],
    )
    memory: MemorySize = Field(
        default="1Gi",
        description=(
            "Memory request and limit of each pod that holds spans: of monolithic Tempo, an ingester, a live-store or "
            "a block-builder."
        ),
        examples=["2Gi"],
    )
    volume_size: VolumeSize = Field(
        default="10Gi",
        description=(
            "Size of the volume of each ingester, or of monolithic Tempo: it holds what is not in the bucket yet, and "
            "with store `filesystem` everything. In Tempo 3, of each live-store and block-builder, whose volumes are "
            "deleted with their pods as the broker holds the spans."
        ),
        examples=["10Gi"],
    )
    generator_volume_size: VolumeSize = Field(
        default="5Gi",
        description="Size of the volume of the metrics generator when distributed.",
        examples=["5Gi"],
    )
    storage_class: OptionalObjectName = Field(
        default="",
        description="Storage class of the volumes. Default: the cluster's.",
        examples=["gp3"],
    )
    node_selector: NodeSelector = Field(
        default_factory=dict,
        description="Labels of the nodes for the pods that have a volume. Default: any node.",
        examples=[{"pool": "obs"}],
    )
    tolerations: Tolerations = Field(
        default=(),
        description="Tolerations of the pods that have a volume. Default: none.",
        examples=[[{"key": "dedicated", "operator": "Exists"}]],
    )
    limits: Plain[TracingLimits] = Field(
        default_factory=TracingLimits,
        description="What all clients together may write. Default: Tempo's own limits.",
        examples=[{"max_bytes_per_trace": 10000000}],
    )
    receivers: Plain[Sequence[Receiver]] = Field(
        default=(Receiver.OTLP,),
        description=(
            "Protocols that spans arrive by: `otlp`, always, and `jaeger` and `zipkin` where programs still send those."
        ),
        examples=[["otlp", "jaeger", "zipkin"]],
    )
    gateway: Plain[bool] = Field(
        default=False,
        description=(
            "Whether distributed Tempo has an nginx in front of its HTTP APIs, and queries go through it. With "
            "`tls_secret` or `logins_secret` it has one in any case, which receives spans too."
        ),
        examples=[True],
    )
    max_block_duration: Duration = Field(
        default="30m",
        description=(
            f"How long spans are collected into one block, `{_SHORTEST_BLOCK}` to `{_LONGEST_BLOCK}`. In Tempo 2 the "
            "block then goes to the bucket; the block-builders of Tempo 3 write there every 5m in any case."
        ),
        examples=["5m"],
    )
    processors: Plain[Sequence[Processor]] = Field(
        default=tuple(Processor),
        min_length=1,
        description=(
            "What the metrics generator does, one or more of `service-graphs`, `span-metrics`, and `local-blocks` for "
            "TraceQL metrics and Grafana's Traces Drilldown; Tempo 3 answers those without it and does not take it. "
            "Default: all that Tempo has."
        ),
        examples=[["service-graphs", "span-metrics"]],
    )
    span_metrics_dimensions: Sequence[str] = Field(
        default=(),
        description="Span and resource attributes that become labels of span metrics. Default: none.",
        examples=[["http.method", "http.status_code", "service.version"]],
    )
    service_graph_dimensions: Sequence[str] = Field(
        default=(),
        description=(
            "Attributes that become labels of service graphs, once as `client_…` and once as `server_…`. Default: none."
        ),
        examples=[["service.namespace"]],
    )
    external_labels: Mapping[str, str] = Field(
        default_factory=dict,
        description="Labels of every generated series; a stack adds `cluster`. Default: none.",
        examples=[{"region": "eu-west-1"}],
    )
    allow_changes: Plain[Sequence[PreparedChange]] = Field(
        default=(),
        description=(
            "What the applied state forbids and has been prepared by hand, for one update: `cache`, after the Service "
            "and the StatefulSet of the cache were deleted for another `chart_version`; `location`, after the blocks "
            "were copied, or for another name of the same store; `ingesters`, after those that leave were flushed. "
            "Default: none."
        ),
    )


class TracingSpec(TracingSettings, SecuritySpec, BucketReaderSpec, CacheReaderSpec, ClusterDnsSpec):
    """The checked arguments of `Tracing`."""

    release_name: Plain[Name] = Field(
        default="tempo", description="Name of the Helm release and first part of the name of every object."
    )
    tls_secret: Plain[OptionalObjectName] = Field(
        default="",
        description=(
            "Secret in the same namespace with `tls.crt`, `tls.key` and `ca.crt`: every port for clients then uses "
            "TLS. Distributed Tempo gets its gateway, which receives spans too. The certificate must be valid for the "
            "names that `tls_hosts` returns, and as a client's with `service_monitor` and `client_certificates` when "
            "monolithic; a renewed one is read without new pods, another `ca.crt` only by new ones. "
            "Default: none, and no TLS."
        ),
    )
    retention: Duration = Field(
        default="14d",
        description="How long traces are kept, in whole hours, such as `336h` or `14d`; at least 1h.",
        examples=["14d"],
    )
    remote_write_url: OptionalRemoteWriteUrl = Field(
        default="",
        description=(
            "URL of the Prometheus remote-write API that generated metrics go to. "
            "Default: none, and no metrics generator."
        ),
    )

    @model_validator(mode="before")
    @classmethod
    def _take_the_chart_of_the_mode(cls, data: Any) -> Any:
        mode = data.get("mode", Mode.MONOLITHIC)
        if not isinstance(mode, str) or mode not in CHARTS:
            return data
        version = data.get("chart_version") or CHARTS[Mode(mode)].default_version
        known: dict[str, Any] = {**data, "chart_version": version}
        if "processors" not in data and mode == Mode.DISTRIBUTED and str(version).startswith(KAFKA_GENERATION):
            known["processors"] = [processor for processor in Processor if processor is not Processor.LOCAL_BLOCKS]
        return known

    @property
    def chart(self) -> Chart:
        """The chart that installs this mode."""
        return CHARTS[self.mode]

    @property
    def through_kafka(self) -> bool:
        """Whether spans go through a broker, as they do in distributed Tempo 3."""
        return self.mode is Mode.DISTRIBUTED and self.chart_version.startswith(KAFKA_GENERATION)

    @property
    def through_gateway(self) -> bool:
        """Whether clients reach all of Tempo through its gateway, and nothing else."""
        return self.mode is Mode.DISTRIBUTED and self.secured

    @property
    def partition_count(self) -> int:
        """How many partitions the topic has, and with it how many live-stores and block-builders there are."""
        return self.partitions or 3

    @property
    def replication_factor(self) -> int:
        """How many ingesters receive a span: never more than there are, three at most."""
        return min(self.replicas, 3)

    @property
    def generates_metrics(self) -> bool:
        """Whether there is a metrics generator: only where its metrics have somewhere to go."""
        return self.remote_write_url != ""

    @property
    def reserved_values(self) -> Mapping[str, str]:
        """The parts of the chart values that ask clients for authentication."""
        if not self.secured:
            return {}
        return RESERVED_GATEWAY_VALUES if self.mode is Mode.DISTRIBUTED else RESERVED_MONOLITHIC_VALUES

    @property
    def service_account_name(self) -> str:
        """Name of the ServiceAccount of every Tempo pod."""
        return self.service_account or self.release_name

    @rule("chart_version", "mode")
    def _chart_version_is_supported(self) -> Violation | None:
        return super()._chart_version_is_supported()

    @rule("charts_dir", "chart_version", "mode")
    def _chart_is_in_the_directory(self) -> Violation | None:
        return super()._chart_is_in_the_directory()

    @rule("values", "mode", "tls_secret", "client_certificates", "logins_secret")
    def _values_leave_the_protection_whole(self) -> Iterator[Violation]:
        return super()._values_leave_the_protection_whole()

    @rule("values", "mode", "chart_version")
    def _values_fit_the_arguments(self) -> Iterator[Violation]:
        for path, message in misplaced_values(self.values, self.mode, self.through_kafka):
            yield Violation(message, at=("values", *path))

    @rule("replicas", "mode")
    def _monolithic_has_one_replica(self) -> str | None:
        if self.mode is Mode.MONOLITHIC and self.replicas > 1:
            return "monolithic Tempo must have exactly 1 replica; remove it or set 1, or use mode distributed"
        return None

    @rule("replicas", "mode", "chart_version")
    def _tempo_3_has_no_ingesters(self) -> str | None:
        if self.through_kafka and self.replicas != 1:
            return (
                "Tempo 3 has no ingesters: remove replicas and set partitions, the number of live-stores and of "
                "block-builders, one of each for every partition of the topic"
            )
        return None

    @rule("partitions", "mode", "chart_version")
    def _only_tempo_3_has_partitions(self) -> str | None:
        if self.partitions is not None and not self.through_kafka:
            return f"only Tempo 3 reads partitions of a topic: remove it, or {_USE_KAFKA}"
        return None

    @rule("kafka_address", "mode", "chart_version")
    def _tempo_3_has_a_broker(self) -> str | Violation | None:
        if not self.through_kafka:
            message = f"only Tempo 3 writes to a broker: remove it, or {_USE_KAFKA}"
            return message if self.kafka_address else None
        fix = {"kafka_address": placeholder("kafka_address")}
        if not self.kafka_address:
            return Violation(
                "is missing: Tempo 3 writes every span to a Kafka-compatible broker and does not start without one; "
                f"set its host:port, or use chart_version {TEMPO_DISTRIBUTED.default_version}, which needs none",
                fix,
            )
        if not is_host_and_port(self.kafka_address):
            message = "write the host and port of one broker, such as kafka.messaging:9092; it names the others"
            return Violation(message, fix)
        return None

    @rule("kafka_topic")
    def _kafka_topic_is_valid(self) -> str | None:
        if re.fullmatch(_TOPIC, self.kafka_topic) is None:
            return "Kafka takes names of 1 to 249 letters, digits, dots, underscores and hyphens"
        return None

    @rule("kafka_credentials_secret", "mode", "chart_version")
    def _only_tempo_3_logs_in_at_a_broker(self) -> str | None:
        if self.kafka_credentials_secret and not self.through_kafka:
            return f"only Tempo 3 logs in at a broker: remove it, or {_USE_KAFKA}"
        return None

    @rule("workloads", "mode", "chart_version")
    def _workloads_run(self) -> Iterator[Violation]:
        running = OF_A_TOPIC if self.through_kafka else OF_INGESTERS
        for role in self.workloads:
            if self.mode is Mode.MONOLITHIC:
                message = "monolithic Tempo is one process: use cpu, memory and volume_size of Tempo itself"
                yield Violation(message, at=("workloads", role.value))
            elif role not in running:
                message = f"{role} does not run in Tempo {3 if self.through_kafka else 2}: it has {', '.join(running)}"
                yield Violation(message, at=("workloads", role.value))

    @rule("workloads", "mode", "gateway", "tls_secret", "client_certificates", "logins_secret")
    def _gateway_runs(self) -> Violation | None:
        if self.mode is Mode.MONOLITHIC or self.gateway or self.through_gateway or Role.GATEWAY not in self.workloads:
            return None
        message = "there is no gateway: set gateway to true, or remove its settings"
        return Violation(message, {"gateway": True}, at=("workloads", Role.GATEWAY.value))

    @rule("workloads", "replicas", "partitions")
    def _replicas_are_not_decided_elsewhere(self) -> Iterator[Violation]:
        for role, own in self.workloads.items():
            if own.replicas is not None and role in COUNTED_ELSEWHERE:
                at = ("workloads", role.value, "replicas")
                fix = {".".join(at): REMOVE, **self._counted_at(role, own.replicas)}
                yield Violation(COUNTED_ELSEWHERE[role], fix, at=at)

    def _counted_at(self, role: Role, replicas: int) -> Fix:
        """Return the argument that decides how many pods of `role` there are, unless it is set already."""
        if role is Role.INGESTER and self.replicas == 1:
            return {"replicas": replicas}
        if role in (Role.LIVE_STORE, Role.BLOCK_BUILDER) and self.partitions is None:
            return {"partitions": replicas}
        return {}

    @rule("workloads")
    def _only_workloads_with_a_volume_size_one(self) -> Iterator[Violation]:
        for role, own in self.workloads.items():
            if not role.has_volume:
                for name in ("volume_size", "storage_class"):
                    if getattr(own, name):
                        yield Violation(
                            f"{role} keeps nothing on a volume: remove it", at=("workloads", role.value, name)
                        )

    @rule("limits")
    def _burst_covers_a_second_of_the_rate(self) -> Violation | None:
        rate, burst = self.limits.ingestion_rate_limit_bytes, self.limits.ingestion_burst_size_bytes
        if rate is None or burst is None or burst >= rate:
            return None
        place = ("limits", "ingestion_burst_size_bytes")
        message = f"is less than what arrives in a second at ingestion_rate_limit_bytes {rate}: raise it"
        return Violation(message, {".".join(place): rate}, at=place)

    @rule("receivers")
    def _receivers_include_otlp(self) -> Violation | None:
        if Receiver.OTLP not in self.receivers:
            receivers = [receiver.value for receiver in (Receiver.OTLP, *self.receivers)]
            return Violation("the collectors send OTLP: keep otlp among the receivers", {"receivers": receivers})
        return None

    @rule("processors", "mode", "chart_version")
    def _processors_exist(self) -> Violation | None:
        if self.through_kafka and Processor.LOCAL_BLOCKS in self.processors:
            others = [processor.value for processor in self.processors if processor is not Processor.LOCAL_BLOCKS]
            message = "Tempo 3 has no local-blocks, as its live-stores answer TraceQL metrics: remove it"
            return Violation(message, {"processors": others or REMOVE})
        return None

    @rule("gateway", "mode")
    def _only_distributed_has_a_gateway(self) -> str | None:
        if self.mode is Mode.MONOLITHIC and self.gateway:
            return "monolithic Tempo answers on one Service already: remove gateway, or use mode distributed"
        return None

    @rule("cache_endpoint", "mode")
    def _only_distributed_has_a_cache(self) -> str | None:
        if self.mode is Mode.MONOLITHIC and self.cache_endpoint:
            return "the chart of monolithic Tempo has no place for a cache: remove it, or use mode distributed"
        return None

    @rule("logins_secret", "mode")
    def _only_distributed_asks_for_logins(self) -> Violation | None:
        if self.mode is Mode.MONOLITHIC and self.logins_secret:
            message = (
                "monolithic Tempo has no gateway that could ask for a login: use mode distributed, or remove it and "
                "use client_certificates"
            )
            return Violation(message, {"mode": Mode.DISTRIBUTED.value})
        return None

    @rule("metrics_namespaces", "mode", "service_monitor", "client_certificates", "logins_secret")
    def _prometheus_is_not_locked_out(self) -> Violation | None:
        if self.mode is Mode.DISTRIBUTED and self.service_monitor and self.authenticates:
            return locked_out_metrics(self.metrics_namespaces)
        return None

    @rule("store", "mode")
    def _filesystem_is_used_by_one_process(self) -> Violation | None:
        if self.mode is Mode.DISTRIBUTED and self.store is Store.FILESYSTEM:
            message = "distributed Tempo shares its blocks between pods: use mode monolithic, or store s3"
            return Violation(message, {"mode": Mode.MONOLITHIC.value}, at=("mode",))
        return None

    @rule("retention")
    def _retention_is_whole_hours(self) -> Violation | None:
        problem = _retention_problem(self.retention)
        nearest = max(1, round(parse_duration(self.retention).total_seconds() / 3600))
        return Violation(problem, {"retention": f"{nearest}h"}) if problem else None

    @rule("max_block_duration")
    def _max_block_duration_is_in_range(self) -> Violation | None:
        shortest, longest = parse_duration(_SHORTEST_BLOCK), parse_duration(_LONGEST_BLOCK)
        duration = parse_duration(self.max_block_duration)
        if shortest <= duration <= longest:
            return None
        return Violation(
            f"must be {_SHORTEST_BLOCK} to {_LONGEST_BLOCK}: shorter blocks load the bucket, longer ones take long to "
            "replay at a restart",
            {"max_block_duration": _SHORTEST_BLOCK if duration < shortest else _LONGEST_BLOCK},
        )


def _retention_problem(text: str) -> str | None:
    """Return why Tempo cannot keep traces for this time, `None` where it can."""
    if parse_duration(text) < 2 * parse_duration(BLOCKLIST_POLL):
        return (
            f"readers look for new blocks every {BLOCKLIST_POLL}, and what is kept for less than two of those is "
            "deleted before it is found: use 1h or more"
        )
    try:
        hours(text)
    except ValueError as error:
        return str(error)
    return None
