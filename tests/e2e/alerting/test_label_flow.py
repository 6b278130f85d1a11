"""The labels that `label_flow` expects of expressions, against those that a real Prometheus returns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from components.alerting.catalogue import Producer
from components.alerting.label_flow import Series, label_flow
from components.alerting.liveness import Liveness
from components.alerting.promql import NAME, parse
from components.alerting.rules import Alert, Group
from sandbox.commands import HOST, free_ports
from tests.e2e.metrics.programs import Programs
from tests.e2e.metrics.prometheus import Prometheus

pytestmark = pytest.mark.e2e

BARE = Producer("prometheus", ("prometheus",), {"job": ("prometheus",), "instance": ()})
"""Prometheus as it scrapes itself here: without the labels of a ServiceMonitor."""
EXPRESSIONS = (
    "up",
    "-up",
    "up == 1",
    "up == bool 1",
    "sum(up)",
    "sum by (job, cluster) (up)",
    "sum without (instance) (up)",
    "rate(prometheus_http_requests_total[1m])",
    "sum by (code) (rate(prometheus_http_requests_total[1m]))",
    "topk by (job) (1, prometheus_http_requests_total)",
    'count_values("handlers", count by (handler) (prometheus_http_requests_total))',
    "last_over_time(up[1m])",
    "max_over_time(sum by (job) (up)[1m:1s])",
    "histogram_quantile(0.9, sum by (le, handler) (rate(prometheus_http_request_duration_seconds_bucket[1m])))",
    "histogram_quantile(0.9, rate(prometheus_http_request_duration_seconds_bucket[1m]))",
    "prometheus_http_requests_total / on (job, instance) group_left () up",
    "prometheus_http_requests_total * on (job, instance) group_left (version) prometheus_build_info",
    "prometheus_http_requests_total / ignoring (code, handler) group_left () up",
    "up * on (instance) group_right () prometheus_http_requests_total",
    "sum by (job) (up) * on (job) up",
    "up > on (job) group_left () sum by (job) (up) - 1",
    "up and on (job) prometheus_build_info",
    "up unless on (job) prometheus_no_such_metric",
    "sum by (job) (up) or sum by (instance) (up)",
    "sum(up) or vector(0)",
    'label_replace(up, "service", "$1", "job", "(.*)")',
    'label_replace(up, "service", "none", "job", "x.*")',
    'label_replace(up, "instance", "", "job", ".*")',
    'label_join(up, "both", "/", "job", "instance")',
    'absent(no_such_metric{job="a", instance=~"b"})',
    'absent(up{job="a"} > 1)',
    "vector(1)",
    "day_of_week()",
    "timestamp(up)",
    "scalar(sum(up)) * up",
    "clamp_max(up, 1)",
    "prometheus_tsdb_head_series > 0 and on () sum(up) > 0",
)


@pytest.fixture(scope="module")
def prometheus(module_programs: Programs) -> Iterator[Prometheus]:
    """A Prometheus that scrapes itself."""
    (port,) = free_ports(1)
    job = {"job_name": "prometheus", "static_configs": [{"targets": [f"{HOST}:{port}"]}]}
    file = module_programs.directory / "prometheus.yaml"
    file.write_text(yaml.safe_dump({"global": {"scrape_interval": "1s"}, "scrape_configs": [job]}))
    flags = [f"--config.file={file}", f"--storage.tsdb.path={module_programs.directory / 'samples'}"]
    found = Prometheus(module_programs.start("prometheus", [*flags, f"--web.listen-address={HOST}:{port}"], port))
    found.wait_until(lambda: found.query("rate(prometheus_http_requests_total[1m]) > 0"), "a rate")
    yield found


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_result_has_the_labels_that_are_expected(prometheus: Prometheus, expression: str) -> None:
    liveness = Liveness([], [BARE])
    flow = label_flow(parse(expression), liveness.selected, ["cluster"])
    result = prometheus.query(expression)
    assert result, "the expression returns something here"
    assert isinstance(flow.series, Series)
    for labels, _ in result:
        assert _unexpected(flow.series, labels) == {}
        always = {label for label, values in flow.series.labels.items() if not values.absent}
        assert always <= labels.keys() | {NAME}


def _unexpected(series: Series, labels: dict[str, str]) -> dict[str, str]:
    """Return the labels that are not expected, or have another value."""
    known = {label: series.values(label).texts for label in labels if series.may_have(label)}
    return {
        label: text
        for label, text in labels.items()
        if label not in known or ((texts := known[label]) is not None and text not in texts)
    }


def test_the_labels_of_an_alert_are_those_that_prometheus_gives_it(prometheus: Prometheus) -> None:
    alert = Alert("Slow", "max by (job) (up) > 0", labels={"severity": "critical"})
    found = Liveness([Group("g", [alert], "here")], [BARE]).alert_labels(alert)
    ((labels, _),) = prometheus.query(alert.expr)
    assert dict(found.fixed) == {**labels, "severity": "critical", "alertname": "Slow"}
    assert not found.open and not found.closed and not found.others
