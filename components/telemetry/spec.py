"""Settings and arguments of `Telemetry`, and their rules."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import pulumi
from pydantic import Field, model_validator

from .._cluster import MonitorSpec
from .._http_client import HttpTls, MetricsClientSpec, StoreClientsSpec, address_problems
from .._ip_families import IpFamiliesSpec
from .._kubernetes import NodeSelector, OptionalObjectName, Tolerations
from .._log_labels import DEFAULT_INDEX_LABELS, PIPELINE_LABELS, IndexLabel
from .._model import Choices, Plain, placeholder
from .._namespace_spec import PodSecurity
from .._plain_secrets import PROBLEM, holds_a_secret
from .._release_spec import ReleaseSettings, ReleaseSpec
from .._spec import REMOVE, Violation, rule
from .._tenants import OptionalTenant, Tenant
from .._tls import TlsSpec
from ..charts import ALLOY, OPENTELEMETRY_COLLECTOR, Chart
from ..units import MemorySize, Name, Quantity, Replicas, form, parse_quantity
from ..urls import (
    LOKI_OTLP_PATH,
    LOKI_PUSH_PATH,
    LokiPushUrl,
    OptionalOtlpUrl,
    OptionalRemoteWriteUrl,
    OtlpUrl,
)
from . import pipeline_rules
from .engines import ENGINES_OF_OTHERS, Engine
from .model import (
    GatewaySettings,
    LogSource,
    Pipeline,
    PipelineDestination,
    PipelineProcessor,
    PipelineSource,
    SingletonSettings,
)
from .names import LabelName, OptionalOtlpEndpoint

LEAST_MEMORY = "128Mi"
"""The least memory limit that the collectors start reliably with."""
HostPath = Annotated[str, form(r"(/[^/\s]+)*", "a path from the root, such as /var/lib/alloy.telemetry")]
ShareOrCount = Annotated[
    str, form(r"(?:[1-9]\d?|100)%|[1-9]\d*", "a share such as 10%, or a number of nodes such as 1")
]


_STORES = ("traces_otlp_endpoint", "metrics_otlp_url", "metrics_remote_write_url")
_PIPELINES = ("pipelines", "sources", "processors", "destinations", "events")


class GuardedChange(StrEnum):
    """A change that the update guard refuses unless it is in `allow_changes`."""

    POSITIONS = "positions"
    LOG_SOURCE = "log_source"
    ENGINE = "engine"


class LogLevel(StrEnum):
    """The level of the collectors' own logs."""

    ERROR = "error"
    WARN = "warn"
    INFO = "info"
    DEBUG = "debug"


class TelemetrySettings(ReleaseSettings):
    """Alloy: settings of a stack and arguments of a program."""

    pod_security: Plain[PodSecurity | None] = Field(
        default=None,
        description=(
            "Pod Security level enforced in a created namespace. Default: `privileged` with `log_source: files`, else "
            "`restricted`."
        ),
        examples=["privileged"],
    )
    engine: Plain[Annotated[Engine, ENGINES_OF_OTHERS]] = Field(
        default=Engine.ALLOY,
        description=(
            "The program that collects: `alloy`, Grafana's, or `otel-collector`, the OpenTelemetry Collector. Both run "
            "the same pipelines and end in the same labels."
        ),
        examples=["otel-collector"],
    )
    chart_version: Plain[Annotated[str, Choices((*ALLOY.versions, *OPENTELEMETRY_COLLECTOR.versions))]] = Field(
        default="",
        description=(
            "Version of the chart: of `alloy`, or of `opentelemetry-collector` with that engine. Default: the newest "
            "of the engine."
        ),
        examples=[ALLOY.default_version],
    )
    logs_tenant: OptionalTenant = Field(
        default="",
        description=(
            "Loki tenant of logs (`X-Scope-OrgID`) where `namespace_tenants` names no other. Default: none, for a "
            "Loki without tenants; in a stack the only one of `logging.tenants`."
        ),
        examples=["team-a"],
    )
    namespace_tenants: Mapping[Name, Tenant] = Field(
        default_factory=dict,
        description=(
            "Namespaces and the Loki tenants that the logs of their containers belong to; logs sent by OTLP belong to "
            "`logs_tenant`. Default: none."
        ),
        examples=[{"shop": "team-a"}],
    )
    extra_labels: Mapping[LabelName, str] = Field(
        default_factory=dict,
        description=(
            "Labels of all logs, traces and metrics, beside `cluster`. Each one is an index label of container logs in "
            "Loki, which has 15 at most (`logging.limits`): keep them and the number of values few. Default: none."
        ),
        examples=[{"environment": "production"}],
    )
    index_labels: Sequence[IndexLabel] = Field(
        default=DEFAULT_INDEX_LABELS,
        description=(
            "Labels of logs beside `cluster`, by which Loki finds streams: each combination of their values is one. "
            "`app` is the label `app.kubernetes.io/name`, `app` or `k8s-app` of the pod, `job` is namespace/container. "
            "`pod_ip` and `filename` begin a new stream with each address and each restart."
        ),
        examples=[["namespace", "pod", "container", "app", "job", "node_name"]],
    )
    structured_metadata: Sequence[LabelName] = Field(
        default=("trace_id", "span_id", "TraceId", "SpanId"),
        description=(
            "Fields of JSON log lines that become structured metadata, which the links from logs to traces read. "
            "Default: `trace_id`, `span_id`, and Traefik's `TraceId` and `SpanId`."
        ),
        examples=[["trace_id", "span_id"]],
    )
    kubernetes_attributes: bool = Field(
        default=True,
        description="Whether OTLP data gets the names of the pod, workload, namespace and node that it comes from.",
        examples=[False],
    )
    log_source: Plain[LogSource] = Field(
        default=LogSource.FILES,
        description=(
            "`files`: a pod on each node tails the node's `/var/log/pods`, which is cheapest and needs a privileged "
            "namespace. `api`: a Deployment streams logs through the API server, in a restricted namespace. One of "
            "`sources` may choose for its namespaces."
        ),
        examples=["api"],
    )
    events: Plain[bool] = Field(
        default=False,
        description="Whether events of Kubernetes are logs too, read by one collector for the whole cluster.",
        examples=[True],
    )
    sources: Plain[Mapping[Name, PipelineSource]] = Field(
        default_factory=dict,
        description="Sources of `pipelines` by name. Default: none; a kind that needs no options has its own name.",
        examples=[{"syslog": {"kind": "syslog", "format": "rfc3164"}}],
    )
    processors: Plain[Mapping[Name, PipelineProcessor]] = Field(
        default_factory=dict,
        description="Processors of `pipelines` by name. Default: none; a kind that needs no options has its own name.",
        examples=[{"health": {"kind": "drop", "pattern": "GET /health"}}],
    )
    destinations: Plain[Mapping[Name, PipelineDestination]] = Field(
        default_factory=dict,
        description="Stores and collectors beside those of the stack, by name. Default: none.",
        examples=[{"central": {"kind": "otlp", "url": "https://otlp.example.org:4318"}}],
    )
    pipelines: Plain[Mapping[Name, Pipeline]] = Field(
        default_factory=dict,
        description=(
            "Pipelines by name. Those of a stack are `containers`, `logs`, `traces` and `metrics`, and `events` where "
            "these are read; an entry with such a name changes what it sets. Default: no change."
        ),
        examples=[{"containers": {"processors": ["health"]}}],
    )
    gateway: Plain[GatewaySettings | None] = Field(
        default=None,
        description=(
            "Collectors through which all traces go, each to one replica by its id, as tail sampling requires. "
            "Default: none; the collectors send traces themselves."
        ),
        examples=[{"replicas": 2}],
    )
    singleton: Plain[SingletonSettings] = Field(
        default_factory=SingletonSettings,
        description=(
            "Size of the one collector of events, of the targets of `prometheus` sources, and of containers that "
            "`log_source` of their source has it read through the API server. Default: the defaults of its fields."
        ),
        examples=[{"memory_request": "1Gi", "memory_limit": "2Gi"}],
    )
    raw_config: str = Field(
        default="",
        description=(
            "Further configuration of the engine for what the pipelines lack: components in Alloy's syntax, or YAML "
            "that is merged into the Collector's. It runs on every node and holds no secret. Default: none."
        ),
        examples=['otelcol.receiver.kafka "orders" { ... }'],
    )
    log_level: LogLevel = Field(
        default=LogLevel.INFO, description="Level of the collectors' own logs.", examples=["debug"]
    )
    node_local_otlp: bool = Field(
        default=False,
        description=(
            "Whether OTLP data stays on the sender's node (`internalTrafficPolicy: Local`), which saves traffic "
            "between nodes. While a node's collector restarts, that node's senders wait, so it needs a collector on "
            "each node (`log_source: files`)."
        ),
        examples=[True],
    )
    host_ports: bool = Field(
        default=False,
        description=(
            "Whether senders reach the collector of their node at the address of the node (`status.hostIP`) too, at "
            "ports 4317 and 4318; it needs a collector on each node (`log_source: files`)."
        ),
        examples=[True],
    )
    queue_size: MemorySize | None = Field(
        default=None,
        description=(
            "Most data by OTLP that waits on disk for each destination while that does not answer; what arrives "
            "beyond it is refused, and senders retry. Default: `512Mi` with `otel-collector`; none with `alloy`, where "
            "data waits in memory: its queue on disk is a public preview, which a size turns on."
        ),
        examples=["2Gi"],
    )
    storage_host_path: HostPath | None = Field(
        default=None,
        description=(
            "Directory of the node that keeps how far each log file was read, so that a restart loses and repeats no "
            "lines, for this release alone; empty to keep that only while the pod lives. Not used with `log_source: "
            "api`. Default: `/var/lib/<release>.<namespace>`."
        ),
        examples=["/var/lib/alloy"],
    )
    allow_changes: Plain[Sequence[GuardedChange]] = Field(
        default=(),
        description=(
            "Changes that the applied state forbids and that are allowed in one update: `positions`, after the "
            "directory was moved on every node, or to read again the lines that the nodes still have; `log_source` and "
            "`engine`, to accept the lines that are repeated or lost. Default: none."
        ),
    )
    replicas: Replicas = Field(
        default=2,
        description="Number of collectors with `log_source: api`; with `files` each node has one.",
        examples=[3],
    )
    max_unavailable: ShareOrCount = Field(
        default="10%",
        description="Maximum number, or share, of unavailable nodes during an update with `log_source: files`.",
        examples=["25%"],
    )
    cpu_request: Quantity = Field(
        default="100m",
        description="CPU request of each collector; `make size` prints what a load needs.",
        examples=["200m"],
    )
    memory_request: MemorySize = Field(
        default="256Mi", description="Memory request of each collector.", examples=["512Mi"]
    )
    memory_limit: MemorySize = Field(
        default="512Mi",
        description="Memory limit of each collector, `128Mi` or more; OTLP data is refused from 80 % of it on.",
        examples=["1Gi"],
    )
    node_selector: NodeSelector = Field(
        default_factory=dict,
        description=(
            "Labels of the nodes that may run a collector; with `log_source: files`, collectors never run on nodes "
            "without log files: Windows, Fargate and virtual nodes. Default: every other node."
        ),
        examples=[{"kubernetes.io/os": "linux"}],
    )
    tolerations: Tolerations | None = Field(
        default=None,
        description=(
            "Tolerations of the collectors; empty for none. Default: all taints with `log_source: files`, so that no "
            "node's logs are missing, else none."
        ),
        examples=[[{"key": "dedicated", "operator": "Exists"}]],
    )

    @property
    def reads_files(self) -> bool:
        """Whether a pod on each node tails the node's log files."""
        return self.log_source is LogSource.FILES

    @property
    def namespace_security(self) -> PodSecurity:
        """The Pod Security level that is set, or the strictest one that the log source permits."""
        if self.pod_security is not None:
            return self.pod_security
        return PodSecurity.PRIVILEGED if self.reads_files else PodSecurity.RESTRICTED


class TelemetrySpec(
    TelemetrySettings, MetricsClientSpec, StoreClientsSpec, TlsSpec, ReleaseSpec, MonitorSpec, IpFamiliesSpec
):
    """The checked arguments of `Telemetry`."""

    release_name: Plain[Name] = Field(
        default="",
        description=(
            "Name of the Helm release, of the Service and of the workload; other roles add theirs. Default: that of "
            "the engine."
        ),
    )
    logs_push_url: LokiPushUrl = Field(
        description="Loki's push address for container logs, such as `http://loki-gateway.logging/loki/api/v1/push`."
    )
    logs_otlp_url: OtlpUrl = Field(
        description="Loki's OTLP address without a signal's path, such as `http://loki-gateway.logging/otlp`."
    )
    traces_otlp_endpoint: OptionalOtlpEndpoint = Field(
        default="",
        description=(
            "Where traces go: `host:port` for OTLP/gRPC in plain text, or an http or https URL for OTLP/HTTP. "
            "Default: none, and the receiver takes no traces."
        ),
    )
    metrics_otlp_url: OptionalOtlpUrl = Field(
        default="",
        description=(
            "Prometheus's OTLP address without a signal's path, such as "
            "`http://prometheus.monitoring:9090/api/v1/otlp`. Default: none; without `metrics_remote_write_url` too, "
            "the receiver takes no metrics."
        ),
    )
    metrics_remote_write_url: OptionalRemoteWriteUrl = Field(
        default="",
        description=(
            "URL of remote write, in place of `metrics_otlp_url`, for a store of metrics that does not take OTLP. "
            "Default: none."
        ),
    )
    further_metrics_otlp_urls: Sequence[OtlpUrl] = Field(
        default=(),
        description="OTLP addresses of the other replicas of a Prometheus: metrics go to every one. Default: none.",
    )
    tls_secret: OptionalObjectName = Field(
        default="",
        description=(
            "Secret in the same namespace with `ca.crt`, the authority by which https addresses and a gRPC endpoint "
            "for traces are trusted, and `tls.crt` and `tls.key` for `client_certificates` and `receiver_tls`. "
            "Default: none; https is trusted by public authorities and gRPC is in plain text."
        ),
    )
    client_certificates: bool = Field(
        default=False,
        description="Whether the collectors present the certificate of `tls_secret` to Loki and Tempo.",
    )
    login_secret: OptionalObjectName = Field(
        default="",
        description=(
            "Secret in the same namespace with `username` and `password`, with which the collectors log in to Loki "
            "and Tempo. Default: none, and no login."
        ),
    )
    receiver_tls: bool = Field(
        default=False,
        description=(
            "Whether senders of OTLP must use TLS; the receiver presents the certificate of `tls_secret` and, with "
            "`client_certificates`, requires one of the same authority from senders."
        ),
    )
    cluster_node_selector: NodeSelector | None = Field(
        default=None,
        description=(
            "Labels of the nodes for collectors that are not one on each node: the gateway, and the singleton. "
            "Default: `node_selector`."
        ),
    )
    cluster_tolerations: Tolerations | None = Field(
        default=None,
        description="Tolerations of the same collectors. Default: `tolerations`, else none.",
    )
    cluster: str = Field(
        default="local",
        min_length=1,
        description="Value of the label `cluster` of container logs and of `k8s.cluster.name` of OTLP data.",
    )

    @model_validator(mode="before")
    @classmethod
    def _defaults_of_the_engine(cls, data: Any) -> Any:
        engine = data.get("engine", Engine.ALLOY) if isinstance(data, Mapping) else None
        if not isinstance(engine, str) or engine not in list(Engine):
            return data
        defaults = {"chart_version": Engine(engine).chart.default_version, "release_name": engine}
        return {**data, **{name: data.get(name) or default for name, default in defaults.items()}}

    @property
    def chart(self) -> Chart:
        """The chart of the engine."""
        return self.engine.chart

    @property
    def has_metrics(self) -> bool:
        """Whether there is an address of metrics, which may be an output."""
        return any(map(_is_set, (self.metrics_otlp_url, self.metrics_remote_write_url)))

    @property
    def has_traces(self) -> bool:
        """Whether there is an address of traces, which may be an output."""
        return _is_set(self.traces_otlp_endpoint)

    @property
    def positions_directory(self) -> str:
        """The directory of the node that keeps how far each log file was read; empty for none."""
        if self.storage_host_path is None:
            return f"/var/lib/{self.release_name}.{self.namespace}"
        return self.storage_host_path

    @property
    def _least_memory_limit(self) -> str:
        """The smallest memory limit that covers the request and lets Alloy start."""
        return max(self.memory_request, LEAST_MEMORY, key=parse_quantity)

    @rule("pod_security", "log_source")
    def _log_files_need_a_privileged_namespace(self) -> str | None:
        if self.reads_files and self.namespace_security is not PodSecurity.PRIVILEGED:
            return (
                "must be privileged with log_source files, which mounts /var/log of the node; remove "
                "pod_security, or set log_source to api"
            )
        return None

    @rule("chart_version", "engine")
    def _chart_version_is_supported(self) -> Violation | None:
        return super()._chart_version_is_supported()

    @rule("charts_dir", "chart_version", "engine")
    def _chart_is_in_the_directory(self) -> Violation | None:
        return super()._chart_is_in_the_directory()

    @rule("log_source", "engine")
    def _collector_reads_files(self) -> Violation | None:
        if self.engine is Engine.OTEL_COLLECTOR and not self.reads_files:
            return Violation(pipeline_rules.NO_API_READER, {"engine": Engine.ALLOY.value})
        return None

    @rule("host_ports", "log_source")
    def _host_ports_are_on_each_node(self) -> str | None:
        if self.host_ports and not self.reads_files:
            return "requires a collector on each node, which log_source api does not run; remove it"
        return None

    @rule("sources", "processors", "destinations", "engine")
    def _options_fit_their_kind(self) -> Iterator[Violation]:
        return pipeline_rules.option_problems(self, self.engine)

    @rule(*_PIPELINES, known_later=_STORES)
    def _pipelines_name_what_exists(self) -> Iterator[Violation]:
        return pipeline_rules.name_problems(self)

    @rule(*_PIPELINES, "log_source", known_later=_STORES)
    def _pipelines_keep_what_flows(self) -> Iterator[Violation]:
        yield from pipeline_rules.declaration_problems(self)
        yield from pipeline_rules.order_problems(self)
        yield from pipeline_rules.repetition_problems(self)
        yield from pipeline_rules.port_problems(self)

    @rule("gateway", *_PIPELINES, known_later=_STORES)
    def _whole_traces_meet_in_one_collector(self) -> Iterator[Violation]:
        return pipeline_rules.trace_problems(self)

    @rule("log_source", *_PIPELINES, known_later=_STORES)
    def _nodes_are_read_by_a_collector_on_each(self) -> Iterator[Violation]:
        return pipeline_rules.node_problems(self)

    @rule("log_source", "engine", *_PIPELINES, known_later=_STORES)
    def _namespaces_are_read_from_one_place(self) -> Iterator[Violation]:
        yield from pipeline_rules.log_source_problems(self, self.engine)

    @rule("engine", *_PIPELINES, known_later=_STORES)
    def _engine_has_every_part(self) -> Iterator[Violation]:
        return pipeline_rules.engine_problems(self, self.engine)

    @rule("queue_size", "gateway", "storage_host_path", "log_source")
    def _queue_has_a_volume(self) -> Iterator[Violation]:
        return pipeline_rules.queue_problems(
            self, self.queue_size, has_directory=self.storage_host_path != "" or not self.reads_files
        )

    @rule("raw_config")
    def _raw_config_holds_no_secret(self) -> Violation | None:
        return Violation(PROBLEM, secret=True) if holds_a_secret(self.raw_config) else None

    @rule("raw_config", "engine")
    def _raw_config_is_of_the_engine(self) -> str | None:
        return pipeline_rules.raw_config_problem(self.raw_config, self.engine.value) if self.raw_config else None

    @rule("gateway", "singleton")
    def _gateway_and_singleton_have_memory(self) -> Iterator[Violation]:
        for name, sized in (("gateway", self.gateway), ("singleton", self.singleton)):
            if sized is None:
                continue
            least = max(sized.memory_request, LEAST_MEMORY, key=parse_quantity)
            if parse_quantity(sized.memory_limit) < parse_quantity(least):
                message = f"must be at least {least}, to start reliably and to cover memory_request; raise it"
                yield Violation(message, {f"{name}.memory_limit": least}, (name, "memory_limit"))

    @rule("singleton", "log_source", *_PIPELINES, known_later=_STORES)
    def _singleton_has_something_to_read(self) -> Violation | None:
        if self.singleton == SingletonSettings() or pipeline_rules.may_have_singleton(self):
            return None
        message = (
            "is not used without events, a pipeline that reads a prometheus source, or one that reads containers with "
            "log_source api where the stack reads files; remove it"
        )
        return Violation(message, {"singleton": REMOVE})

    @rule("node_local_otlp", "log_source")
    def _node_local_otlp_has_a_collector_on_each_node(self) -> str | None:
        if self.node_local_otlp and not self.reads_files:
            return (
                "requires a collector on each node, which log_source api does not run; "
                "remove it, or set log_source to files"
            )
        return None

    @rule("namespace_tenants", "logs_tenant", "logs_client")
    def _logs_of_other_namespaces_have_a_tenant(self) -> Violation | None:
        if not self.namespace_tenants or self.logs_tenant or (self.logs_client and self.logs_client.tenant):
            return None
        name = "logs_client.tenant" if self.logs_client else "logs_tenant"
        return Violation(
            f"requires {name}, for all other namespaces and for OTLP; set {name}", {name: placeholder("logs_tenant")}
        )

    @rule("logs_client", "logs_tenant")
    def _logs_have_one_tenant(self) -> Violation | None:
        if self.logs_client is None or self.logs_tenant in ("", self.logs_client.tenant):
            return None
        message = f"must be logs_tenant {self.logs_tenant}, the tenant of logs; remove one of them"
        return Violation(message, {"logs_tenant": REMOVE}, ("logs_client", "tenant"))

    @rule("logs_client", "logs_push_url", "logs_otlp_url")
    def _logs_client_fits_its_addresses(self) -> Iterator[Violation]:
        if self.logs_client is None:
            return
        base = self.logs_push_url.removesuffix(LOKI_PUSH_PATH)
        for name, path in (("logs_push_url", LOKI_PUSH_PATH), ("logs_otlp_url", LOKI_OTLP_PATH)):
            if getattr(self, name) != base + path:
                message = f"must be the base URL of Loki and {path} with logs_client, as both addresses are of one Loki"
                yield Violation(f"{message}; correct it", {name: placeholder(name)}, (name,))
        yield from address_problems(self.logs_client, "logs_client", logs_push_url=self.logs_push_url)

    @rule("traces_client", "traces_otlp_endpoint")
    def _traces_client_fits_its_address(self) -> Iterator[Violation]:
        client, endpoint = self.traces_client, self.traces_otlp_endpoint
        if client is None:
            return
        if not endpoint:
            yield Violation("is not used without traces_otlp_endpoint; set that, or remove it")
        elif "://" in endpoint:
            yield from address_problems(client, "traces_client", traces_otlp_endpoint=endpoint)
        elif (client.login or client.headers) and client.tls == HttpTls():
            at = ("traces_client", client.login or "headers")
            yield Violation(
                f"requires TLS where traces are sent over gRPC, to {endpoint}; set tls, or send traces to an http URL",
                {("traces_client", "tls", "ca"): {"secret": placeholder("secret"), "key": "ca.crt"}},
                at,
            )

    @rule("receiver_tls", "tls_secret")
    def _receiver_certificate_has_a_secret(self) -> Violation | None:
        return self._tls_secret_missing("the certificate of the receiver") if self.receiver_tls else None

    def _tls_secret_missing(self, certificate: str) -> Violation | None:
        if self.tls_secret:
            return None
        message = f"requires tls_secret, the Secret of {certificate}; set it, or set this to false"
        return Violation(message, {"tls_secret": placeholder("tls_secret")})

    @rule("metrics_remote_write_url", "metrics_otlp_url")
    def _metrics_have_one_address(self) -> str | None:
        if self.metrics_remote_write_url and self.metrics_otlp_url:
            return "must not be set with metrics_otlp_url, as metrics would be written twice; remove one of them"
        return None

    @rule("metrics_client", "metrics_otlp_url", "metrics_remote_write_url")
    def _metrics_client_has_an_address(self) -> str | None:
        if self.metrics_client and not (self.metrics_otlp_url or self.metrics_remote_write_url):
            return "is not used without an address of metrics; set metrics_remote_write_url, or remove it"
        return None

    @rule("metrics_client", "metrics_otlp_url", "metrics_remote_write_url")
    def _metrics_client_fits_its_addresses(self) -> Iterator[Violation]:
        return self._address_problems(
            metrics_otlp_url=self.metrics_otlp_url, metrics_remote_write_url=self.metrics_remote_write_url
        )

    @rule("metrics_otlp_url", "metrics_client")
    def _otlp_sends_secret_headers_or_a_login(self) -> Violation | None:
        client = self.metrics_client
        if self.metrics_otlp_url and client and client.headers and client.login:
            # An exporter has one authentication extension, and only one of them takes secret headers.
            return Violation(
                f"must not be set with both headers and {client.login}, of which an exporter sends one; remove it and "
                "use remote write, or remove one of them",
                {"metrics_otlp_url": REMOVE},
            )
        return None

    @rule("login_secret", "tls_secret", "traces_otlp_endpoint", "traces_client")
    def _login_over_grpc_uses_tls(self) -> Violation | None:
        endpoint = "" if self.traces_client else self.traces_otlp_endpoint
        grpc = endpoint and "://" not in endpoint
        if self.login_secret and grpc and not self.tls_secret:
            return Violation(
                f"requires TLS where traces are sent over gRPC, to {self.traces_otlp_endpoint}; set tls_secret "
                "to the Secret with ca.crt, or send traces to an http URL",
                {"tls_secret": placeholder("tls_secret")},
            )
        return None

    @rule("extra_labels")
    def _extra_labels_are_not_those_of_the_pipeline(self) -> Iterator[Violation]:
        for name in sorted(PIPELINE_LABELS & set(self.extra_labels)):
            message = f"must not be {name}, a label of the pipeline; choose another name, or remove it"
            yield Violation(message, at=("extra_labels", name))

    @rule("memory_request", "memory_limit")
    def _memory_limit_covers_the_request(self) -> Violation | None:
        if parse_quantity(self.memory_request) > parse_quantity(self.memory_limit):
            return Violation(
                f"memory_request {self.memory_request} must be at most memory_limit {self.memory_limit}; "
                "lower it or raise the limit",
                {"memory_limit": self._least_memory_limit},
            )
        return None

    @rule("memory_limit", "memory_request")
    def _memory_limit_is_enough_to_start(self) -> Violation | None:
        if parse_quantity(self.memory_limit) < parse_quantity(LEAST_MEMORY):
            message = f"must be at least {LEAST_MEMORY} for Alloy to start reliably; raise it"
            return Violation(message, {"memory_limit": self._least_memory_limit})
        return None


def _is_set(address: Any) -> bool:
    return isinstance(address, pulumi.Output) or bool(address)
