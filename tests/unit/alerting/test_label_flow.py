"""The labels of results; `tests/e2e/alerting/test_label_flow.py` compares them with those of Prometheus itself."""

import pytest

from components.alerting.label_flow import Flow, Series, Values, label_flow
from components.alerting.promql import NAME, Selector, parse


def _one(*texts: str, absent: bool = False) -> Values:
    return Values(frozenset(texts) if texts else None, absent)


METRICS = {
    "requests_total": {"job": _one("shop", "cart"), "instance": _one(), "code": _one("200", "500")},
    "up": {"job": _one("shop", "cart", "node"), "instance": _one()},
    "latency_bucket": {"job": _one("shop"), "instance": _one(), "le": _one("0.1", "+Inf")},
    "owner": {"job": _one("ksm"), "pod": _one(), "owner": _one(absent=True), "node": _one()},
    "usage": {"job": _one("kubelet"), "pod": _one()},
}


def _select(selector: Selector) -> Series:
    labels = METRICS[selector.name]
    return Series({NAME: _one(selector.name), **labels}).selected(selector.matchers)


def _flow(expression: str) -> Flow:
    return label_flow(parse(expression), _select, ["cluster"])


def _labels(expression: str) -> set[str]:
    series = _flow(expression).series
    assert series is not None
    return set(series.labels)


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("up", {NAME, "job", "instance"}),
        ("rate(requests_total[5m])", {"job", "instance", "code"}),
        ("last_over_time(up[5m])", {NAME, "job", "instance"}),
        ("-up", {"job", "instance"}),
        ("up == 0", {NAME, "job", "instance"}),
        ("up == bool 0", {"job", "instance"}),
        ("up * 2", {"job", "instance"}),
        ("sum(up)", set()),
        ("sum by (job, cluster) (up)", {"job"}),
        ("sum without (instance) (up)", {"job"}),
        ("topk by (job) (1, up)", {NAME, "job", "instance"}),
        ('count_values("version", up)', {"version"}),
        ("histogram_quantile(0.9, sum by (le, job) (rate(latency_bucket[5m])))", {"job"}),
        ("requests_total / on (job, instance) group_left () up", {"job", "instance", "code"}),
        ("requests_total / ignoring (code) group_left () up", {"job", "instance", "code"}),
        ("up * on (instance) group_right () requests_total", {"job", "instance", "code"}),
        ("usage * on (pod) group_left (node) owner", {"job", "pod", "node"}),
        ("sum by (pod) (usage) * on (pod) owner", {"pod"}),
        ("sum by (job) (up) or sum(up)", {"job"}),
        ("up and on (job) requests_total", {NAME, "job", "instance"}),
        ("up unless on (job) requests_total", {NAME, "job", "instance"}),
        ('label_replace(up, "service", "$1", "job", "(.*)")', {NAME, "job", "instance", "service"}),
        ('label_replace(up, "instance", "", "job", ".*")', {NAME, "job"}),
        ('label_join(up, "both", "/", "job", "instance")', {NAME, "job", "instance", "both"}),
        ('absent(up{job="shop", instance=~"a.*"})', {"job"}),
        ("absent(sum(up))", set()),
        ("vector(1)", set()),
        ("max_over_time(sum by (job) (up)[5m:1m])", {"job"}),
        ("day_of_week()", set()),
        ("scalar(sum(up)) * up", {"job", "instance"}),
    ],
)
def test_a_result_has_the_labels_that_reach_it(expression: str, labels: set[str]) -> None:
    assert _labels(expression) == labels
    assert _flow(expression).problems == ()


def test_a_scalar_has_no_series() -> None:
    assert _flow("1 + time()").series is None


def test_values_are_narrowed_by_matchers_and_matches() -> None:
    series = _flow('up{job=~"shop|node"} and on (job) requests_total').series
    assert series is not None and series.values("job") == _one("shop")
    series = _flow('label_replace(up{job="shop"}, "service", "$1", "job", "(.+)")').series
    assert series is not None and series.values("service") == _one("shop")


def test_a_label_that_only_one_side_of_or_has_may_be_absent() -> None:
    series = _flow("sum by (job) (up) or sum by (instance) (up)").series
    assert series is not None
    assert series.values("job").absent and series.values("instance").absent


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("sum by (host) (up)", "sum by (host): its operand must have the label, and has instance, job"),
        ("up * on (pod) usage", "* on (pod): the left side must have the label, and has instance, job"),
        ("usage * on (pod) group_left (host) owner", "group_left (host): the right side must have the label"),
        ('up{job="shop"} / usage', 'the left one has job="shop", the right one has job="kubelet"'),
        ("sum by (job) (up) > vector(1)", "the right one has no job"),
        ("sum by (job) (up) and sum(up)", "the right one has no job"),
        ("sum by (job) (up) unless sum(up)", "the right one has no job"),
        ("histogram_quantile(0.9, sum(rate(latency_bucket[5m])))", "must have the label le, and has none"),
        ('label_replace(up, "service", "$1", "host", "(.*)")', "label_replace (host)"),
    ],
)
def test_what_can_never_match_is_a_problem(expression: str, problem: str) -> None:
    (found,) = _flow(expression).problems
    assert problem in found


@pytest.mark.parametrize(
    "expression",
    [
        "sum by (cluster, job) (up)",
        "up * on (cluster, job) group_left () sum by (cluster, job) (up)",
        "sum(up) or vector(0)",
        "sum by (job) (up) or vector(0)",
        "sum by (job) (up) * on () group_left () vector(1)",
        "sum(up) and on () sum(requests_total) > 1",
        "owner * on (owner) owner",
    ],
)
def test_what_may_match_is_none(expression: str) -> None:
    assert _flow(expression).problems == ()
