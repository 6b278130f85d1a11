"""The chart values of Tempo from the settings of a stack."""

from typing import Any

import pytest

from components.tracing.modes import TEMPO_2_VERSIONS, TEMPO_3_VERSIONS
from components.tracing.spec import TracingSpec
from components.tracing.values import tempo_values
from config import load
from tests.unit.config.stacks import source
from wiring import build_args
from wiring.metrics import MetricsAddresses
from wiring.upstream import BucketArgs

BUCKET: BucketArgs = {"bucket": "traces", "region": "eu-west-1"}
PROMETHEUS = "http://prometheus-prometheus-0.prometheus-operated.monitoring:9090/api/v1/write"
SECOND = PROMETHEUS.replace("-0.", "-1.")


def values(tracing: dict[str, Any], **areas: Any) -> dict[str, Any]:
    settings = load(source(tracing=tracing, **areas))
    metrics = MetricsAddresses(PROMETHEUS, "", [SECOND], [], "", "", "")
    arguments = build_args.tracing_args(settings, namespace="tracing", metrics=metrics, bucket=BUCKET, cache={})
    return tempo_values(TracingSpec.check("Tracing", arguments))


@pytest.mark.parametrize("version", TEMPO_2_VERSIONS)
def test_a_gateway_resolves_through_the_dns_of_the_cluster(version: str) -> None:
    found = values(
        {"mode": "distributed", "chart_version": version, "gateway": True},
        cluster={"name": "c1", "dns_resolver": "rke2-coredns-rke2-coredns.kube-system"},
    )
    assert found["gateway"]["enabled"] is True
    assert found["global"]["dnsService"] == "rke2-coredns-rke2-coredns"
    writes = found["metricsGenerator"]["config"]["storage"]["remote_write"]
    assert [write["url"] for write in writes] == [PROMETHEUS, SECOND], "each server of a pair has every metric"


def test_a_stack_sets_the_labels_of_generated_metrics() -> None:
    found = values(
        {
            "max_block_duration": "5m",
            "span_metrics_dimensions": ["http.method", "http.status_code", "service.version"],
            "service_graph_dimensions": ["service.namespace"],
            "external_labels": {"source": "tempo"},
        },
        cluster={"name": "c1"},
        retention={"traces": "336h"},
    )["tempo"]
    generator = found["metricsGenerator"]
    assert (found["retention"], found["ingester"]["max_block_duration"]) == ("336h", "300s")
    assert generator["registry"]["external_labels"] == {"cluster": "c1", "source": "tempo"}
    assert generator["processor"]["span_metrics"]["dimensions"][-1] == "service.version"
    assert generator["processor"]["service_graphs"]["enable_client_server_prefix"] is True


def test_a_stack_sets_kafka() -> None:
    found = values(
        {
            "mode": "distributed",
            "chart_version": TEMPO_3_VERSIONS[0],
            "kafka_address": "kafka.messaging:9092",
            "kafka_topic": "c1.traces",
            "kafka_credentials_secret": "kafka-login",
            "partitions": 6,
            "receivers": ["otlp", "jaeger", "zipkin"],
        }
    )
    assert found["ingest"]["kafka"]["topic"] == "c1.traces"
    assert found["liveStore"]["replicas"] == found["blockBuilder"]["replicas"] == 6
    assert found["traces"]["zipkin"]["enabled"] is True
    assert "kafka-login" in str(found["distributor"]["extraEnv"])
