"""Settings and arguments of `Tracing`, and their rules."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, model_validator

from .._bucket import BucketReaderSpec, Store
from .._cache import CacheReaderSpec
from .._cluster import ClusterDnsSpec
from .._http_client import MetricsClientSpec
from .._kubernetes import NodeSelector, OptionalObjectName, Tolerations
from .._model import Choices, Plain, StrictModel, placeholder
from .._namespace_spec import NamespaceSettings
from .._release_spec import ReleaseSettings
from .._spec import REMOVE, Fix, Violation, rule
from .._tls import LEAVE_OUT, SecuritySpec, metrics_namespaces_problem
from .._workload import WorkloadSettings
from ..charts import TEMPO, TEMPO_DISTRIBUTED, Chart, major_version
from ..units import Duration, MemorySize, Name, Quantity, Replicas, VolumeSize, Word, hours, parse_duration
from ..urls import OptionalRemoteWriteUrl, RemoteWriteUrl, is_host_and_port
from .modes import (
    FIXED_REPLICAS,
    MODES_OF_OTHERS,
    TEMPO_2_ROLES,
    TEMPO_3_ROLES,
    TEMPO_3_VERSIONS,
    TempoMode,
    TempoRole,
    installs_tempo_3,
)
from .values_check import required_values, values_problems

BLOCKLIST_POLL = "5m"
"""Interval at which every reader of the bucket lists its blocks."""

_TOPIC = r"[a-zA-Z0-9._-]{1,249}"
_MIN_BLOCK_DURATION, _MAX_BLOCK_DURATION = "1m", "2h"

USE_TEMPO_3 = f"use mode distributed with chart_version {TEMPO_3_VERSIONS[0]}"
"""Fix for an argument that only Tempo 3 has."""

RESERVED_GATEWAY_VALUES = {
    **{f"gateway.{key}": LEAVE_OUT for key in ("enabled", "nginxConfig", "extraVolumes", "extraVolumeMounts")},
    "gateway.basicAuth": "use the argument logins_secret",
    "gateway.service.port": "clients use 443 with tls_secret, and 80 without",
}
"""Chart values that would replace TLS or logins of distributed Tempo, each with what to use instead."""

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


class Receiver(StrEnum):
    """A protocol that spans are received by."""

    OTLP = "otlp"
    JAEGER = "jaeger"
    ZIPKIN = "zipkin"


class Processor(StrEnum):
    """A processor of the metrics generator (https://grafana.com/docs/tempo/latest/metrics-from-traces/)."""

    SERVICE_GRAPHS = "service-graphs"
    SPAN_METRICS = "span-metrics"
    LOCAL_BLOCKS = "local-blocks"


class GuardedChange(StrEnum):
    """A change that the update guard refuses unless `allow_changes` names it."""

    CACHE = "cache"
    LOCATION = "location"
    INGESTERS = "ingesters"


class TracingLimits(StrictModel):
    """Limits of a tenant, by Tempo's names; as there is one tenant only, of all clients together."""

    ingestion_rate_limit_bytes: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000_000_000,
        description="Bytes of spans a second that each distributor accepts. Default: Tempo's 15000000.",
        examples=[30000000],
    )
    ingestion_burst_size_bytes: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000_000_000,
        description=(
            "Bytes of spans at once that each distributor accepts, at least a second of the rate and the largest "
            "request. Default: Tempo's 20000000."
        ),
        examples=[40000000],
    )
    max_traces_per_user: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000_000,
        description=("Traces that receive spans at a time, in each ingester or live-store. Default: Tempo's 10000."),
        examples=[50000],
    )
    max_bytes_per_trace: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000_000_000,
        description="Size of one trace in bytes; further spans of it are refused. Default: Tempo's 5000000.",
        examples=[10000000],
    )

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        return iter(self.model_dump(exclude_none=True).items())


class TracingSettings(NamespaceSettings, ReleaseSettings):
    """Tempo: settings of a stack and arguments of a program."""

    chart_version: Plain[Annotated[str, Choices((*TEMPO.versions, *TEMPO_DISTRIBUTED.versions))]] = Field(
        default="",
        description=(
            "Version of the chart: of `tempo` when monolithic, of `tempo-distributed` when distributed. Version "
            "`3.3.0` of the latter is Tempo 3, which requires `kafka_address`; a running Tempo 2 does not become one "
            "in place, nor the reverse. Default: the newest of the mode that needs no Kafka."
        ),
        examples=[TEMPO.default_version],
    )
    mode: Plain[Annotated[TempoMode, MODES_OF_OTHERS]] = Field(
        default=TempoMode.MONOLITHIC,
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
        default="",
        description=(
            "Topic that spans go through, for this Tempo alone; created where the broker creates topics on demand. "
            "Default: `<release>.<namespace>`."
        ),
        examples=["tempo.tracing"],
    )
    kafka_credentials_secret: OptionalObjectName = Field(
        default="",
        description=(
            "Secret in the same namespace with the keys `KAFKA_USERNAME` and `KAFKA_PASSWORD`, for SASL/PLAIN. "
            "Default: none, for a broker without a login."
        ),
        examples=["kafka-login"],
    )
    workloads: Plain[Mapping[TempoRole, WorkloadSettings]] = Field(
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
        description="Labels of the nodes for all pods of Tempo. Default: any node.",
        examples=[{"pool": "obs"}],
    )
    tolerations: Tolerations = Field(
        default=(),
        description="Tolerations of all pods of Tempo. Default: none.",
        examples=[[{"key": "dedicated", "operator": "Exists"}]],
    )
    limits: Plain[TracingLimits] = Field(
        default_factory=TracingLimits,
        description="Limits of all clients together. Default: Tempo's own limits.",
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
            f"How long spans are collected into one block, `{_MIN_BLOCK_DURATION}` to `{_MAX_BLOCK_DURATION}`. In "
            "Tempo 2 the block then goes to the bucket; the block-builders of Tempo 3 write there every 5m in any case."
        ),
        examples=["5m"],
    )
    processors: Plain[Sequence[Processor]] = Field(
        default=tuple(Processor),
        min_length=1,
        description=(
            "Processors of the metrics generator, one or more of `service-graphs`, `span-metrics`, and `local-blocks` "
            "for TraceQL metrics and Grafana's Traces Drilldown; Tempo 3 answers those without it and refuses it. "
            "Default: all that Tempo has."
        ),
        examples=[["service-graphs", "span-metrics"]],
    )
    span_metrics_dimensions: Sequence[Word] = Field(
        default=(),
        description="Span and resource attributes that become labels of span metrics. Default: none.",
        examples=[["http.method", "http.status_code", "service.version"]],
    )
    service_graph_dimensions: Sequence[Word] = Field(
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
    allow_changes: Plain[Sequence[GuardedChange]] = Field(
        default=(),
        description=(
            "Changes that the applied state forbids and that are allowed in one update: `cache`, after the Service "
            "and the StatefulSet of the cache were deleted for another `chart_version`; `location`, after the blocks "
            "were copied, or for another name of the same store; `ingesters`, after the removed ones were flushed. "
            "Default: none."
        ),
    )


class TracingSpec(TracingSettings, MetricsClientSpec, SecuritySpec, BucketReaderSpec, CacheReaderSpec, ClusterDnsSpec):
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

    further_remote_write_urls: Sequence[RemoteWriteUrl] = Field(
        default=(),
        description="Remote write of the other replicas of a Prometheus: metrics go to every one. Default: none.",
    )

    @model_validator(mode="before")
    @classmethod
    def _set_defaults_of_mode(cls, data: Any) -> Any:
        mode = data.get("mode", TempoMode.MONOLITHIC)
        if not isinstance(mode, str) or mode not in list(TempoMode):
            return data
        version = data.get("chart_version") or TempoMode(mode).chart.default_version
        completed: dict[str, Any] = {**data, "chart_version": version}
        if "processors" not in data and mode == TempoMode.DISTRIBUTED and installs_tempo_3(str(version)):
            completed["processors"] = [processor for processor in Processor if processor is not Processor.LOCAL_BLOCKS]
        return completed

    @property
    def chart(self) -> Chart:
        """The chart that installs this mode."""
        return self.mode.chart

    @property
    def uses_kafka(self) -> bool:
        """Whether distributors write spans to Kafka, as those of Tempo 3 do."""
        return self.mode is TempoMode.DISTRIBUTED and installs_tempo_3(self.chart_version)

    @property
    def has_memcached(self) -> bool:
        """Whether distributed Tempo has a memcached of its own."""
        return self.mode is TempoMode.DISTRIBUTED and not self.cache_endpoint

    @property
    def has_cache_exporter(self) -> bool:
        """Whether memcached has an exporter, which the chart makes listen at 0.0.0.0 alone."""
        return self.service_monitor and not self.advertises_ipv6

    @property
    def roles(self) -> tuple[TempoRole, ...]:
        """The workloads that distributed Tempo can have in this version."""
        return TEMPO_3_ROLES if self.uses_kafka else TEMPO_2_ROLES

    @property
    def gateway_only(self) -> bool:
        """Whether clients reach Tempo through its gateway alone."""
        return self.mode is TempoMode.DISTRIBUTED and self.secured

    @property
    def topic(self) -> str:
        """The topic that spans go through."""
        return self.kafka_topic or f"{self.release_name}.{self.namespace}"

    @property
    def partition_count(self) -> int:
        """Number of partitions of the topic, of live-stores and of block-builders."""
        return self.partitions or 3

    @property
    def replication_factor(self) -> int:
        """Number of ingesters that receive a span: all of them, three at most."""
        return min(self.replicas, 3)

    @property
    def generates_metrics(self) -> bool:
        """Whether there is a metrics generator, which needs somewhere to write."""
        return self.remote_write_url != ""

    @property
    def required_values(self) -> Sequence[str]:
        """Chart values that no null may remove."""
        return required_values(self.mode, self.uses_kafka)

    @property
    def reserved_values(self) -> Mapping[str, str]:
        """The chart values that configure TLS, client certificates and logins."""
        if not self.secured:
            return {}
        return RESERVED_GATEWAY_VALUES if self.mode is TempoMode.DISTRIBUTED else RESERVED_MONOLITHIC_VALUES

    @property
    def service_account_name(self) -> str:
        """Name of the ServiceAccount of every Tempo pod."""
        return self.service_account or self.release_name

    @rule("metrics_client", "remote_write_url")
    def _metrics_client_has_an_address(self) -> str | None:
        if self.metrics_client and not self.generates_metrics:
            return "is not used without remote_write_url; set remote_write_url, or remove it"
        return None

    @rule("metrics_client", "remote_write_url")
    def _metrics_client_fits_its_address(self) -> Iterator[Violation]:
        return self._address_problems(remote_write_url=self.remote_write_url)

    @rule("metrics_client", "credentials_secret")
    def _sigv4_signs_with_the_identity_of_the_pods(self) -> Violation | None:
        if self.metrics_client and self.metrics_client.sigv4 and self.credentials_secret:
            # https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
            message = (
                "must not be set with credentials_secret, whose keys would sign the requests; keep traces on AWS by "
                "the identity of the pods, or use another login"
            )
            return Violation(message, at=("metrics_client", "sigv4"))
        return None

    @rule("chart_version", "mode")
    def _chart_version_is_supported(self) -> Violation | None:
        return super()._chart_version_is_supported()

    @rule("charts_dir", "chart_version", "mode")
    def _chart_is_in_the_directory(self) -> Violation | None:
        return super()._chart_is_in_the_directory()

    @rule("values", "mode", "tls_secret", "client_certificates", "logins_secret")
    def _values_set_no_reserved_value(self) -> Iterator[Violation]:
        return super()._values_set_no_reserved_value()

    @rule("gateway", "chart_version", "mode", "ip_families", "tls_secret", "client_certificates", "logins_secret")
    def _gateway_listens_on_ipv6(self) -> Violation | None:
        # Version 1 of the chart has no switch for it; with TLS or logins, the configuration is the component's own.
        if not (self.gateway and self.listens_on_ipv6) or self.gateway_only or major_version(self.chart_version) > 1:
            return None
        version = TEMPO_DISTRIBUTED.default_version
        return Violation(
            f"the gateway of chart {self.chart_version} listens at IPv4 alone, and ip_families has IPv6; remove it, "
            f"or use chart_version {version}",
            {"chart_version": version},
        )

    @rule("values", "mode", "chart_version")
    def _values_remove_no_required_value(self) -> Iterator[Violation]:
        return super()._values_remove_no_required_value()

    @rule("values", "mode", "chart_version")
    def _values_are_read_and_agree_with_arguments(self) -> Iterator[Violation]:
        for path, message in values_problems(self.values, self.mode, self.uses_kafka):
            yield Violation(message, at=("values", *path))

    @rule("replicas", "mode")
    def _monolithic_has_one_replica(self) -> str | None:
        if self.mode is TempoMode.MONOLITHIC and self.replicas > 1:
            return "monolithic Tempo must have exactly 1 replica; remove it or set 1, or use mode distributed"
        return None

    @rule("replicas", "mode", "chart_version")
    def _tempo_3_has_no_ingesters(self) -> str | None:
        if self.uses_kafka and self.replicas != 1:
            return (
                "Tempo 3 has no ingesters; remove it and set partitions, as each partition has one live-store and one "
                "block-builder"
            )
        return None

    @rule("partitions", "mode", "chart_version")
    def _only_tempo_3_has_partitions(self) -> str | None:
        if self.partitions is not None and not self.uses_kafka:
            return f"only Tempo 3 reads partitions of a topic; remove it, or {USE_TEMPO_3}"
        return None

    @rule("kafka_address", "mode", "chart_version")
    def _tempo_3_has_a_kafka_address(self) -> str | Violation | None:
        if not self.uses_kafka:
            message = f"only Tempo 3 writes to Kafka; remove it, or {USE_TEMPO_3}"
            return message if self.kafka_address else None
        fix = {"kafka_address": placeholder("kafka_address")}
        if not self.kafka_address:
            return Violation(
                "is missing: Tempo 3 requires a Kafka-compatible broker; set its host:port, or use chart_version "
                f"{TEMPO_DISTRIBUTED.default_version}, which requires none",
                fix,
            )
        if not is_host_and_port(self.kafka_address):
            message = "must be host:port of one broker, which returns the others; set it, such as kafka.messaging:9092"
            return Violation(message, fix)
        return None

    @rule("kafka_topic")
    def _kafka_topic_is_valid(self) -> str | None:
        if self.kafka_topic and re.fullmatch(_TOPIC, self.kafka_topic) is None:
            return "must be 1 to 249 letters, digits, dots, underscores or hyphens; correct it"
        return None

    @rule("kafka_credentials_secret", "mode", "chart_version")
    def _only_tempo_3_has_kafka_credentials(self) -> str | None:
        if self.kafka_credentials_secret and not self.uses_kafka:
            return f"only Tempo 3 logs in to Kafka; remove it, or {USE_TEMPO_3}"
        return None

    @rule("workloads", "mode", "chart_version")
    def _workloads_exist(self) -> Iterator[Violation]:
        for role in self.workloads:
            if self.mode is TempoMode.MONOLITHIC:
                message = "monolithic Tempo has one workload; remove it and set cpu, memory and volume_size"
                yield Violation(message, at=("workloads", role.value))
            elif role not in self.roles:
                version = 3 if self.uses_kafka else 2
                message = f"{role} does not exist in Tempo {version}; remove it, or use one of {', '.join(self.roles)}"
                yield Violation(message, at=("workloads", role.value))

    @rule("workloads", "mode", "gateway", "tls_secret", "client_certificates", "logins_secret")
    def _gateway_workload_has_a_gateway(self) -> Violation | None:
        enabled = self.gateway or self.gateway_only
        if self.mode is TempoMode.MONOLITHIC or enabled or TempoRole.GATEWAY not in self.workloads:
            return None
        message = "the gateway is not enabled; remove it, or set gateway to true"
        return Violation(message, {"gateway": True}, at=("workloads", TempoRole.GATEWAY.value))

    @rule("workloads", "replicas", "partitions")
    def _fixed_replicas_are_not_set(self) -> Iterator[Violation]:
        for role, own in self.workloads.items():
            if own.replicas is not None and role in FIXED_REPLICAS:
                at = ("workloads", role.value, "replicas")
                fix = {".".join(at): REMOVE, **self._replicas_argument(role, own.replicas)}
                yield Violation(FIXED_REPLICAS[role], fix, at=at)

    def _replicas_argument(self, role: TempoRole, replicas: int) -> Fix:
        """Return the argument that sets the number of pods of `role`, unless it is set already."""
        if role is TempoRole.INGESTER and self.replicas == 1:
            return {"replicas": replicas}
        if role in (TempoRole.LIVE_STORE, TempoRole.BLOCK_BUILDER) and self.partitions is None:
            return {"partitions": replicas}
        return {}

    @rule("workloads")
    def _volume_settings_have_a_volume(self) -> Iterator[Violation]:
        for role, own in self.workloads.items():
            if not role.has_volume:
                for name in ("volume_size", "storage_class"):
                    if getattr(own, name):
                        yield Violation(f"{role} has no volume; remove it", at=("workloads", role.value, name))

    @rule("limits")
    def _burst_is_at_least_the_rate(self) -> Violation | None:
        rate, burst = self.limits.ingestion_rate_limit_bytes, self.limits.ingestion_burst_size_bytes
        if rate is None or burst is None or burst >= rate:
            return None
        place = ("limits", "ingestion_burst_size_bytes")
        message = f"must be at least ingestion_rate_limit_bytes, {rate}; set {rate} or more"
        return Violation(message, {".".join(place): rate}, at=place)

    @rule("receivers")
    def _receivers_include_otlp(self) -> Violation | None:
        if Receiver.OTLP not in self.receivers:
            receivers = [receiver.value for receiver in (Receiver.OTLP, *self.receivers)]
            return Violation("must include otlp, which the collectors send; add it", {"receivers": receivers})
        return None

    @rule("processors", "mode", "chart_version")
    def _tempo_3_has_no_local_blocks(self) -> Violation | None:
        if self.uses_kafka and Processor.LOCAL_BLOCKS in self.processors:
            others = [processor.value for processor in self.processors if processor is not Processor.LOCAL_BLOCKS]
            message = "Tempo 3 has no local-blocks, as its live-stores answer TraceQL metrics; remove it"
            return Violation(message, {"processors": others or REMOVE})
        return None

    @rule("gateway", "mode")
    def _only_distributed_has_a_gateway(self) -> str | None:
        if self.mode is TempoMode.MONOLITHIC and self.gateway:
            return "monolithic Tempo has no gateway, as it has one Service; remove it, or use mode distributed"
        return None

    @rule("cache_endpoint", "mode")
    def _only_distributed_has_a_cache(self) -> str | None:
        if self.mode is TempoMode.MONOLITHIC and self.cache_endpoint:
            return "the chart of monolithic Tempo does not support a cache; remove it, or use mode distributed"
        return None

    @rule("logins_secret", "mode")
    def _only_distributed_has_logins(self) -> Violation | None:
        if self.mode is TempoMode.MONOLITHIC and self.logins_secret:
            message = (
                "monolithic Tempo has no gateway to check logins; use mode distributed, or remove it and use "
                "client_certificates"
            )
            return Violation(message, {"mode": TempoMode.DISTRIBUTED.value})
        return None

    @rule("metrics_namespaces", "mode", "service_monitor", "client_certificates", "logins_secret")
    def _prometheus_can_scrape(self) -> Violation | None:
        if self.mode is TempoMode.DISTRIBUTED and self.service_monitor and self.authenticates:
            return metrics_namespaces_problem(self.metrics_namespaces)
        return None

    @rule("store", "mode")
    def _only_monolithic_uses_the_filesystem(self) -> Violation | None:
        if self.mode is TempoMode.DISTRIBUTED and self.store is Store.FILESYSTEM:
            message = "distributed Tempo shares its blocks between pods; use mode monolithic, or store s3"
            return Violation(message, {"mode": TempoMode.MONOLITHIC.value}, at=("mode",))
        return None

    @rule("retention")
    def _retention_is_whole_hours(self) -> Violation | None:
        problem = _retention_problem(self.retention)
        nearest = max(1, round(parse_duration(self.retention).total_seconds() / 3600))
        return Violation(problem, {"retention": f"{nearest}h"}) if problem else None

    @rule("max_block_duration")
    def _max_block_duration_is_in_range(self) -> Violation | None:
        shortest, longest = parse_duration(_MIN_BLOCK_DURATION), parse_duration(_MAX_BLOCK_DURATION)
        duration = parse_duration(self.max_block_duration)
        if shortest <= duration <= longest:
            return None
        return Violation(
            f"must be {_MIN_BLOCK_DURATION} to {_MAX_BLOCK_DURATION}, as shorter blocks load the bucket and longer "
            "ones take long to replay at a restart; use a value in that range",
            {"max_block_duration": _MIN_BLOCK_DURATION if duration < shortest else _MAX_BLOCK_DURATION},
        )


def _retention_problem(text: str) -> str | None:
    """Return why Tempo cannot keep traces for this time, `None` where it can."""
    if parse_duration(text) < 2 * parse_duration(BLOCKLIST_POLL):
        return (
            f"must be at least 1h, as blocks that live less than two polls of {BLOCKLIST_POLL} are deleted before "
            "queries find them; use 1h or more"
        )
    try:
        hours(text)
    except ValueError as error:
        return str(error)
    return None
