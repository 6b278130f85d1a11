"""Objectives against Sloth, from its Go module: the same conditions of alerts, and the same ratios."""

import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from promql_parser import AggregateExpr, BinaryExpr, Call, MatrixSelector, NumberLiteral, ParenExpr, VectorSelector

from components.alerting.objective_rules import BURNS, objective_groups, ratio_record
from components.alerting.objectives import Indicator, Objective, Query
from components.alerting.rules import Alert, Rule
from tests.installed_tools import require

pytestmark = pytest.mark.e2e


def query(selector: str) -> Query:
    return Query((f"sum(rate({selector}[", "]))"))


AVAILABILITY = Objective(
    service="shop",
    name="availability",
    description="Requests are answered",
    target=Decimal("0.999"),
    period="30d",
    indicator=Indicator(query("http_requests_total"), bad=query('http_requests_total{code="500"}')),
    owner="payments",
    impact="Customers cannot pay",
    dashboard_url="https://grafana.example.org/d/slo",
    runbook_url="https://runbooks.example.org/{alert}.md",
    place="slos/shop.yaml",
    minimum_requests=10,
)
LATENCY = replace(
    AVAILABILITY,
    name="latency",
    indicator=Indicator(query("latency_seconds_count"), good=query('latency_seconds_bucket{le="0.3"}')),
)


def rules_of(objective: Objective) -> list[Rule]:
    return [rule for group in objective_groups([objective]).short for rule in group.rules]


def sloth_rules(directory: Path, objective: Objective) -> dict[str, list[Any]]:
    """Return what Sloth makes of the same objective: expressions by the record, or the severity of the alert."""
    require("sloth")
    indicator, place = objective.indicator, "{{.window}}"
    total = indicator.total.over(place)
    if indicator.bad:
        sli: dict[str, Any] = {"events": {"error_query": indicator.bad.over(place), "total_query": total}}
    else:
        assert indicator.good
        sli = {"raw": {"error_ratio_query": f"1 - (({indicator.good.over(place)}) / ({total}))"}}
    alerting = {"name": BURNS, "page_alert": {"labels": {}}, "ticket_alert": {"labels": {}}}
    slo = {"name": objective.name, "objective": float(objective.target * 100), "sli": sli, "alerting": alerting}
    document = {"version": "prometheus/v1", "service": objective.service, "slos": [slo]}
    (directory / "slo.yaml").write_text(yaml.safe_dump(document))
    command = ["sloth", "generate", "--no-log", "-i", "slo.yaml", f"--default-slo-period={objective.period}"]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True)
    found: dict[str, list[Any]] = {}
    for group in yaml.safe_load(done.stdout)["groups"]:
        for rule in group["rules"]:
            key = rule.get("record") or rule["labels"]["sloth_severity"]
            found.setdefault(key, []).append(normal(promql_parser.parse(rule["expr"])))
    return found


def normal(expr: Any) -> Any:
    """Return an expression as nested tuples: without parentheses, the label `sloth_id` and the prefix of the others."""
    if isinstance(expr, ParenExpr):
        return normal(expr.expr)
    if isinstance(expr, NumberLiteral):
        return round(expr.val, 12)
    if isinstance(expr, BinaryExpr):
        if str(expr.op) == "*":
            return round(normal(expr.lhs) * normal(expr.rhs), 12)
        return (str(expr.op), normal(expr.lhs), normal(expr.rhs))
    if isinstance(expr, AggregateExpr):
        labels = expr.modifier and (
            str(expr.modifier.type),
            [name.removeprefix("sloth_") for name in expr.modifier.labels],
        )
        return (str(expr.op), labels, normal(expr.expr))
    if isinstance(expr, Call):
        return (expr.func.name, *map(normal, expr.args))
    if isinstance(expr, MatrixSelector):
        return (normal(expr.vector_selector), expr.range)
    assert isinstance(expr, VectorSelector)
    matchers = ((one.name.removeprefix("sloth_"), str(one.op), one.value) for one in expr.matchers.matchers)
    return (expr.name, sorted(matcher for matcher in matchers if matcher[0] != "id"))


def without_zero(expr: Any) -> Any:
    """Return an expression without the zero that stands for a missing series."""
    if not isinstance(expr, tuple):
        return expr
    if expr[0] == "or" and expr[2] == ("vector", 0):
        return without_zero(expr[1])
    return tuple(map(without_zero, expr))


@pytest.mark.parametrize("period", ["28d", "30d"])
@pytest.mark.parametrize("target", ["0.9995", "0.999", "0.99", "0.95"])
@pytest.mark.parametrize("objective", [AVAILABILITY, LATENCY], ids=lambda one: one.name)
def test_alerts_on_burn_rates_are_those_of_sloth(
    tmp_path: Path, objective: Objective, target: str, period: str
) -> None:
    objective = replace(objective, target=Decimal(target), period=period)
    sloth = sloth_rules(tmp_path, objective)
    ours: dict[str, list[Any]] = {}
    for alert in rules_of(objective):
        if isinstance(alert, Alert) and alert.name == BURNS:
            both = promql_parser.parse(alert.expr)
            assert isinstance(both, BinaryExpr) and str(both.op) == "and", (
                "the minimum of traffic follows the condition"
            )
            ours.setdefault(alert.labels["severity"], []).append(normal(both.lhs))
    assert [("or", *ours["critical"])] == sloth["page"]
    assert [("or", *ours["warning"])] == sloth["ticket"]


@pytest.mark.parametrize("objective", [AVAILABILITY, LATENCY], ids=lambda one: one.name)
def test_ratios_up_to_six_hours_are_those_of_sloth(tmp_path: Path, objective: Objective) -> None:
    sloth = sloth_rules(tmp_path, objective)
    ours = {rule.name: rule.expr for rule in rules_of(objective)}
    for record in map(ratio_record, ("5m", "30m", "1h", "2h", "6h")):
        assert [without_zero(normal(promql_parser.parse(ours[record])))] == sloth[record]
