"""What is planned of a rehearsal, and how its page is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from components.alerting.rules import Alert, Case, Firing, Group, Language, Record
from tools.alerts.local import Page
from tools.alerts.rehearsal import NotRehearsableError, described, planned

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
    assert (rehearsal.group, rehearsal.case, rehearsal.firing) == (GROUP, FIRES, FIRES.firings[1])
    assert float(rehearsal.scale) == pytest.approx(30 / 600)
    assert rehearsal.seconds == pytest.approx(30)
    assert rehearsal.scrape_interval == timedelta(seconds=3)


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
