"""Metrics and labels are read from queries as Prometheus and Loki would read them."""

import pytest

from components.datasources.link_checks import label_names, metric_names, stream_labels


@pytest.mark.parametrize(
    ("query", "metrics"),
    [
        ("up", {"up"}),
        ("sum by (client,server)(rate(a_total{$__tags}[$__rate_interval]))", {"a_total"}),
        ('sum(rate(a_total{x="by (b_total)"}[5m])) by (job)', {"a_total"}),
        ("a_total / on(job) group_left(team) b_info", {"a_total", "b_info"}),
        ('histogram_quantile(0.99, sum(rate(a_bucket{le!="+Inf"}[5m] offset 1h)) by (le))', {"a_bucket"}),
        ("job:a:rate5m > bool 1e3 and on() vector(1)", {"job:a:rate5m"}),
        ('{__name__="a_total", job="x"}', {"a_total"}),
        ("max_over_time(a[1h:5m]) unless a > +Inf", {"a"}),
        ("a @ end()", {"a"}),
        ("${metric}", set()),
        ("1 + 2", set()),
    ],
)
def test_the_metrics_of_a_promql_query_are_found(query: str, metrics: set[str]) -> None:
    assert metric_names(query) == metrics


def test_labels_matched_and_grouped_by_are_found_without_those_in_strings() -> None:
    query = 'sum by (client, server)(rate(a_total{$__tags, code=~"5..", path!="{x=1}"}[5m]))'
    assert label_names(query) == {"client", "server", "code", "path"}


def test_the_labels_of_a_stream_selector_are_found_without_the_variables() -> None:
    query = '{${__tags}, namespace="x", pod=~`a-.*`} |= "${__span.traceId}" | line_format `{{.msg}}`'
    assert stream_labels(query) == {"namespace", "pod"}
