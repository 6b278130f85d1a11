"""Metrics on each of the ways through the Collector to Prometheus: pushed by OTLP, written remotely, and scraped."""

from __future__ import annotations

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from components._collector_roles import Role
from components.telemetry import TelemetryArgs
from sandbox.commands import HOST, free_ports
from tests.e2e.collection.collectors import Collector
from tests.e2e.collection.rendered import Rendered
from tests.e2e.collection.sending import Sender, Span
from tests.e2e.collection.sink import TraceSink
from tests.e2e.collection.stack import CLUSTER, NO_LOGS, NOWHERE, start_prometheus
from tests.e2e.metrics.programs import Programs
from tests.e2e.metrics.prometheus import Prometheus
from tools.local_collector import EXPORTER, OTLP_GRPC, OTLP_HTTP

pytestmark = pytest.mark.e2e

TRACE, CALL = bytes(range(16)), bytes(range(1, 9))
WAYS = ("pushed", "written", "scraped")
SERVICE = {"service.name": "shop", "service.instance.id": "shop-1"}
WAY = "deployment_environment_name"
"""The label that tells the ways apart, of a promoted attribute."""


def telemetry_args(prometheus: str, traces: str) -> TelemetryArgs:
    """Return the arguments of collectors that send the same metrics on every way, each with a name of its own."""
    return {
        "namespace": "telemetry",
        "engine": "otel-collector",
        "cluster": CLUSTER,
        "logs_push_url": f"{NOWHERE}/loki/api/v1/push",
        "logs_otlp_url": f"{NOWHERE}/otlp",
        "traces_otlp_endpoint": traces,
        "metrics_otlp_url": f"http://{prometheus}/api/v1/otlp",
        "kubernetes_attributes": False,
        "gateway": {"replicas": 1},
        "destinations": {
            "written": {"kind": "prometheus", "url": f"http://{prometheus}/api/v1/write"},
            "scraped": {"kind": "prometheus_exporter"},
        },
        "processors": {way: {"kind": "resource", "attributes": {"deployment.environment.name": way}} for way in WAYS},
        "pipelines": {
            **NO_LOGS,
            "metrics": {"processors": ["pushed"]},
            "traces": {"processors": ["span_metrics", "service_graph"]},
            **{
                way: {"signal": "metrics", "sources": ["otlp"], "processors": [way], "destinations": [way]}
                for way in ("written", "scraped")
            },
        },
    }


@pytest.fixture(scope="module")
def prometheus(module_programs: Programs, sinks: list[TraceSink]) -> Prometheus:
    """Prometheus after two programs have sent the Collector a sample of a counter, and a trace of a request."""
    (port,) = free_ports(1)
    rendered = Rendered(telemetry_args(f"{HOST}:{port}", sinks[0].url))
    pod = {"OTEL_K8S_POD_NAME": "gateway-a"}
    gateway = Collector("gateway", rendered, Role.GATEWAY, module_programs, environment=pod)
    gateways = [gateway.address(OTLP_GRPC)]
    collector = Collector("agent", rendered, Role.AGENTS, module_programs, gateways=gateways)
    prometheus = start_prometheus(module_programs, port, {"collectors": collector.address(EXPORTER)})
    sender = Sender(collector.address(OTLP_HTTP), SERVICE)
    sender.count("orders", 17)
    sender.trace([Span(TRACE, "buy", kind=OtlpSpan.SPAN_KIND_CLIENT, identity=CALL)])
    sender.close()
    called = Sender(collector.address(OTLP_HTTP), {"service.name": "orders"})
    called.trace([Span(TRACE, "order", kind=OtlpSpan.SPAN_KIND_SERVER, parent=CALL, failed=True)])
    called.close()
    return prometheus


@pytest.mark.parametrize("way", WAYS)
def test_a_counter_arrives_once_with_the_labels_of_its_resource(way: str, prometheus: Prometheus) -> None:
    labels, value = prometheus.one(f'orders_total{{{WAY}="{way}"}}')
    assert value == 17
    assert labels.items() >= {"service_name": "shop", "k8s_cluster_name": CLUSTER, WAY: way}.items()


def test_spans_are_counted_by_the_names_that_tempo_has_for_them(prometheus: Prometheus, sinks: list[TraceSink]) -> None:
    # A new series begins with 0, so that a rate counts its first call.
    labels, calls = prometheus.one('traces_spanmetrics_calls_total{service="orders"} > 0')
    assert calls == 1
    assert labels.items() >= {"span_name": "order", "span_kind": "SPAN_KIND_SERVER"}.items()
    assert labels["status_code"] == "STATUS_CODE_ERROR"
    _, served = prometheus.one('traces_spanmetrics_latency_bucket{service="orders", le="+Inf"} > 0')
    assert served == 1
    edge, requests = prometheus.one("traces_service_graph_request_total > 0")
    assert (edge["client"], edge["server"], requests) == ("shop", "orders", 1)
    assert sinks[0].span_names() == {TRACE: ["buy", "order"]}
