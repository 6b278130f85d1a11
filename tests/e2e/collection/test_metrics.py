"""Metrics on each of the ways through the Collector to Prometheus: pushed by OTLP, written remotely, and scraped."""

from __future__ import annotations

import pytest

from components.telemetry import TelemetryArgs
from components.telemetry.pipelines import Role
from sandbox.commands import HOST, free_ports
from tests.e2e.collection.collectors import Collector
from tests.e2e.collection.rendered import Rendered
from tests.e2e.collection.sending import Sender
from tests.e2e.collection.stack import CLUSTER, NO_LOGS, NOWHERE, start_prometheus
from tests.e2e.metrics.programs import Programs
from tests.e2e.metrics.prometheus import Prometheus
from tools.local_collector import EXPORTER, OTLP_HTTP

pytestmark = pytest.mark.e2e

WAYS = ("pushed", "written", "scraped")
SERVICE = {"service.name": "shop", "service.instance.id": "shop-1"}
WAY = "deployment_environment_name"
"""The label that tells the ways apart, of a promoted attribute."""


def telemetry_args(prometheus: str) -> TelemetryArgs:
    """Return the arguments of collectors that send the same metrics on every way, each with a name of its own."""
    return {
        "namespace": "telemetry",
        "engine": "otel-collector",
        "cluster": CLUSTER,
        "logs_push_url": f"{NOWHERE}/loki/api/v1/push",
        "logs_otlp_url": f"{NOWHERE}/otlp",
        "metrics_otlp_url": f"http://{prometheus}/api/v1/otlp",
        "kubernetes_attributes": False,
        "destinations": {
            "written": {"kind": "prometheus", "url": f"http://{prometheus}/api/v1/write"},
            "scraped": {"kind": "prometheus_exporter"},
        },
        "processors": {way: {"kind": "resource", "attributes": {"deployment.environment.name": way}} for way in WAYS},
        "pipelines": {
            **NO_LOGS,
            "metrics": {"processors": ["pushed"]},
            **{
                way: {"signal": "metrics", "sources": ["otlp"], "processors": [way], "destinations": [way]}
                for way in ("written", "scraped")
            },
        },
    }


@pytest.fixture(scope="module")
def prometheus(module_programs: Programs) -> Prometheus:
    """Prometheus after a program has sent the Collector one sample of a counter."""
    (port,) = free_ports(1)
    rendered = Rendered(telemetry_args(f"{HOST}:{port}"))
    collector = Collector("agent", rendered, Role.AGENTS, module_programs)
    prometheus = start_prometheus(module_programs, port, {"collectors": collector.address(EXPORTER)})
    sender = Sender(collector.address(OTLP_HTTP), SERVICE)
    sender.count("orders", 17)
    sender.close()
    return prometheus


@pytest.mark.parametrize("way", WAYS)
def test_a_counter_arrives_once_with_the_labels_of_its_resource(way: str, prometheus: Prometheus) -> None:
    labels, value = prometheus.one(f'orders_total{{{WAY}="{way}"}}')
    assert value == 17
    assert labels.items() >= {"service_name": "shop", "k8s_cluster_name": CLUSTER, WAY: way}.items()
