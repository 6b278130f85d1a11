"""Stacks for clusters of each IP family, rendered from the published charts: nothing listens in the other one alone."""

from typing import Any

import pytest

from components.charts import (
    ALLOY,
    BLACKBOX_EXPORTER,
    GRAFANA_CHART,
    KUBE_PROMETHEUS_STACK,
    LOKI,
    OPENTELEMETRY_COLLECTOR,
    SEAWEEDFS_CHART,
    TEMPO,
    TEMPO_DISTRIBUTED,
    THANOS,
    VALKEY,
)
from components.tracing.modes import TEMPO_3_VERSIONS
from tests.checkout import ROOT
from tests.real_charts import require_renderable
from tools.contract.ip_families import every_pod_uses_the_ip_families_of_the_cluster
from tools.program.stacks import configured_program
from tools.render.stack import render_program

CHARTS = (
    ALLOY,
    BLACKBOX_EXPORTER,
    GRAFANA_CHART,
    KUBE_PROMETHEUS_STACK,
    LOKI,
    OPENTELEMETRY_COLLECTOR,
    SEAWEEDFS_CHART,
    TEMPO,
    TEMPO_DISTRIBUTED,
    THANOS,
    VALKEY,
)
STACKS: dict[str, dict[str, Any]] = {
    "one-pod-each": {
        "demo": {"enabled": True},
        "tracing": {"receivers": ["otlp", "jaeger", "zipkin"]},
        "probes": {"targets": {"shop": {"address": "https://shop.example.org"}}},
    },
    "distributed-with-logins": {
        "storage": {"replicas": 3},
        "caching": {"kind": "valkey"},
        "security": {"tls": "existing", "authentication": "basic"},
        "logging": {"mode": "distributed", "replicas": 3},
        "tracing": {"mode": "distributed", "gateway": True},
    },
    "kafka-and-rules": {
        "logging": {
            "mode": "distributed",
            "ruler": True,
            "alertmanager_url": "http://alertmanager.monitoring:9093",
            "rules": {"a.yaml": {"groups": []}},
        },
        "tracing": {
            "mode": "distributed",
            "chart_version": TEMPO_3_VERSIONS[0],
            "kafka_address": "kafka.messaging:9092",
            "gateway": True,
        },
        "telemetry": {"log_source": "api"},
    },
    "collector-with-every-workload": {
        "telemetry": {
            "engine": "otel-collector",
            "events": True,
            "gateway": {"replicas": 2, "volume_size": "5Gi"},
            "host_ports": True,
            "destinations": {"scraped": {"kind": "prometheus_exporter"}},
            "pipelines": {
                "metrics": {"destinations": ["prometheus", "scraped"]},
                "traces": {"sources": ["otlp", "jaeger", "zipkin"]},
                "lines": {"signal": "logs", "sources": ["syslog", "fluent_forward"]},
            },
        },
    },
    "long-term-with-certificates": {
        "security": {"tls": "existing", "authentication": "mtls"},
        "metrics": {"replicas": 2, "long_term": {"ruler": True, "receive": True}},
    },
}


@pytest.mark.parametrize("families", [["IPv6"], ["IPv4"], ["IPv4", "IPv6"]], ids="-".join)
@pytest.mark.parametrize("topology", STACKS)
def test_nothing_listens_or_advertises_in_the_other_family_alone(topology: str, families: list[str]) -> None:
    for chart in CHARTS:
        require_renderable(chart, chart.default_version)
    config = {"cluster": {"name": "test", "ip_families": families}, **STACKS[topology]}
    rendering = render_program(configured_program(ROOT, config), topology)
    assert list(rendering.ip_families) == families
    assert [str(finding) for finding in every_pod_uses_the_ip_families_of_the_cluster(rendering)] == []
