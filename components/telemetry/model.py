"""The model of collection: sources, processors and destinations by name, and the pipelines that connect them.

Both engines render it. What one of them cannot do is in `engines.py`.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from .._http_client import HttpClientSettings
from .._model import AlsoCalled, StrictModel
from ..units import Duration, Interval, MemorySize, Name, Quantity, Replicas, VolumeSize, Word, form
from .names import HostAndPort, LabelName, OptionalOtlpEndpoint

Port = Annotated[int, Field(ge=1, le=65535)]


class Signal(StrEnum):
    """A kind of data."""

    LOGS = "logs"
    TRACES = "traces"
    METRICS = "metrics"


class SourceKind(StrEnum):
    """Where data comes from."""

    CONTAINERS = "containers"
    EVENTS = "events"
    OTLP = "otlp"
    JAEGER = "jaeger"
    ZIPKIN = "zipkin"
    FLUENT_FORWARD = "fluent_forward"
    PROMETHEUS = "prometheus"
    JOURNALD = "journald"
    SYSLOG = "syslog"
    DOCKER = "docker"


SOURCES_OF_OTHERS = AlsoCalled(
    (
        *(("pods", "containers"), ("podlogs", "containers"), ("filelog", "containers"), ("kubernetes", "containers")),
        *(("kubernetesevents", "events"), ("k8sevents", "events"), ("k8sobjects", "events")),
        *(("fluentforward", "fluent_forward"), ("fluentbit", "fluent_forward"), ("fluentd", "fluent_forward")),
        *(("forward", "fluent_forward"), ("journal", "journald"), ("systemd", "journald"), ("scrape", "prometheus")),
    )
)


class SyslogFormat(StrEnum):
    """The format of syslog messages."""

    RFC5424 = "rfc5424"
    RFC3164 = "rfc3164"


class Transport(StrEnum):
    """The protocol that carries syslog messages."""

    TCP = "tcp"
    UDP = "udp"


class LogSource(StrEnum):
    """The source of container logs: the node's files, or the API server."""

    FILES = "files"
    API = "api"


class PipelineSource(StrictModel):
    """A source of data; a source with only a kind needs no declaration, as pipelines can name the kind itself."""

    kind: Annotated[SourceKind, SOURCES_OF_OTHERS] = Field(
        description=(
            "`containers`: output of containers, by `log_source`. `events`: events of Kubernetes. `otlp`: logs, traces "
            "and metrics by OTLP. `jaeger`, `zipkin`: traces. `fluent_forward`: logs of Fluent Bit and Fluentd. "
            "`prometheus`: metrics scraped from `targets`. `journald`: the journal of the nodes. `syslog`: messages. "
            "`docker`: output of Docker's containers that are no pods."
        ),
        examples=["syslog"],
    )
    namespaces: Sequence[Name] = Field(
        default=(),
        description="Namespaces that `containers` and `events` are read of. Default: all.",
        examples=[["shop"]],
    )
    exclude_namespaces: Sequence[Name] = Field(
        default=(),
        description="Namespaces that `containers` and `events` are not read of. Default: none.",
        examples=[["kube-system"]],
    )
    log_source: LogSource | None = Field(
        default=None,
        description=(
            "Where `containers` are read: from `files`, or with Alloy through the API server (`api`), by one collector "
            "beside those of the nodes. A namespace is read from one of both. Default: `log_source` of the collectors."
        ),
        examples=["api"],
    )
    port: Port | None = Field(
        default=None,
        description=(
            "Port that `zipkin` (9411), `fluent_forward` (24224) or `syslog` (5140) listens on. Default: that of its "
            "kind."
        ),
        examples=[5514],
    )
    format: SyslogFormat = Field(
        default=SyslogFormat.RFC5424, description="Format of `syslog` messages.", examples=["rfc3164"]
    )
    transport: Transport = Field(default=Transport.TCP, description="Protocol of `syslog`.", examples=["udp"])
    units: Sequence[Word] = Field(
        default=(), description="Units of systemd that `journald` reads. Default: all.", examples=[["kubelet.service"]]
    )
    targets: Sequence[HostAndPort] = Field(
        default=(), description="Addresses that `prometheus` scrapes. Default: none.", examples=[["shop.shop:9464"]]
    )
    path: Annotated[str, form(r"/\S*", "a path, such as /metrics")] = Field(
        default="/metrics", description="Path of the metrics of `targets`.", examples=["/prometheus/metrics"]
    )
    interval: Interval = Field(default="30s", description="Interval of scrapes of `targets`.", examples=["15s"])


class ProcessorKind(StrEnum):
    """What happens to data on its way."""

    MULTILINE = "multiline"
    JSON = "json"
    LOGFMT = "logfmt"
    LEVEL = "level"
    DROP = "drop"
    REDACT = "redact"
    RESOURCE = "resource"
    SPAN_METRICS = "span_metrics"
    SERVICE_GRAPH = "service_graph"
    TAIL_SAMPLING = "tail_sampling"


PROCESSORS_OF_OTHERS = AlsoCalled(
    (
        *(("recombine", "multiline"), ("filter", "drop"), ("mask", "redact"), ("redaction", "redact")),
        *(("attributes", "resource"), ("spanmetrics", "span_metrics"), ("servicegraph", "service_graph")),
        *(("tailsampling", "tail_sampling"), ("sampling", "tail_sampling")),
    )
)


class Secret(StrEnum):
    """A kind of text that is redacted: `redaction.py` has the pattern of each."""

    EMAIL = "email"
    CREDIT_CARD = "credit_card"
    IBAN = "iban"
    IP_ADDRESS = "ip_address"
    JWT = "jwt"
    AUTHORIZATION = "authorization"
    PASSWORD = "password"
    AWS_ACCESS_KEY = "aws_access_key"
    PRIVATE_KEY = "private_key"


class PipelineProcessor(StrictModel):
    """A processor of data; one with only a kind needs no declaration, as pipelines can name the kind itself."""

    kind: Annotated[ProcessorKind, PROCESSORS_OF_OTHERS] = Field(
        description=(
            "`multiline`: lines from one that matches `pattern` to the next are one entry. `json`, `logfmt`: fields of "
            "lines become `labels` and `metadata`. `level`: the level of a line becomes the label `level`. `drop`: "
            "lines, or spans by name, that match `pattern` are left out. `redact`: secrets and personal data are "
            "replaced. `resource`: `attributes` are added. `span_metrics`, `service_graph`: metrics of spans, where "
            "Tempo makes none. `tail_sampling`: whole traces are kept by errors, duration and share."
        ),
        examples=["drop"],
    )
    pattern: str = Field(
        default="",
        description="Expression (RE2) of `multiline` and `drop`, which may match anywhere in the line. Default: none.",
        examples=["GET /health"],
    )
    labels: Mapping[LabelName, Word] = Field(
        default_factory=dict,
        description="Index labels of `json` and `logfmt`, and the field of each; few values each. Default: none.",
        examples=[{"level": "severity"}],
    )
    metadata: Mapping[LabelName, Word] = Field(
        default_factory=dict,
        description="Structured metadata of `json` and `logfmt`, and the field of each. Default: none.",
        examples=[{"trace_id": "traceId"}],
    )
    detect: Sequence[Secret] = Field(
        default=tuple(secret for secret in Secret if secret is not Secret.IP_ADDRESS),
        description="What `redact` replaces by its name, such as `[email]`. Default: all but `ip_address`.",
        examples=[["email", "jwt"]],
    )
    patterns: Mapping[Name, str] = Field(
        default_factory=dict,
        description="Further expressions (RE2) that `redact` replaces by their name in brackets. Default: none.",
        examples=[{"customer": r"\bC-\d{8}\b"}],
    )
    attributes: Mapping[Word, str] = Field(
        default_factory=dict,
        description="Attributes of `resource`, set where the resource has none. Default: none.",
        examples=[{"deployment.environment.name": "production"}],
    )
    errors: bool = Field(default=True, description="Whether `tail_sampling` keeps every trace with an error.")
    slow: Duration | None = Field(
        default="2s",
        description="Duration from which `tail_sampling` keeps every trace; null for none.",
        examples=["500ms"],
    )
    percentage: Annotated[float, Field(ge=0, le=100)] = Field(
        default=10, description="Share of all other traces that `tail_sampling` keeps, in percent.", examples=[25]
    )
    decision_wait: Duration = Field(
        default="10s",
        description="Time from the first span of a trace until `tail_sampling` decides; its spans wait in memory.",
        examples=["30s"],
    )
    traces_in_memory: int = Field(
        default=50_000,
        ge=1,
        le=10_000_000,
        description="Traces that one replica of `tail_sampling` holds until they are decided.",
        examples=[100_000],
    )


class DestinationKind(StrEnum):
    """What receives data."""

    LOKI = "loki"
    OTLP = "otlp"
    PROMETHEUS = "prometheus"
    PROMETHEUS_EXPORTER = "prometheus_exporter"


class PipelineDestination(StrictModel):
    """A store, or another collector, beside those of the stack."""

    kind: DestinationKind = Field(
        description=(
            "`loki`: logs, to the Loki at `url`. `otlp`: logs, traces and metrics to `url`. `prometheus`: metrics by "
            "remote write to `url`. `prometheus_exporter`: metrics, which a Prometheus scrapes from the collectors at "
            "port 8889."
        ),
        examples=["otlp"],
    )
    url: OptionalOtlpEndpoint = Field(
        default="",
        description=(
            "Address: of Loki without a path; of OTLP as `host:port` for gRPC, or as URL for HTTP, without the path of "
            "a signal; the URL of remote write. Default: none, for `prometheus_exporter`."
        ),
        examples=["https://otlp.example.org:4318"],
    )
    client: HttpClientSettings = Field(
        default_factory=HttpClientSettings,
        description=(
            "Login, tenant, headers and TLS, by existing Secrets in the namespace of the collectors. Default: none."
        ),
        examples=[{"tenant": "team-a"}],
    )


class Pipeline(StrictModel):
    """A way of one signal from sources to destinations; one of the stack's own changes in what is set."""

    signal: Signal | None = Field(
        default=None,
        description="What flows. Default: that of the pipeline of the stack with this name; else required.",
        examples=["logs"],
    )
    enabled: bool = Field(default=True, description="Whether the pipeline exists.", examples=[False])
    sources: Sequence[Word] = Field(
        default=(),
        description="Names of `sources`, or kinds. Default: those of the pipeline of the stack with this name.",
        examples=[["containers"]],
    )
    processors: Sequence[Word] = Field(
        default=(),
        description="Names of `processors`, or kinds, in their order. Default: none.",
        examples=[["health", "redact"]],
    )
    destinations: Sequence[Word] = Field(
        default=(),
        description=(
            "Names of `destinations`; `loki`, `tempo` and `prometheus` are those of the stack. Default: that of the "
            "stack for the signal."
        ),
        examples=[["loki", "central"]],
    )


class CollectorResources(StrictModel):
    """The size of collectors that are not one on each node."""

    cpu_request: Quantity = Field(default="100m", description="CPU request of each collector.", examples=["500m"])
    memory_request: MemorySize = Field(
        default="256Mi", description="Memory request of each collector.", examples=["1Gi"]
    )
    memory_limit: MemorySize = Field(
        default="512Mi",
        description="Memory limit of each collector, `128Mi` or more; data is refused from 80 % of it on.",
        examples=["2Gi"],
    )


class SingletonSettings(CollectorResources):
    """The collector that reads what is of the whole cluster."""


class GatewaySettings(CollectorResources):
    """The collectors that traces go through."""

    memory_request: MemorySize = Field(
        default="512Mi",
        description=(
            "Memory request of each collector. The default holds the decisions that `tail_sampling` remembers by "
            "default, 286 MiB, and 40,000 spans that wait."
        ),
        examples=["1Gi"],
    )
    memory_limit: MemorySize = Field(
        default="1Gi",
        description="Memory limit of each collector, `128Mi` or more; data is refused from 80 % of it on.",
        examples=["2Gi"],
    )
    replicas: Replicas = Field(default=2, description="Number of collectors.", examples=[3])
    volume_size: VolumeSize | None = Field(
        default=None,
        description=(
            "Volume of each for traces that wait while a destination does not answer. Default: none; they wait in "
            "memory, and are lost with the pod."
        ),
        examples=["10Gi"],
    )
