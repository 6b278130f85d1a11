"""The receivers of spans: their ports, their chart values, and the addresses that clients use."""

from collections.abc import Mapping
from typing import Any

from .._tls import service_hosts
from ..urls import OTLP_GRPC_PORT, OTLP_HTTP_PORT
from .modes import TempoMode
from .spec import Receiver, TracingSpec

QUERY_PORT = 3200
JAEGER_GRPC_PORT = 14250
JAEGER_HTTP_PORT = 14268
JAEGER_COMPACT_PORT = 6831
JAEGER_BINARY_PORT = 6832
ZIPKIN_PORT = 9411

_JAEGER_PORTS = {
    "grpc": JAEGER_GRPC_PORT,
    "thrift_http": JAEGER_HTTP_PORT,
    "thrift_compact": JAEGER_COMPACT_PORT,
    "thrift_binary": JAEGER_BINARY_PORT,
}


def endpoints(spec: TracingSpec, namespace: str) -> dict[str, str]:
    """Return the address of each output of `Tracing` by its name; empty where the protocol is off."""
    found = _gateway_endpoints(spec, namespace) if spec.gateway_only else _service_endpoints(spec, namespace)
    if Receiver.JAEGER not in spec.receivers:
        found |= {"jaeger_grpc_endpoint": "", "jaeger_http_url": ""}
    if Receiver.ZIPKIN not in spec.receivers:
        found["zipkin_url"] = ""
    return found


def _gateway_endpoints(spec: TracingSpec, namespace: str) -> dict[str, str]:
    host = f"{spec.release_name}-gateway.{namespace}"
    url = f"{spec.scheme}://{host}"
    return {
        "query_url": url,
        "otlp_grpc_endpoint": f"{host}:{OTLP_GRPC_PORT}",
        "otlp_http_url": url,
        "jaeger_grpc_endpoint": f"{host}:{OTLP_GRPC_PORT}",
        "jaeger_http_url": f"{url}/jaeger/api/traces",
        "zipkin_url": f"{url}/zipkin/api/v2/spans",
    }


def _service_endpoints(spec: TracingSpec, namespace: str) -> dict[str, str]:
    distributed = spec.mode is TempoMode.DISTRIBUTED
    writer = f"{spec.release_name}-distributor.{namespace}" if distributed else f"{spec.release_name}.{namespace}"
    reader = f"{spec.release_name}-query-frontend.{namespace}" if distributed else writer
    query = f"{spec.release_name}-gateway.{namespace}" if spec.gateway else f"{reader}:{QUERY_PORT}"
    return {
        "query_url": f"{spec.scheme}://{query}",
        "otlp_grpc_endpoint": f"{writer}:{OTLP_GRPC_PORT}",
        "otlp_http_url": f"{spec.scheme}://{writer}:{OTLP_HTTP_PORT}",
        "jaeger_grpc_endpoint": f"{writer}:{JAEGER_GRPC_PORT}",
        "jaeger_http_url": f"{spec.scheme}://{writer}:{JAEGER_HTTP_PORT}/api/traces",
        "zipkin_url": f"{spec.scheme}://{writer}:{ZIPKIN_PORT}/api/v2/spans",
    }


def tls_hosts(release_name: str, namespace: str, mode: str, cluster_domain: str = "cluster.local") -> list[str]:
    """Return the names that the certificate in `tls_secret` must be valid for.

    Clients of distributed Tempo with TLS reach its gateway alone; monolithic Tempo has one Service.
    """
    service = release_name if TempoMode(mode) is TempoMode.MONOLITHIC else f"{release_name}-gateway"
    return service_hosts(service, namespace, cluster_domain)


def distributed_receivers(spec: TracingSpec) -> dict[str, Any]:
    """Return the receivers of the distributor; by default the chart has none."""

    def on(port: int) -> dict[str, Any]:
        endpoint = {"receiverConfig": {"endpoint": f"[::]:{port}"}} if spec.listens_on_ipv6 else {}
        return {"enabled": True, **endpoint}

    receivers: dict[str, Any] = {"otlp": {"grpc": on(OTLP_GRPC_PORT), "http": on(OTLP_HTTP_PORT)}}
    if Receiver.JAEGER in spec.receivers:
        # The gateway passes no datagrams on, and their senders cannot authenticate.
        ports = {} if spec.gateway_only else {"thriftCompact": JAEGER_COMPACT_PORT, "thriftBinary": JAEGER_BINARY_PORT}
        datagrams = {protocol: on(port) for protocol, port in ports.items()}
        receivers["jaeger"] = {"grpc": on(JAEGER_GRPC_PORT), "thriftHttp": on(JAEGER_HTTP_PORT), **datagrams}
    if Receiver.ZIPKIN in spec.receivers:
        receivers["zipkin"] = on(ZIPKIN_PORT)
    return receivers


def monolithic_receivers(spec: TracingSpec) -> dict[str, Any]:
    """Return what differs from the chart of monolithic Tempo, which receives OTLP and Jaeger by default."""
    receivers: dict[str, Any] = {}
    if Receiver.JAEGER not in spec.receivers:
        # The chart does not render without these keys. A protocol without an address has no port in the Service, and
        # listens on the pod's loopback address only.
        receivers["jaeger"] = {"protocols": {protocol: {"endpoint": None} for protocol in _JAEGER_PORTS}}
    elif spec.listens_on_ipv6:
        receivers["jaeger"] = {"protocols": _endpoints(_JAEGER_PORTS)}
    if Receiver.ZIPKIN in spec.receivers:
        receivers["zipkin"] = {"endpoint": f"{spec.any_address}:{ZIPKIN_PORT}"}
    if spec.listens_on_ipv6:
        receivers["otlp"] = {"protocols": _endpoints({"grpc": OTLP_GRPC_PORT, "http": OTLP_HTTP_PORT})}
    return receivers


def _endpoints(ports: Mapping[str, int]) -> dict[str, Any]:
    return {protocol: {"endpoint": f"[::]:{port}"} for protocol, port in ports.items()}
