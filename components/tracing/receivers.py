"""The protocols that spans arrive by, in the notation of each chart, and the addresses that come of them."""

from typing import Any

from .choices import Receiver
from .spec import TracingSpec

OTLP_GRPC_PORT = 4317
OTLP_HTTP_PORT = 4318
JAEGER_GRPC_PORT = 14250
JAEGER_HTTP_PORT = 14268
ZIPKIN_PORT = 9411


def distributed_receivers(spec: TracingSpec) -> dict[str, Any]:
    """Switch the receivers of the distributor on; the chart has none on by itself."""
    on = {"enabled": True}
    receivers: dict[str, Any] = {"otlp": {"grpc": on, "http": on}}
    if Receiver.JAEGER in spec.receivers:
        # No gateway passes datagrams on, and nothing can ask a sender of datagrams for proof.
        datagrams = {} if spec.through_gateway else {"thriftCompact": on, "thriftBinary": on}
        receivers["jaeger"] = {"grpc": on, "thriftHttp": on, **datagrams}
    if Receiver.ZIPKIN in spec.receivers:
        receivers["zipkin"] = on
    return receivers


def monolithic_receivers(spec: TracingSpec) -> dict[str, Any]:
    """Give the receivers besides OTLP, which the chart of monolithic Tempo has on, as it has Jaeger."""
    receivers: dict[str, Any] = {}
    if Receiver.JAEGER not in spec.receivers:
        # The chart does not render without these keys. Without its address a protocol has no port in the Service, and
        # listens to the pod itself alone.
        protocols = ("grpc", "thrift_http", "thrift_compact", "thrift_binary")
        receivers["jaeger"] = {"protocols": {protocol: {"endpoint": None} for protocol in protocols}}
    if Receiver.ZIPKIN in spec.receivers:
        receivers["zipkin"] = {"endpoint": f"0.0.0.0:{ZIPKIN_PORT}"}
    return receivers
