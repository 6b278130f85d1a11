"""What a collector's arguments must be, with their defaults."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter

from .._objects import LabelKey, LabelValue, OptionalObjectName, Toleration
from .._pod_security import PodSecurity
from .._release_spec import ReleaseSpec
from .._spec import rule
from .._tenants import OptionalTenant, Tenant
from ..charts import ALLOY, Chart
from ..units import HttpUrl, MemorySize, Name, Quantity, Replicas, form, parse_quantity
from ..urls import LokiPushUrl, OptionalOtlpUrl, OtlpUrl, is_host_and_port

POD_LABELS = ("namespace", "pod", "container", "app", "job", "container_runtime")
PLACEMENT_LABELS = ("node_name", "pod_ip")
_LABEL = r"[A-Za-z_][A-Za-z0-9_]*"
_PERCENTAGE_OR_COUNT = r"(?:[1-9]\d?|100)%|[1-9]\d*"
_HTTP_URL = TypeAdapter(HttpUrl, config=ConfigDict(defer_build=True))


def _otlp_endpoint(text: str) -> str:
    if not text:
        return text
    if text.startswith(("http://", "https://")):
        return str(_HTTP_URL.validate_python(text))
    if not is_host_and_port(text):
        raise ValueError(
            f"{text!r} is no OTLP endpoint: write host:port for gRPC, such as tempo.tracing:4317, "
            "or a URL for HTTP, such as http://tempo.tracing:4318"
        )
    return text


def _label_name(text: str) -> str:
    if re.fullmatch(_LABEL, text) is None or text.startswith("__"):
        raise ValueError(f"{text!r} is no label name: use letters, digits and _, not beginning with a digit or __")
    return text


LabelName = Annotated[str, AfterValidator(_label_name)]
OptionalOtlpEndpoint = Annotated[str, AfterValidator(_otlp_endpoint)]


class LogSource(StrEnum):
    """Where container logs are read: the node's files, or the API server."""

    FILES = "files"
    API = "api"


class LogLevel(StrEnum):
    """How much Alloy says of itself."""

    ERROR = "error"
    WARN = "warn"
    INFO = "info"
    DEBUG = "debug"


class TelemetrySpec(ReleaseSpec):
    """The checked arguments of `Telemetry`."""

    logs_push_url: LokiPushUrl
    logs_otlp_url: OtlpUrl
    traces_otlp_endpoint: OptionalOtlpEndpoint = ""
    metrics_otlp_url: OptionalOtlpUrl = ""
    logs_tenant: OptionalTenant = ""
    namespace_tenants: Mapping[Name, Tenant] = Field(default_factory=dict)
    tls_secret: OptionalObjectName = ""
    client_certificates: bool = False
    login_secret: OptionalObjectName = ""
    receiver_tls: bool = False
    cluster: str = Field(default="local", min_length=1)
    extra_labels: Mapping[LabelName, str] = Field(default_factory=dict)
    placement_labels: bool = False
    structured_metadata: Sequence[LabelName] = ("trace_id", "span_id", "TraceId", "SpanId")
    kubernetes_attributes: bool = True
    log_source: LogSource = LogSource.FILES
    log_level: LogLevel = LogLevel.INFO
    node_local_otlp: bool = False
    storage_host_path: Annotated[str, form(r"(/[^/\s]+)*", "a path from the root, such as /var/lib/alloy")] = (
        "/var/lib/alloy"
    )
    replicas: Replicas = 2
    max_unavailable: str = "10%"
    cpu_request: Quantity = "100m"
    memory_request: MemorySize = "256Mi"
    memory_limit: MemorySize = "512Mi"
    node_selector: Mapping[LabelKey, LabelValue] = Field(default_factory=dict)
    tolerations: Sequence[Toleration] | None = None
    service_monitor: bool = False
    service_monitor_labels: Mapping[LabelKey, LabelValue] = Field(default_factory=dict)
    pod_security: PodSecurity | None = None
    release_name: Name = "alloy"
    chart_version: str = ALLOY.default_version

    @property
    def chart(self) -> Chart:
        """Alloy's chart."""
        return ALLOY

    @property
    def reads_files(self) -> bool:
        """Whether a pod on each node tails the node's log files."""
        return self.log_source is LogSource.FILES

    @property
    def namespace_security(self) -> PodSecurity:
        """The pod-security level asked for, or the strictest one that the log source permits."""
        if self.pod_security is not None:
            return self.pod_security
        return PodSecurity.PRIVILEGED if self.reads_files else PodSecurity.RESTRICTED

    @property
    def config_map(self) -> str:
        """The name of the ConfigMap that holds Alloy's configuration."""
        return f"{self.release_name}-config"

    @property
    def cluster_role(self) -> str:
        """The name of the cluster role of the collectors, one for each release of the cluster."""
        return f"{self.namespace}-{self.release_name}"

    @property
    def static_labels(self) -> dict[str, str]:
        """The labels that every log line carries, whatever it comes from."""
        return {"cluster": self.cluster, **self.extra_labels}

    @rule("pod_security", "log_source", "create_namespace")
    def _files_need_the_privileged_level(self) -> str | None:
        if self.create_namespace and self.reads_files and self.namespace_security is not PodSecurity.PRIVILEGED:
            return (
                "log_source files mounts /var/log of the node, which only the privileged level admits: "
                "leave pod_security out, or set log_source to api"
            )
        return None

    @rule("node_local_otlp", "log_source")
    def _a_collector_on_each_node_takes_local_data(self) -> str | None:
        if self.node_local_otlp and not self.reads_files:
            return "log_source api has no collector on most nodes, which then could not send: leave it out"
        return None

    @rule("namespace_tenants", "logs_tenant")
    def _logs_of_other_namespaces_have_a_tenant(self) -> str | None:
        if self.namespace_tenants and not self.logs_tenant:
            return "logs of all other namespaces, and those sent by OTLP, have no tenant: name theirs in logs_tenant"
        return None

    @rule("client_certificates", "tls_secret")
    def _a_certificate_is_in_a_secret(self) -> str | None:
        if self.client_certificates and not self.tls_secret:
            return "the certificate to show comes from a Secret: name it in tls_secret"
        return None

    @rule("receiver_tls", "tls_secret")
    def _a_receiver_has_a_certificate(self) -> str | None:
        if self.receiver_tls and not self.tls_secret:
            return "the certificate of the receiver comes from a Secret: name it in tls_secret"
        return None

    @rule("login_secret", "tls_secret", "traces_otlp_endpoint")
    def _no_login_goes_out_by_plain_grpc(self) -> str | None:
        grpc = self.traces_otlp_endpoint and "://" not in self.traces_otlp_endpoint
        if self.login_secret and grpc and not self.tls_secret:
            return (
                f"over gRPC to {self.traces_otlp_endpoint} a login is sent with TLS alone: name in tls_secret the "
                "Secret with ca.crt, or send traces to an http URL"
            )
        return None

    @rule("extra_labels")
    def _extra_labels_are_new(self) -> str | None:
        fixed = {"cluster", "stream", "filename", "instance", *POD_LABELS, *PLACEMENT_LABELS}
        if taken := sorted(fixed & set(self.extra_labels)):
            return f"{', '.join(taken)} would overwrite a label of the pipeline: choose other names"
        return None

    @rule("max_unavailable")
    def _max_unavailable_is_a_share_or_a_number(self) -> str | None:
        if re.fullmatch(_PERCENTAGE_OR_COUNT, self.max_unavailable) is None:
            return "write a share such as 10% or a number of nodes such as 1"
        return None

    @rule("memory_request", "memory_limit")
    def _the_limit_covers_the_request(self) -> str | None:
        if parse_quantity(self.memory_request) > parse_quantity(self.memory_limit):
            return (
                f"memory_request ({self.memory_request}) is more than memory_limit ({self.memory_limit}): "
                "lower it or raise the limit"
            )
        return None

    @rule("memory_limit")
    def _the_limit_is_enough_to_start(self) -> str | None:
        if parse_quantity(self.memory_limit) < 128 * 2**20:
            return "Alloy does not start reliably with less than 128Mi: raise it"
        return None
