"""A link to a label or metric that nothing in the stack provides is refused with a sentence."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.datasources.spec import DatasourcesSpec

ARGS = {
    "namespace": "grafana",
    "logs_url": "http://loki-gateway.logging",
    "traces_url": "http://tempo.tracing:3200",
    "log_labels": ["namespace", "pod"],
    "generated_metrics": ["traces_service_graph_request_total", "traces_spanmetrics_latency_bucket"],
}
CALLS = "rate(traces_service_graph_request_total{$__tags}[5m])"


def refusal(**args: Any) -> str:
    with pytest.raises(InvalidArgsError) as raised:
        DatasourcesSpec.check("Datasources", {**ARGS, **args})
    return str(raised.value)


def test_a_link_from_a_label_that_no_line_carries_is_refused() -> None:
    message = refusal(trace_labels=["trace_id", "traceId"])
    assert "the link from logs to Tempo starts at the label 'traceId', which no log line carries" in message
    assert "there are detected_level, namespace, pod, service_name, span_id, trace_id" in message
    assert "add it to log_labels" in message
    assert "'trace_id', which" not in message


def test_a_link_to_a_label_that_no_stream_carries_is_refused() -> None:
    message = refusal(span_tags={"service.name": "service", "k8s.namespace.name": "namespace"})
    assert "the link from spans to Loki maps service.name to the label 'service', which no log line carries" in message
    assert "'namespace', which" not in message


def test_a_query_that_selects_by_a_label_that_no_stream_carries_is_refused() -> None:
    message = refusal(logs_query='{${__tags}, cluster="a"} |= "${__span.traceId}"')
    assert "selects by the label 'cluster'" in message


def test_a_link_to_logs_that_selects_by_nothing_is_refused() -> None:
    assert "selects by nothing" in refusal(span_tags={})


def test_a_link_to_a_metric_that_nothing_writes_is_refused() -> None:
    message = refusal(metrics_queries={"Errors": "rate(traces_service_graph_request_failed_total{$__tags}[5m])"})
    assert (
        "the link 'Errors' from spans to Prometheus needs the metric traces_service_graph_request_failed_total"
        in message
    )
    assert "there are traces_service_graph_request_total, traces_spanmetrics_latency_bucket" in message
    assert "application_metrics" in message


def test_a_tag_that_is_no_label_of_the_metric_is_refused() -> None:
    message = refusal(metrics_queries={"Calls": CALLS}, metrics_tags={"service.name": "service"})
    assert "the link 'Calls' from spans to Prometheus needs the label 'service'" in message
    assert "there are client, cluster, connection_type" in message


def test_a_dimension_of_tempo_is_a_label_of_its_metrics() -> None:
    tags = {"service.name": "server", "deployment.environment": "server_deployment_environment"}
    dimensions = ["server_deployment_environment"]
    assert DatasourcesSpec.check(
        "Datasources", {**ARGS, "metrics_queries": {"Calls": CALLS}, "metrics_tags": tags, "metric_labels": dimensions}
    )


def test_a_query_without_a_metric_is_refused() -> None:
    assert "selects from no metric" in refusal(metrics_queries={"Nothing": "vector(1)"})


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"logs_url": ""}, 'give the query URL of Loki, or set logs_uid to ""'),
        ({"traces_url": ""}, 'give the query URL of Tempo, or set traces_uid to ""'),
        ({"provision_metrics": True}, "provision_metrics needs metrics_url"),
        ({"traces_uid": "loki"}, "give each datasource a uid of its own"),
        ({"traces_name": "Loki"}, "Grafana tells datasources apart by name"),
        ({"default_uid": "prometheus"}, "only datasources made here can be named, there are loki, tempo"),
        ({"changed_uids": ["mimir"]}, "mimir: only datasources made here can be named"),
        ({"logs_uid": "a b"}, "'a b' is no uid"),
        ({"logs_before_seconds": -5}, "must be at least 1"),
        ({"trace_patterns": {"id": "id=.*"}}, "has no group"),
    ],
)
def test_what_grafana_would_stumble_over_is_refused(args: dict[str, Any], message: str) -> None:
    assert message in refusal(**args)
