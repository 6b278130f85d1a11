"""The rules that every alert keeps."""

from dataclasses import replace

import pytest

from components.alerting.discipline import discipline_problems
from components.alerting.rules import Alert, Group, Record

PAGE = Alert(
    "CheckoutSlow",
    "service:latency:p99 > 1",
    "10m",
    {"severity": "warning", "owner": "shop"},
    {
        "summary": "Slow.",
        "description": "It takes {{ $value | humanizeDuration }}.",
        "impact": "Customers wait.",
        "dashboard_url": "https://grafana.example.org/d/a",
        "runbook_url": "https://example.org/CheckoutSlow",
    },
)
WATCHDOG = Alert("Watchdog", "vector(1)", labels={"alert_type": "dead-mans-switch", "severity": "none"})


def messages(*alerts: Alert) -> list[str]:
    found = discipline_problems([Group("shop", [Record("a:b:c", "x"), *alerts], "shop.yaml")])
    return [f"{problem.place}: {problem.message}" for problem in found]


def test_a_complete_alert_and_a_dead_mans_switch_are_taken() -> None:
    assert messages(PAGE, WATCHDOG) == []


@pytest.mark.parametrize("severity", ["notice", "info", ""])
def test_there_are_two_severities(severity: str) -> None:
    (found,) = messages(replace(PAGE, labels={"owner": "shop", "severity": severity}))
    assert found.startswith("shop.yaml: group 'shop': rule 2 (CheckoutSlow): severity = " + (severity or "(missing)"))
    assert "must be critical" in found


@pytest.mark.parametrize("pending", ["", "0s"])
def test_an_alert_holds_for_some_time(pending: str) -> None:
    (found,) = messages(replace(PAGE, pending=pending))
    assert "for is missing" in found


def test_an_alert_has_an_owner() -> None:
    (found,) = messages(replace(PAGE, labels={"severity": "critical"}))
    assert "owner is missing" in found


@pytest.mark.parametrize("name", ["summary", "description", "impact", "dashboard_url", "runbook_url"])
def test_an_alert_has_every_annotation(name: str) -> None:
    (found,) = messages(replace(PAGE, annotations={**PAGE.annotations, name: " "}))
    assert f"{name} is missing" in found


def test_two_alerts_have_two_names() -> None:
    (found,) = messages(PAGE, PAGE)
    assert "alert = CheckoutSlow: is the name of an alert in shop.yaml: group 'shop': rule 2" in found
    assert found.startswith("shop.yaml: group 'shop': rule 3")


def test_an_alert_of_another_type_has_no_severity() -> None:
    (found,) = messages(replace(WATCHDOG, labels={"alert_type": "inhibitor", "severity": "critical"}))
    assert "severity = critical: must be none for an alert of type inhibitor" in found


def test_an_unknown_type_is_named() -> None:
    (found,) = messages(replace(WATCHDOG, labels={"alert_type": "heartbeat", "severity": "none"}))
    assert "alert_type = heartbeat: must be one of dead-mans-switch, inhibitor, info" in found


@pytest.mark.parametrize("expr", ["instance:node_disk:predicted_full_hours < 24", "(expiry - time()) / 86400 < 14"])
def test_hours_are_not_printed_as_seconds(expr: str) -> None:
    (found,) = messages(replace(PAGE, expr=expr))
    assert "humanizeDuration reads $value as seconds" in found
