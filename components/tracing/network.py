"""Who may reach Tempo's pods."""

from typing import Any

from .._network_policy import ingress_policy
from .choices import Mode, Receiver
from .receivers import JAEGER_GRPC_PORT, JAEGER_HTTP_PORT, OTLP_GRPC_PORT, OTLP_HTTP_PORT, ZIPKIN_PORT
from .spec import QUERY_PORT, TracingSpec

CACHE_EXPORTER_PORT = 9150


def closed_pods(spec: TracingSpec) -> dict[str, Any]:
    """Give the NetworkPolicy that leaves no port open but those that ask clients for proof."""
    if spec.mode is Mode.DISTRIBUTED:
        ports = (QUERY_PORT, CACHE_EXPORTER_PORT)
        return ingress_policy(spec.release_name, spec.metrics_namespaces, metrics_ports=ports)
    ports_of = {Receiver.JAEGER: (JAEGER_GRPC_PORT, JAEGER_HTTP_PORT), Receiver.ZIPKIN: (ZIPKIN_PORT,)}
    asked = [port for receiver in spec.receivers for port in ports_of.get(receiver, ())]
    return ingress_policy(
        spec.release_name, (), metrics_ports=(), open_ports=(QUERY_PORT, OTLP_GRPC_PORT, OTLP_HTTP_PORT, *asked)
    )
