"""A link to a label or metric that nothing in the stack provides is refused."""

from typing import Any

import pytest

from components._spec import REMOVE
from components.datasources.model import VALUE
from components.datasources.spec import DatasourcesSpec
from tests.fixes import fix_of, refusal

ARGS = {
    "namespace": "grafana",
    "logs_url": "http://loki-gateway.logging",
    "traces_url": "http://tempo.tracing:3200",
    "log_labels": ["namespace", "pod"],
    "generated_metrics": ["traces_service_graph_request_total", "traces_spanmetrics_latency_bucket"],
}
FAILED = "rate(traces_service_graph_request_failed_total{$__tags}[5m])"
CALLS = "rate(traces_service_graph_request_total{$__tags}[5m])"


def test_a_link_from_a_label_that_no_line_carries_is_refused() -> None:
    message = refusal(DatasourcesSpec, {**ARGS, "trace_labels": ["trace_id", "traceId"]})
    assert 'trace_labels.1 = "traceId": ' in message
    assert "detected_level, namespace, pod, service_name, span_id, trace_id" in message
    assert "log_labels" in message
    assert "trace_labels.0" not in message


def test_a_link_may_start_at_structured_metadata_of_the_collectors() -> None:
    args = {**ARGS, "log_metadata": ["requestTrace"], "trace_labels": ["requestTrace", "trace_id"]}
    links = DatasourcesSpec.check("Datasources", args).trace_links()
    assert [link.field.name for link in links] == ["requestTrace", "trace_id"]


@pytest.mark.parametrize("name", ["requestTrace", "trace_id", "detected_level"])
def test_streams_are_not_selected_by_structured_metadata(name: str) -> None:
    message = refusal(DatasourcesSpec, {**ARGS, "log_metadata": ["requestTrace"], "span_tags": {"trace.id": name}})
    assert (
        f"maps trace.id to the label {name!r}, which no log stream has (there are namespace, pod, service_name)"
        in message
    )


def test_a_link_to_a_label_that_no_stream_carries_is_refused() -> None:
    tags = {"service.name": "service", "k8s.namespace.name": "namespace"}
    message = refusal(DatasourcesSpec, {**ARGS, "span_tags": tags})
    assert 'span_tags.service.name = "service": ' in message
    assert "span_tags.k8s.namespace.name" not in message


def test_a_query_that_selects_by_a_label_that_no_stream_carries_is_refused() -> None:
    message = refusal(DatasourcesSpec, {**ARGS, "logs_query": '{${__tags}, cluster="a"} |= "${__span.traceId}"'})
    assert "selects by the label 'cluster'" in message


def test_a_link_to_logs_that_selects_by_nothing_is_refused() -> None:
    assert "must select by a label" in refusal(DatasourcesSpec, {**ARGS, "span_tags": {}})


def test_a_link_to_a_metric_that_nothing_writes_is_refused() -> None:
    message = refusal(DatasourcesSpec, {**ARGS, "metrics_queries": {"Errors": FAILED}})
    assert "metrics_queries.Errors = " in message
    assert "requires the metric traces_service_graph_request_failed_total" in message
    assert "traces_service_graph_request_total, traces_spanmetrics_latency_bucket" in message
    assert "application_metrics" in message


def test_a_tag_that_is_no_label_of_the_metric_is_refused() -> None:
    tags = {"service.name": "service"}
    message = refusal(DatasourcesSpec, {**ARGS, "metrics_queries": {"Calls": CALLS}, "metrics_tags": tags})
    assert 'metrics_tags.service.name = "service": ' in message
    assert "client, cluster, connection_type" in message


def test_a_dimension_of_tempo_is_a_label_of_its_metrics() -> None:
    tags = {"service.name": "server", "deployment.environment": "server_deployment_environment"}
    dimensions = ["server_deployment_environment"]
    assert DatasourcesSpec.check(
        "Datasources", {**ARGS, "metrics_queries": {"Calls": CALLS}, "metrics_tags": tags, "metric_labels": dimensions}
    )


def test_a_query_without_a_metric_is_refused() -> None:
    assert "must select a metric" in refusal(DatasourcesSpec, {**ARGS, "metrics_queries": {"Nothing": "vector(1)"}})


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"logs_url": ""}, 'logs_url = "": is missing'),
        ({"traces_url": ""}, 'traces_url = "": is missing'),
        (
            {"provision_metrics": True},
            "metrics_url: is missing: provision_metrics",
        ),
        ({"provision_metrics": True, "metrics_url": "http://p", "metrics_uid": ""}, 'metrics_uid = "": '),
        ({"traces_uid": "loki"}, 'traces_uid = "loki": must be unique'),
        ({"logs_uid": "TEMPO"}, 'logs_uid = "TEMPO": must be unique'),
        ({"traces_name": "Loki"}, 'traces_name = "Loki": must be unique'),
        ({"default_uid": "prometheus"}, 'default_uid = "prometheus": '),
        ({"default_uid": "prometheus"}, "(loki, tempo)"),
        ({"changed_uids": ["loki", "mimir"]}, 'changed_uids.1 = "mimir": '),
        ({"logs_uid": "a b"}, 'logs_uid = "a b": must be at most 40'),
        ({"logs_before_seconds": -5}, "logs_before_seconds = -5: must be at least 1"),
        ({"trace_patterns": {"id": "id=.*"}}, "must have a group"),
        ({"log_links": {"a": {"url": f"/d/x?{VALUE}"}}}, "log_links.a = {"),
        ({"log_links": {"a": {"url": f"/d/x?{VALUE}"}}}, "must have either label or pattern"),
        ({"log_links": {"a": {"label": "nope", "url": VALUE}}}, "reads the label 'nope', which no log line has"),
        ({"log_links": {"a": {"label": "service_name", "url": "/d/x"}}}, "must hold ${__value.raw}, which stands for"),
        ({"log_links": {"trace_id": {"label": "service_name", "url": VALUE}}}, "the name of a link to traces"),
        ({"log_links": {"a": {"pattern": "id=.*", "url": VALUE}}}, "must have a group"),
    ],
)
def test_arguments_that_grafana_would_fail_on_are_refused(args: dict[str, Any], message: str) -> None:
    assert message in refusal(DatasourcesSpec, {**ARGS, **args})


def fixes(**args: Any) -> dict[str, Any]:
    return {problem.field: fix_of(problem) for problem in DatasourcesSpec.find_problems({**ARGS, **args})}


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
