"""The OTLP endpoint: one receiver, the processors, and an exporter for each signal that has a backend."""

from collections.abc import Callable, Mapping, Sequence

from .._tenants import HEADER
from ..alloy import Block, Ref, Value, quote
from ..units import parse_quantity
from .logs import NODE_NAME
from .security import exporter_login, exporter_tls, foreign_tls, receiver_tls
from .spec import TelemetrySpec

GRPC_PORT = 4317
HTTP_PORT = 4318

KUBERNETES_ATTRIBUTES = (
    "k8s.namespace.name",
    "k8s.pod.name",
    "k8s.pod.uid",
    "k8s.node.name",
    "k8s.deployment.name",
    "k8s.statefulset.name",
    "k8s.daemonset.name",
)
_MEMORY_SHARE = 0.8
Consumers = Mapping[str, Ref]


def otlp_pipeline(spec: TelemetrySpec) -> list[Block]:
    """Give the components from the receiver to the exporters, in the order of the data."""
    exporters = signal_exporters(spec)
    consumers: Consumers = {signal: exporter.export("input") for signal, exporter in exporters.items()}
    chain: list[Block] = []
    for build in reversed(_processors(spec)):
        chain.insert(0, build(spec, consumers))
        consumers = dict.fromkeys(consumers, chain[0].export("input"))
    return [receiver(spec, consumers), *chain, *exporters.values()]


def signal_exporters(spec: TelemetrySpec) -> dict[str, Block]:
    """Give the exporter of each signal; a signal without a backend has none, and its senders are told so."""
    tenant: dict[str, Value] = {"headers": {HEADER: spec.logs_tenant}} if spec.logs_tenant else {}
    login = exporter_login(spec)
    exporters = {"logs": _http_exporter("loki", spec.logs_otlp_url, {**tenant, **login}, exporter_tls(spec))}
    if spec.metrics_otlp_url:
        exporters["metrics"] = _http_exporter("prometheus", spec.metrics_otlp_url, {}, foreign_tls(spec))
    if spec.traces_otlp_endpoint:
        exporters["traces"] = trace_exporter(spec)
    return dict(sorted(exporters.items()))


def trace_exporter(spec: TelemetrySpec) -> Block:
    """Send traces to a URL over OTLP/HTTP, or to `host:port` over OTLP/gRPC, in plain text without a `tls_secret`."""
    endpoint, login = spec.traces_otlp_endpoint, exporter_login(spec)
    if "://" in endpoint:
        return _http_exporter("tempo", endpoint, login, exporter_tls(spec))
    tls = exporter_tls(spec) or [Block("tls", attributes={"insecure": True})]
    client = Block("client", "", {"endpoint": endpoint, **login}, tls)
    return Block("otelcol.exporter.otlp", "tempo", blocks=[client])


def receiver(spec: TelemetrySpec, consumers: Consumers) -> Block:
    """Listen for OTLP over gRPC and HTTP on every address of the pod."""
    grpc = Block("grpc", "", {"endpoint": f"0.0.0.0:{GRPC_PORT}"}, receiver_tls(spec))
    http = Block("http", "", {"endpoint": f"0.0.0.0:{HTTP_PORT}"}, receiver_tls(spec))
    return Block("otelcol.receiver.otlp", "default", blocks=[grpc, http, _output(consumers)])


def memory_limiter(spec: TelemetrySpec, consumers: Consumers) -> Block:
    """Refuse OTLP data before the container reaches its memory limit; senders try again."""
    limit = int(parse_quantity(spec.memory_limit) * int(_MEMORY_SHARE * 100) // 100 // 2**20)
    attributes: dict[str, Value] = {"check_interval": "1s", "limit": f"{limit}MiB"}
    return Block("otelcol.processor.memory_limiter", "default", attributes, [_output(consumers)])


def kubernetes_attributes(spec: TelemetrySpec, consumers: Consumers) -> Block:
    """Name the pod that the data comes from: by the uid or address that it gives, else by its connection."""
    extract = Block("extract", attributes={"metadata": KUBERNETES_ATTRIBUTES})
    own_node = [Block("filter", attributes={"node": NODE_NAME})] if spec.node_local_otlp else []
    sources: list[dict[str, Value]] = [
        {"from": "resource_attribute", "name": "k8s.pod.uid"},
        {"from": "resource_attribute", "name": "k8s.pod.ip"},
        {"from": "connection"},
    ]
    associations = [Block("pod_association", blocks=[Block("source", attributes=source)]) for source in sources]
    blocks = [extract, *own_node, *associations, _output(consumers)]
    return Block("otelcol.processor.k8sattributes", "default", blocks=blocks)


def resource_labels(spec: TelemetrySpec, consumers: Consumers) -> Block:
    """Put the cluster and the extra labels on every resource that does not name them itself."""
    attributes = {"k8s.cluster.name": spec.cluster, **spec.extra_labels}
    statements = [
        f"set(attributes[{quote(key)}], {quote(value)}) where attributes[{quote(key)}] == nil"
        for key, value in attributes.items()
    ]
    blocks = [
        Block(f"{signal.removesuffix('s')}_statements", attributes={"context": "resource", "statements": statements})
        for signal in consumers
    ]
    return Block("otelcol.processor.transform", "default", {"error_mode": "ignore"}, [*blocks, _output(consumers)])


def batch(_: TelemetrySpec, consumers: Consumers) -> Block:
    """Send in batches."""
    return Block("otelcol.processor.batch", "default", blocks=[_output(consumers)])


def _processors(spec: TelemetrySpec) -> Sequence[Callable[[TelemetrySpec, Consumers], Block]]:
    enrich = [kubernetes_attributes] if spec.kubernetes_attributes else []
    return [memory_limiter, *enrich, resource_labels, batch]


def _output(consumers: Consumers) -> Block:
    return Block("output", attributes={signal: [consumer] for signal, consumer in consumers.items()})


def _http_exporter(label: str, endpoint: str, attributes: Mapping[str, Value], tls: Sequence[Block]) -> Block:
    secured = tls if endpoint.startswith("https://") else []
    client = Block("client", "", {"endpoint": endpoint, **attributes}, secured)
    return Block("otelcol.exporter.otlphttp", label, blocks=[client])
