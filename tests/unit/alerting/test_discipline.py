"""The rules that every alert keeps."""

from dataclasses import replace

import pytest

from components.alerting.discipline import discipline_problems
from components.alerting.rules import Alert, Group, Language, Record

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
@pytest.mark.parametrize("text", ["{{ $value | humanizeDuration }}", "{{ humanizeDuration $value }}"])
def test_hours_are_not_printed_as_seconds(expr: str, text: str) -> None:
    (found,) = messages(replace(PAGE, expr=expr, annotations={**PAGE.annotations, "description": text}))
    assert "humanizeDuration reads $value as seconds" in found


RATIO = "sum by (service) (rate(errors_total[5m])) / sum by (service) (rate(requests_total[5m]))"
RECORDS = [
    Record("service:errors:ratio5m", RATIO),
    Record("service:requests:rate5m", "sum by (service) (rate(requests_total[5m]))"),
    Record("service:requests:irate", "sum by (service) (irate(requests_total[5m]))"),
    Record("a:b:c", "d:e:f"),
    Record("d:e:f", "a:b:c"),
]


def messages_of(expr: str, language: Language = Language.PROMQL) -> list[str]:
    alert = replace(PAGE, expr=expr, annotations={**PAGE.annotations, "description": "Slow."})
    return [
        found.message for found in discipline_problems([Group("shop", [*RECORDS, alert], "shop.yaml", "", language)])
    ]


@pytest.mark.parametrize(
    "expr", ["sum by (service) (irate(requests_total[5m])) > 100", "service:requests:irate > 100", "idelta(x[5m]) > 1"]
)
def test_no_page_rests_on_the_last_two_samples(expr: str) -> None:
    (found,) = messages_of(expr)
    assert "reads the last two samples alone" in found and "use rate" in found


@pytest.mark.parametrize(
    "expr",
    [
        f"{RATIO} > 0.05",
        "service:errors:ratio5m > 0.05",
        "sum by (service) (rate(errors_total[5m])) > 0.05 * sum by (service) (rate(requests_total[5m]))",
        "sum by (service) (rate(requests_total[5m])) / 20 < sum by (service) (rate(errors_total[5m]))",
    ],
)
def test_a_ratio_has_a_minimum_of_traffic(expr: str) -> None:
    (found,) = messages_of(expr)
    assert found.startswith("expr compares a ratio without a minimum of traffic") and "add the traffic" in found
    assert messages_of(f"{expr} and service:requests:rate5m > 1") == []


FAILED, LINES = (f'sum by (app) (rate({{app=~".+"}} {text}[5m]))' for text in ('| json | a="b" and c > 1 ', ""))


@pytest.mark.parametrize("expr", [f"{FAILED} / {LINES} > 0.05", f"100 * ({FAILED} / {LINES}) >= 5"])
def test_a_ratio_of_lines_has_a_minimum_of_lines(expr: str) -> None:
    (found,) = messages_of(expr, Language.LOGQL)
    assert found.startswith("expr compares a ratio without a minimum of traffic") and "count_over_time" in found
    assert messages_of(f"{expr} and {LINES} > 1", Language.LOGQL) == []


@pytest.mark.parametrize("expr", [f"{FAILED} / ({LINES} > 1) > 0.05", f"{FAILED} / 60 > 1", f"{LINES} > 1"])
def test_what_is_no_ratio_of_lines_or_has_its_minimum_is_taken(expr: str) -> None:
    assert messages_of(expr, Language.LOGQL) == []


def test_records_that_read_each_other_and_what_is_no_promql_are_left_to_other_checks() -> None:
    assert messages_of("a:b:c > 1") == messages_of("sum(") == []
    assert messages_of('sum(rate({app="a"} |= "x" [5m])) > 1', Language.LOGQL) == []
