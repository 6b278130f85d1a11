"""A link to a label or metric that nothing in the stack provides is refused."""

from typing import Any

import pytest

from components._spec import REMOVE, InvalidArgsError
from components.datasources.spec import DatasourcesSpec
from tests.fixes import fix_of

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
    assert "the link from logs to Tempo reads the label 'traceId', which no log line has" in message
    assert "there are detected_level, namespace, pod, service_name, span_id, trace_id" in message
    assert "add it to log_labels" in message
    assert "'trace_id', which" not in message


def test_a_link_may_start_at_structured_metadata_of_the_collectors() -> None:
    args = {**ARGS, "log_metadata": ["requestTrace"], "trace_labels": ["requestTrace", "trace_id"]}
    links = DatasourcesSpec.check("Datasources", args).trace_links()
    assert [link.field.name for link in links] == ["requestTrace", "trace_id"]


@pytest.mark.parametrize("name", ["requestTrace", "trace_id", "detected_level"])
def test_streams_are_not_selected_by_structured_metadata(name: str) -> None:
    message = refusal(log_metadata=["requestTrace"], span_tags={"trace.id": name})
    assert (
        f"maps trace.id to the label {name!r}, which no log stream has (there are namespace, pod, service_name)"
        in message
    )


def test_a_link_to_a_label_that_no_stream_carries_is_refused() -> None:
    message = refusal(span_tags={"service.name": "service", "k8s.namespace.name": "namespace"})
    assert "the link from spans to Loki maps service.name to the label 'service', which no log stream has" in message
    assert "'namespace', which" not in message


def test_a_query_that_selects_by_a_label_that_no_stream_carries_is_refused() -> None:
    message = refusal(logs_query='{${__tags}, cluster="a"} |= "${__span.traceId}"')
    assert "selects by the label 'cluster'" in message


def test_a_link_to_logs_that_selects_by_nothing_is_refused() -> None:
    assert "must select by a label" in refusal(span_tags={})


def test_a_link_to_a_metric_that_nothing_writes_is_refused() -> None:
    message = refusal(metrics_queries={"Errors": "rate(traces_service_graph_request_failed_total{$__tags}[5m])"})
    assert (
        "the link 'Errors' from spans to Prometheus requires the metric traces_service_graph_request_failed_total"
        in message
    )
    assert "there are traces_service_graph_request_total, traces_spanmetrics_latency_bucket" in message
    assert "application_metrics" in message


def test_a_tag_that_is_no_label_of_the_metric_is_refused() -> None:
    message = refusal(metrics_queries={"Calls": CALLS}, metrics_tags={"service.name": "service"})
    assert "the link 'Calls' from spans to Prometheus requires the label 'service'" in message
    assert "there are client, cluster, connection_type" in message


def test_a_dimension_of_tempo_is_a_label_of_its_metrics() -> None:
    tags = {"service.name": "server", "deployment.environment": "server_deployment_environment"}
    dimensions = ["server_deployment_environment"]
    assert DatasourcesSpec.check(
        "Datasources", {**ARGS, "metrics_queries": {"Calls": CALLS}, "metrics_tags": tags, "metric_labels": dimensions}
    )


def test_a_query_without_a_metric_is_refused() -> None:
    assert "must select a metric" in refusal(metrics_queries={"Nothing": "vector(1)"})


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"logs_url": ""}, "logs_url = '': is missing: set the query URL of Loki, or set logs_uid to an empty text"),
        ({"traces_url": ""}, "traces_url = '': is missing: set the query URL of Tempo, or set traces_uid to an empty"),
        (
            {"provision_metrics": True},
            "metrics_url: is missing: provision_metrics requires the query URL",
        ),
        ({"provision_metrics": True, "metrics_url": "http://p", "metrics_uid": ""}, "metrics_uid = '': "),
        ({"traces_uid": "loki"}, "traces_uid = 'loki': two datasources have the uid loki"),
        ({"logs_uid": "TEMPO"}, "logs_uid = 'TEMPO': two datasources have the uid TEMPO"),
        ({"traces_name": "Loki"}, "traces_name = 'Loki': two datasources have the name Loki"),
        ({"default_uid": "prometheus"}, "default_uid = 'prometheus': must be the uid of a datasource"),
        ({"default_uid": "prometheus"}, "created here (loki, tempo)"),
        ({"changed_uids": ["loki", "mimir"]}, "changed_uids.1 = 'mimir': must be the uid of a datasource"),
        ({"logs_uid": "a b"}, "'a b' is no uid"),
        ({"logs_before_seconds": -5}, "must be at least 1"),
        ({"trace_patterns": {"id": "id=.*"}}, "must have a group"),
    ],
)
def test_arguments_that_grafana_would_fail_on_are_refused(args: dict[str, Any], message: str) -> None:
    assert message in refusal(**args)


def fixes(**args: Any) -> dict[str, Any]:
    return {problem.field: fix_of(problem) for problem in DatasourcesSpec.find_problems({**ARGS, **args})}


FAILED = "rate(traces_service_graph_request_failed_total{$__tags}[5m])"
BY_SPAN = {"By span": 'rate(traces_service_graph_request_total{span_name="x",$__tags}[5m])'}


@pytest.mark.parametrize(
    ("args", "place", "fix"),
    [
        ({"logs_url": ""}, "logs_url", {"logs_url": "<logs_url>"}),
        ({"traces_url": ""}, "traces_url", {"traces_url": "<traces_url>"}),
        ({"provision_metrics": True}, "metrics_url", {"metrics_url": "<metrics_url>"}),
        ({"client_certificates": True}, "client_certificates", {"tls_directory": "<tls_directory>"}),
        ({"logs_uid": "tempo"}, "logs_uid", {"logs_uid": REMOVE}),
        ({"logs_uid": "one", "metrics_uid": "one"}, "metrics_uid", {"metrics_uid": REMOVE}),
        ({"logs_name": "Tempo"}, "logs_name", {"logs_name": REMOVE}),
        ({"default_uid": "mimir"}, "default_uid", None),
        ({"changed_uids": ["loki", "mimir"]}, "changed_uids.1", {"changed_uids.1": REMOVE}),
        ({"trace_labels": ["trace_id", "traceId"]}, "trace_labels.1", {"trace_labels.1": REMOVE}),
        ({"line_fields": []}, "trace_labels.0", {"trace_labels": ["trace_id"]}),
        ({"span_tags": {"a": "pod", "b": "host"}}, "span_tags.b", {"span_tags.b": REMOVE}),
        ({"span_tags": {"b": "host"}}, "span_tags.b", {"span_tags": REMOVE}),
        ({"span_tags": {}}, "span_tags", {"span_tags": REMOVE}),
        ({"logs_query": '{cluster="a"}'}, "logs_query", {"logs_query": REMOVE}),
        ({"metrics_queries": {"Errors": FAILED}}, "metrics_queries.Errors", {"metrics_queries.Errors": REMOVE}),
        ({"metrics_tags": {"a": "client", "b": "x"}}, "metrics_tags.b", {"metrics_tags.b": REMOVE}),
        ({"metrics_tags": {"b": "x"}}, "metrics_tags.b", {"metrics_tags": REMOVE}),
        ({"metrics_queries": BY_SPAN}, "metrics_queries.By span", {"metrics_queries.By span": REMOVE}),
        (
            {"metrics_queries": {"Latency": "sum(traces_spanmetrics_latency_bucket{$__tags})"}},
            "metrics_queries.Latency",
            {"metrics_queries.Latency": REMOVE},
        ),
    ],
)
def test_a_single_wrong_entry_is_what_the_fix_removes(args: dict[str, Any], place: str, fix: Any) -> None:
    assert fixes(**args) == {place: fix}
