"""The runbooks of the alerts on objectives."""

import promql_parser

from components.alerting.objective_rules import ABSENT, BURNS, LOW, SLA_MISSED, SPENT
from components.alerting.objective_runbooks import objective_alerts
from components.alerting.runbooks import Query, runbook_problems, runbook_text


def test_each_alert_on_objectives_has_a_runbook() -> None:
    assert [alert.name for alert in objective_alerts()] == sorted([ABSENT, BURNS, LOW, SPENT, SLA_MISSED])
    for alert in objective_alerts():
        assert list(runbook_problems(alert.name, runbook_text(alert))) == []


def test_queries_of_runbooks_are_promql() -> None:
    for alert in objective_alerts():
        for step in alert.runbook.diagnose:
            if isinstance(step, Query):
                promql_parser.parse(step.expr)
