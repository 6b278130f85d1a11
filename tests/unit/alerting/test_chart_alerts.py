"""What a stack may change of the chart's alerts, and their documents; the chart itself is rendered elsewhere."""

import pytest

from components.alerting.chart_alert_table import KEPT, LEFT_OUT
from components.alerting.chart_alerts import (
    OF_CHART,
    ChartAlerts,
    chart_override_problems,
    documented_chart_alerts,
)
from components.alerting.library import library_alerts
from components.alerting.overrides import AlertOverride
from components.alerting.rules import Severity
from components.alerting.shapes import Links
from components.metrics.spec import ALERT_RULES
from tests.chart_alert_cases import EXAMPLES

LINKS = Links("https://grafana.example.org", "https://wiki.example.org/runbooks/{alert}")


def test_few_alerts_are_kept_and_each_has_an_example() -> None:
    assert 20 <= len(KEPT) <= 40
    assert EXAMPLES.keys() == KEPT.keys()
    assert {kept.section for kept in KEPT.values()} <= set(ALERT_RULES)


def test_no_name_is_that_of_an_alert_of_the_library() -> None:
    assert not KEPT.keys() & {alert.name for alert in library_alerts()}
    assert "Watchdog" in LEFT_OUT and "Watchdog" not in OF_CHART, "that of the library is changed by this name"


def test_a_stack_that_scrapes_nothing_has_one_section() -> None:
    values = ChartAlerts(frozenset(), LINKS).values()["defaultRules"]
    assert [section for section, enabled in values["rules"].items() if enabled] == ["general"]
    assert values["additionalRuleGroupLabels"] == {"general": {"owner": "platform"}}
    assert "TargetDown" not in values["disabled"]
    assert "additionalRuleLabels" not in values, "they would be labels of every record"


@pytest.mark.parametrize(
    ("name", "override", "message"),
    [
        ("KubeJobFailed", AlertOverride(enabled=False), "enabled = false: must have a reason"),
        ("KubeJobFailed", AlertOverride(pending="1h"), "pending = 1h: is fixed by the chart"),
        (
            "NodeFileDescriptorLimit",
            AlertOverride(severity=Severity.WARNING),
            "severity = warning: the chart has a rule of each severity",
        ),
        ("NodeCPUHighUsage", AlertOverride(severity=Severity.WARNING), "is left out: its severity is info or none"),
    ],
)
def test_an_override_that_the_chart_cannot_take_is_a_problem(name: str, override: AlertOverride, message: str) -> None:
    (problem,) = chart_override_problems("alerts", {name: override})
    assert (problem.place, problem.message[: len(message)]) == (f"alerts.{name}", message)


def test_severity_and_reasons_are_no_problem() -> None:
    overrides = {
        "KubeJobFailed": AlertOverride(enabled=False, reason="Jobs are retried"),
        "KubeNodeNotReady": AlertOverride(severity=Severity.CRITICAL),
        "HighCPU": AlertOverride(threshold=0.5),
    }
    assert not list(chart_override_problems("alerts", overrides))


def test_what_is_kept_is_documented() -> None:
    assert [alert.name for alert in documented_chart_alerts()] == sorted(KEPT)
