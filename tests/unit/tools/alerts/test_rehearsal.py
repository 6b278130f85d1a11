"""What is planned of a rehearsal, and how its page is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from components.alerting.rules import Alert, Case, Firing, Group, Language, Record
from tools.alerts.local import Page
from tools.alerts.rehearsal import NotRehearsableError, announced, described, planned

SERIES = {"up": "0x60"}
SILENT = Case("Down does not fire", {"up": "1x60"}, [Firing("10m", "Down")])
FIRES = Case("Down fires", SERIES, [Firing("5m", "Down"), Firing("10m", "Down", [{"severity": "critical"}])])
GROUP = Group(
    "targets",
    [Record("a:b:c", "up"), Alert("Down", "up == 0"), Alert("Untested", "up == 2")],
    "x",
    cases=[SILENT, FIRES],
)
ON_LOGS = Group("logs", [Alert("Errors", "vector(1)")], "x", language=Language.LOGQL)


def test_the_test_in_which_the_alert_fires_is_run_in_the_time_that_was_asked_for() -> None:
    rehearsal = planned([ON_LOGS, GROUP], "Down", 30)
    assert (rehearsal.groups, rehearsal.case, rehearsal.firing) == ((GROUP,), FIRES, FIRES.firings[1])
    assert rehearsal.series == SERIES
    assert float(rehearsal.scale) == pytest.approx(30 / 600)
    assert rehearsal.seconds == pytest.approx(30)
    assert rehearsal.scrape_interval == timedelta(seconds=3)


OF_SHOP = {"service": "shop", "slo": "availability"}
COUNTED = 'slo:requests:rate5m{service="shop",slo="availability"}'
RAW = Case(
    "Burn fires", {"requests_total": "0+60x60"}, [Firing("10m", "Burn", [{}])], recorded={COUNTED: "1x60", "b:c:d": "1"}
)
COUNTS = Group(
    "shop-counts", [Record("slo:requests:rate5m", "sum(rate(requests_total[5m]))", OF_SHOP)], "slos/shop.yaml"
)
BURNS = Group("shop", [Record("slo:x:y", "x", OF_SHOP), Alert("Burn", f"{COUNTED} > 0")], "slos/shop.yaml", cases=[RAW])


def test_what_a_group_of_the_stack_records_is_recorded_and_not_replayed() -> None:
    rehearsal = planned([COUNTS, GROUP, BURNS], "Burn", 30)
    assert rehearsal.groups == (COUNTS, BURNS)
    assert rehearsal.series == {"requests_total": "0+60x60", "b:c:d": "1"}
    said = list(announced(rehearsal, "compiled from stack dev"))
    assert (
        said[0]
        == "Burn: Prometheus and Alertmanager run on this machine; rules and routes are compiled from stack dev."
    )
    assert said[2:4] == ["  requests_total  0+60x60", "  b:c:d           1"]


def test_the_objective_of_an_alert_is_chosen() -> None:
    other = replace(
        BURNS, name="other", rules=[replace(BURNS.rules[0], labels={**OF_SHOP, "slo": "latency"}), BURNS.rules[1]]
    )
    assert planned([BURNS, other], "Burn", 30).groups[-1] == BURNS
    assert planned([BURNS, other], "Burn", 30, "shop/latency").groups[-1] == other
    with pytest.raises(
        NotRehearsableError, match="shop/x is no objective with Burn; there are shop/availability, shop/la"
    ):
        planned([BURNS, other], "Burn", 30, "shop/x")


@pytest.mark.parametrize(("seconds", "expected"), [(0.1, 2), (10**6, 600)])
def test_time_passes_neither_faster_than_samples_can_be_taken_nor_slower_than_it_does(
    seconds: float, expected: float
) -> None:
    assert planned([GROUP], "Down", seconds).seconds == pytest.approx(expected)


def test_the_longest_interval_of_a_case_still_fits_its_samples() -> None:
    rare = replace(GROUP, cases=[replace(FIRES, interval="30s")])
    assert planned([rare], "Down", 0).scrape_interval.total_seconds() == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("alert", "reason"),
    [
        ("Dwon", "Dwon is no alert that the stack compiles on metrics or logs; use one of Down, Errors, Untested"),
        ("a:b:c", "has no test in which it fires"),
        ("Errors", "Errors is an alert on logs; rehearse one on metrics"),
        ("Untested", "Untested has no test in which it fires and whose series are known"),
    ],
)
def test_what_cannot_be_rehearsed_is_refused_with_the_reason(alert: str, reason: str) -> None:
    with pytest.raises(NotRehearsableError, match=reason):
        planned([GROUP, ON_LOGS], alert, 30)


def test_a_page_is_shown_as_the_person_on_call_reads_it() -> None:
    alert = {
        "labels": {"alertname": "Down", "severity": "critical", "job": "shop"},
        "annotations": {"dashboard_url": "d", "impact": "i", "summary": "s", "other": "o"},
    }
    assert list(described(Page("pager", "firing", [alert], {}))) == [
        "firing Down → pager  (job=shop, severity=critical)",
        "  summary        s",
        "  impact         i",
        "  dashboard_url  d",
        "  other          o",
    ]
