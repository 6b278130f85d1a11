"""Requests that are made up for the queries of an objective, on the metrics that an application declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from components.alerting.catalogue import ApplicationMetric
from components.alerting.indicator_queries import read_query
from components.alerting.objective_rules import objective_groups
from components.alerting.objective_traffic import NotCountedError, NoTrafficError, traffic
from components.alerting.objectives import Indicator, Objective
from tests.promtool import failures

OPEN: dict[str, Any] = {"type": "counter", "labels": {"service": [], "status": [], "method": []}}
CLOSED: dict[str, Any] = {"type": "counter", "labels": {"status": ["200", "404", "503"]}}
HISTOGRAM: dict[str, Any] = {"type": "histogram", "labels": {"service": []}, "buckets": [0.1, 0.3, 1]}
DECLARED: Mapping[str, Any] = {"open_total": OPEN, "closed_total": CLOSED, "seconds": HISTOGRAM}
METRICS = {name: ApplicationMetric.model_validate(metric) for name, metric in DECLARED.items()}


def objective(total: str, *, bad: str = "", good: str = "", target: str = "0.999") -> Objective:
    return Objective(
        service="shop",
        name="x",
        description="x",
        target=Decimal(target),
        period="30d",
        indicator=Indicator(
            read_query(total).query,
            good=read_query(good).query if good else None,
            bad=read_query(bad).query if bad else None,
        ),
        owner="shop",
        impact="x",
        dashboard_url="https://grafana.example.org",
        runbook_url="https://wiki.example.org/{alert}",
        place="x",
        minimum_requests=1,
    )


RATIO = objective('open_total{service="shop"}', bad='open_total{service="shop",status=~"5.."}')
FAST = objective("seconds_count", good='seconds_bucket{le="0.3"}')
WITH_LATENCY = objective(
    'sum(rate(open_total{method!="OPTIONS"}[{{.window}}]))',
    good='sum(rate(seconds_bucket{service=~"sho.",le="0.3"}[{{.window}}]))',
)
BOTH = objective(
    "sum(rate(closed_total[{{.window}}]))",
    bad='(sum(rate(closed_total{status="503"}[{{.window}}])) or vector(0))'
    ' + sum(rate(closed_total{status="404"}[{{.window}}]))',
)
DIFFERENCE = objective(
    "open_total", good='sum(rate(open_total[{{.window}}])) - sum(rate(open_total{status="500"}[{{.window}}]))'
)
OF_SCRAPE = objective('closed_total{namespace="shop"}', bad='closed_total{namespace="shop",status!~"2..|4.."}')


@pytest.mark.parametrize(
    ("stated", "good", "failed"),
    [
        (
            RATIO,
            {'open_total{service="shop",status="200",method="GET"}'},
            {'open_total{service="shop",status="500",method="GET"}'},
        ),
        (
            FAST,
            {f'seconds_bucket{{service="shop",le="{le}"}}' for le in ("0.1", "0.3", "1.0", "+Inf")}
            | {'seconds_count{service="shop"}'},
            {f'seconds_bucket{{service="shop",le="{le}"}}' for le in ("1.0", "+Inf")}
            | {'seconds_count{service="shop"}'},
        ),
        (BOTH, {'closed_total{status="200"}'}, {'closed_total{status="404"}'}),
        (
            OF_SCRAPE,
            {'closed_total{status="200",namespace="shop"}'},
            {'closed_total{status="503",namespace="shop"}'},
        ),
    ],
)
def test_a_good_and_a_failed_request_follow_from_the_queries(
    stated: Objective, good: set[str], failed: set[str]
) -> None:
    found = traffic(stated, METRICS)
    assert (set(found.good), set(found.failed)) == (good, failed)


def test_a_border_that_the_histogram_has_not_is_no_requests() -> None:
    with pytest.raises(NoTrafficError, match=r"no request on the declared metrics is good by .*le=\"0.35\""):
        traffic(objective("seconds_count", good='seconds_bucket{le="0.35"}'), METRICS)


def test_failures_outside_of_all_requests_are_found() -> None:
    with pytest.raises(NoTrafficError, match="no request on the declared metrics fails by"):
        traffic(objective('open_total{method="GET"}', bad='open_total{method="POST"}'), METRICS)


@pytest.mark.parametrize(
    ("total", "bad", "reason"),
    [
        ("unknown_total", "unknown_total", "unknown_total is no counter or histogram of application_metrics"),
        ("seconds_sum", "seconds_sum", "seconds_sum is no counter"),
        ("sum(rate(open_total[{{.window}}])) * 2", "open_total", "the queries are not sums of counters"),
        ("open_total", 'open_total{status=~"(5|4)[0-9]{2}"}', "is a regular expression that no example was found of"),
    ],
)
def test_other_queries_have_no_requests(total: str, bad: str, reason: str) -> None:
    with pytest.raises(NotCountedError) as refused:
        traffic(objective(total, bad=bad), METRICS)
    assert reason in str(refused.value)


@pytest.mark.parametrize("target", ["0.5", "0.87", "0.93", "0.95", "0.98", "0.99", "0.999", "0.99999"])
@pytest.mark.parametrize("stated", [RATIO, FAST, WITH_LATENCY, BOTH, DIFFERENCE])
def test_the_queries_fire_on_raw_series(stated: Objective, target: str, tmp_path: Path) -> None:
    found = objective_groups([replace(stated, target=Decimal(target))], with_cases=True, metrics=METRICS)
    counts, rates = found.short
    raw = [case for case in rates.cases if case.recorded]
    assert len(raw) == len(counts.cases) == 1
    assert bool(raw[0].firings) is (float(target) > 0.86)
    assert not failures(tmp_path, [counts, replace(rates, cases=raw)])


def test_a_sum_that_needs_series_of_two_kinds_of_failures_does_not_hold(tmp_path: Path) -> None:
    both = 'sum(rate(closed_total{status="503"}[{{.window}}])) + sum(rate(closed_total{status="404"}[{{.window}}]))'
    found = objective_groups([objective("closed_total", bad=both)], with_cases=True, metrics=METRICS)
    assert "slo:errors:rate5m" in failures(tmp_path, found.short), "nothing, where one of the two has no series"


def test_without_declared_metrics_there_are_no_such_cases() -> None:
    counts, rates = objective_groups([RATIO], with_cases=True).short
    assert not counts.cases and not [case for case in rates.cases if case.recorded]
