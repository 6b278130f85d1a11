"""The collector: its namespace, its configuration and the release of chart alloy."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._merge import deep_merge
from .._namespace import namespace
from .._pod_security import MANAGED_BY
from .._release import release
from .access import let_collectors_read_pods
from .config import alloy_config, log_labels
from .otlp import GRPC_PORT, HTTP_PORT
from .spec import TelemetrySpec
from .values import CONFIG_KEY, UI_PORT, alloy_values


class TelemetryArgs(TypedDict):
    """Arguments of `Telemetry`."""

    namespace: pulumi.Input[str]
    """Kubernetes namespace of the collectors."""

    logs_push_url: pulumi.Input[str]
    """Loki's push address for container logs, such as `http://loki-gateway.logging/loki/api/v1/push`."""

    logs_otlp_url: pulumi.Input[str]
    """Loki's OTLP address without a signal's path, such as `http://loki-gateway.logging/otlp`."""

    traces_otlp_endpoint: NotRequired[pulumi.Input[str]]
    """Where traces go: `host:port` for OTLP/gRPC in plain text, or an http or https URL for OTLP/HTTP. Default: empty,
    then the receiver takes no traces."""

    metrics_otlp_url: NotRequired[pulumi.Input[str]]
    """Prometheus's OTLP address without a signal's path, such as `http://prometheus.monitoring:9090/api/v1/otlp`.
    Default: empty, then the receiver takes no metrics."""

    logs_tenant: NotRequired[pulumi.Input[str]]
    """Loki tenant that logs belong to (`X-Scope-OrgID`) where `namespace_tenants` names no other. Default: empty, for a
    Loki without tenants."""

    namespace_tenants: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Namespaces and the Loki tenants that the logs of their containers belong to; logs sent by OTLP stay with
    `logs_tenant`. Default: none."""

    tls_secret: NotRequired[pulumi.Input[str]]
    """Secret in the same namespace with `ca.crt`, the authority that https addresses and a gRPC endpoint for traces are
    believed by, and `tls.crt` and `tls.key` for what shows a certificate. Default: empty, then https is believed by
    public authorities and gRPC is in plain text."""

    client_certificates: NotRequired[pulumi.Input[bool]]
    """Whether the collectors show the certificate of `tls_secret` to Loki and Tempo. Default: false."""

    login_secret: NotRequired[pulumi.Input[str]]
    """Secret in the same namespace with `username` and `password`, which the collectors log in with at Loki and Tempo.
    Default: empty, no login."""

    receiver_tls: NotRequired[pulumi.Input[bool]]
    """Whether senders of OTLP must speak TLS; the receiver shows the certificate of `tls_secret` and, with
    `client_certificates`, asks senders for one of the same authority. Default: false."""

    cluster: NotRequired[pulumi.Input[str]]
    """Value of the label `cluster` on container logs and of `k8s.cluster.name` on OTLP data. Default: `local`."""

    extra_labels: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Further labels of all logs, traces and metrics, such as `environment`. Each one is an index label in Loki: keep
    the number of values small. Default: none."""

    placement_labels: NotRequired[pulumi.Input[bool]]
    """Whether container logs carry `node_name` and `pod_ip`. Every new address of a pod then begins a new stream.
    Default: false."""

    structured_metadata: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Fields of JSON log lines that become structured metadata, which the links from logs to traces read.
    Default: `trace_id`, `span_id`, and Traefik's `TraceId` and `SpanId`."""

    kubernetes_attributes: NotRequired[pulumi.Input[bool]]
    """Whether OTLP data is given the names of the pod, workload, namespace and node it comes from. Default: true."""

    log_source: NotRequired[str]
    """`files`: a pod on each node tails the node's `/var/log/pods`, which is cheapest and needs a privileged namespace.
    `api`: a Deployment streams logs through the API server, in a restricted namespace. Default: `files`."""

    log_level: NotRequired[pulumi.Input[str]]
    """How much Alloy logs of itself: `error`, `warn`, `info` or `debug`. Default: `info`."""

    node_local_otlp: NotRequired[pulumi.Input[bool]]
    """Whether OTLP data stays on the sender's node (`internalTrafficPolicy: Local`), which saves traffic between nodes.
    While a node's collector restarts, that node's senders wait, so it needs one on each node (`log_source: files`).
    Default: false."""

    storage_host_path: NotRequired[pulumi.Input[str]]
    """Directory of the node that keeps how far each log file was read, so that a restart loses and repeats no lines.
    Empty: kept only while the pod lives. Not used with `log_source: api`. Default: `/var/lib/alloy`."""

    replicas: NotRequired[pulumi.Input[int]]
    """Number of collectors with `log_source: api`, 1000 at most; `files` has one on each node. Default: 2."""

    max_unavailable: NotRequired[pulumi.Input[str]]
    """How many nodes an update takes at once with `log_source: files`: a share or a number. Default: `10%`."""

    cpu_request: NotRequired[pulumi.Input[str]]
    """CPU request of a collector; 1 MiB of logs a second takes about one core. Default: `100m`."""

    memory_request: NotRequired[pulumi.Input[str]]
    """Memory request of a collector. Default: `256Mi`."""

    memory_limit: NotRequired[pulumi.Input[str]]
    """Memory limit of a collector, at least 128Mi; OTLP data is refused from 80 % of it on. Default: `512Mi`."""

    node_selector: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Labels of the nodes that may run a collector. Default: every node."""

    tolerations: NotRequired[pulumi.Input[Sequence[Mapping[str, Any]]]]
    """Kubernetes tolerations. Default: everything with `log_source: files`, so that no node's logs are missing; none
    with `api`."""

    service_monitor: NotRequired[bool]
    """Whether Prometheus's operator is to scrape the collectors; needs its CRDs. Default: false."""

    service_monitor_labels: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Labels of the ServiceMonitor, by which the operator's Prometheus picks it up: kube-prometheus-stack's wants
    `release`, with the name of its own release. Default: none."""

    create_namespace: NotRequired[bool]
    """Whether the namespace is made here. Default: true."""

    pod_security: NotRequired[str]
    """Pod-security level of a namespace made here. Default: `privileged` with `log_source: files`, or `restricted`."""

    protect_namespace: NotRequired[bool]
    """Whether a namespace made here is protected from deletion. Default: false."""

    release_name: NotRequired[str]
    """Helm release, and name of the Service and the workload. Default: `alloy`."""

    chart_version: NotRequired[str]
    """Version of chart alloy: 1.11.1 or 1.5.2. Default: 1.11.1."""

    charts_dir: NotRequired[str]
    """Directory that charts are taken from instead of their repository. Default: empty."""

    values: NotRequired[Mapping[str, Any]]
    """Chart values laid over those of this component. Default: none."""

    max_history: NotRequired[int]
    """Number of Helm revisions kept. Default: 2."""

    timeout_seconds: NotRequired[int]
    """How long Helm waits for the pods, in seconds. Default: 600."""

    atomic: NotRequired[bool]
    """Whether Helm rolls a failed update back. Default: false."""

    skip_await: NotRequired[bool]
    """Whether Helm goes on without waiting for the pods. Default: false."""


class Telemetry(pulumi.ComponentResource):
    """Grafana Alloy on every node: container logs to Loki, and one OTLP endpoint for logs, traces and metrics."""

    namespace: pulumi.Output[str]
    """Namespace of the collectors."""

    otlp_grpc_endpoint: pulumi.Output[str]
    """`host:port` that programs in the cluster send OTLP/gRPC to."""

    otlp_http_url: pulumi.Output[str]
    """URL that programs in the cluster send OTLP/HTTP to (`OTEL_EXPORTER_OTLP_ENDPOINT`)."""

    ui_service: pulumi.Output[str]
    """Service of Alloy's own pages."""

    ui_port: pulumi.Output[int]
    """Port of Alloy's own pages, named `http-metrics`."""

    log_labels: pulumi.Output[Sequence[str]]
    """Index labels that container logs carry in Loki, sorted."""

    def __init__(self, name: str, args: TelemetryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Telemetry "{name}"'
        spec = TelemetrySpec.check(component, args, TelemetryArgs)
        super().__init__("observability:index:Telemetry", name, {**args}, opts)
        known = spec.resolve(component)
        home = []
        if spec.create_namespace:
            level, protect = spec.namespace_security, spec.protect_namespace
            home = [namespace(f"{name}-namespace", spec.namespace, level, parent=self, protect=protect)]
        config = ConfigMap(
            f"{name}-config",
            metadata=ObjectMetaArgs(name=spec.config_map, namespace=spec.namespace, labels=MANAGED_BY),
            data={CONFIG_KEY: known.apply(alloy_config)},
            opts=pulumi.ResourceOptions(parent=self, depends_on=home),
        )
        access = let_collectors_read_pods(name, known, parent=self)
        release(
            f"{name}-alloy",
            spec,
            namespace=spec.namespace,
            values=known.apply(lambda checked: deep_merge(alloy_values(checked), checked.values)),
            parent=self,
            depends_on=[*home, config, *access],
        )
        host = pulumi.Output.concat(spec.release_name, ".", spec.namespace)
        self.namespace = pulumi.Output.from_input(spec.namespace)
        self.otlp_grpc_endpoint = pulumi.Output.concat(host, f":{GRPC_PORT}")
        scheme = pulumi.Output.from_input(spec.receiver_tls).apply(lambda secured: "https" if secured else "http")
        self.otlp_http_url = pulumi.Output.concat(scheme, "://", host, f":{HTTP_PORT}")
        self.ui_service = pulumi.Output.from_input(spec.release_name)
        self.ui_port = pulumi.Output.from_input(UI_PORT)
        self.log_labels = known.apply(log_labels)
        self.register_outputs(
            {
                "namespace": self.namespace,
                "otlpGrpcEndpoint": self.otlp_grpc_endpoint,
                "otlpHttpUrl": self.otlp_http_url,
                "uiService": self.ui_service,
                "uiPort": self.ui_port,
                "logLabels": self.log_labels,
            }
        )
