"""Where clients find Tempo: its Services, or the one gateway that everything goes through."""

from .._tls import service_hosts
from .choices import Mode, Receiver
from .receivers import JAEGER_GRPC_PORT, JAEGER_HTTP_PORT, OTLP_GRPC_PORT, OTLP_HTTP_PORT, ZIPKIN_PORT
from .spec import QUERY_PORT, TracingSpec


def addresses(spec: TracingSpec, namespace: str) -> dict[str, str]:
    """Give every address by the name of its output; empty where a protocol is off."""
    found = _behind_gateway(spec, namespace) if spec.through_gateway else _of_services(spec, namespace)
    if Receiver.JAEGER not in spec.receivers:
        found |= {"jaeger_grpc_endpoint": "", "jaeger_http_url": ""}
    if Receiver.ZIPKIN not in spec.receivers:
        found["zipkin_url"] = ""
    return found


def tls_hosts(release_name: str, namespace: str, mode: str, cluster_domain: str = "cluster.local") -> list[str]:
    """Give the names that the certificate in `tls_secret` must be good for.

    Everything of distributed Tempo goes through its gateway then; monolithic Tempo has one Service for all.
    """
    service = release_name if Mode(mode) is Mode.MONOLITHIC else f"{release_name}-gateway"
    return service_hosts(service, namespace, cluster_domain)


def _behind_gateway(spec: TracingSpec, namespace: str) -> dict[str, str]:
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


def _of_services(spec: TracingSpec, namespace: str) -> dict[str, str]:
    distributed = spec.mode is Mode.DISTRIBUTED
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
