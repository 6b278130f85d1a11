"""Runbooks: each alert of ours has one with every section, and what is missing is a problem with its place."""

import promql_parser
import pytest

from components.alerting.chart_alerts import documented_chart_alerts
from components.alerting.library import documented_alerts
from components.alerting.objective_runbooks import objective_alerts
from components.alerting.rules import Alert, AlertType, Group, Language
from components.alerting.runbooks import (
    HEADINGS,
    Documented,
    Query,
    missing_runbooks,
    runbook_problems,
    runbook_text,
    template_text,
)

TEMPLATE = "https://wiki.example.org/runbooks/{alert}"
OURS = [*documented_alerts(), *objective_alerts(), *documented_chart_alerts()]


@pytest.mark.parametrize("alert", OURS, ids=lambda alert: alert.name)
def test_every_alert_of_ours_has_a_whole_runbook(alert: Documented) -> None:
    text = runbook_text(alert)
    assert not list(runbook_problems(f"{alert.name}.md", text))
    assert [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")] == list(HEADINGS)
    assert alert.runbook.diagnose, "more than the expression of the alert"
    assert "$labels" not in text, "a page is no template of Prometheus"


def test_queries_of_runbooks_are_promql() -> None:
    queries = [step.expr for alert in OURS for step in alert.runbook.diagnose if isinstance(step, Query)]
    promql = [
        step.expr
        for alert in OURS
        for step in alert.runbook.diagnose
        if isinstance(step, Query) and step.language is Language.PROMQL
    ]
    assert len(queries) > len(promql) > 20
    assert all(promql_parser.parse(expr) for expr in promql)


def test_the_template_has_every_section() -> None:
    assert not list(runbook_problems("template.md", template_text()))


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", list(HEADINGS)),
        ("## Meaning\n\nIt is broken.\n", ["Impact", "Diagnose", "Resolve", "Escalate"]),
        (template_text().replace("Whom to call, and after how many minutes.", ""), ["Escalate"]),
    ],
)
def test_a_section_that_is_missing_or_empty_is_a_problem(text: str, missing: list[str]) -> None:
    problems = list(runbook_problems("runbooks/Broken.md", text))
    assert [problem.message.partition(":")[0].removeprefix("## ") for problem in problems] == missing
    assert {problem.place for problem in problems} == {"runbooks/Broken.md"}


def alert(address: str, *, kind: str = "") -> Group:
    labels = {"alert_type": kind} if kind else {}
    annotations = {"runbook_url": address} if address else {}
    return Group("shop", [Alert("Broken", "up == 0", "5m", labels, annotations)], "rules/shop.yaml")


@pytest.mark.parametrize("address", ["", "https://wiki.example.org/runbooks/Broken"])
def test_an_alert_without_a_runbook_is_a_problem(address: str) -> None:
    (problem,) = missing_runbooks([alert(address)], [], TEMPLATE)
    assert problem.place == "rules/shop.yaml: group 'shop': rule 1 (Broken)"
    assert problem.message == (
        f"runbook_url = {address or '(missing)'}: is no runbook; write Broken.md with the sections Meaning, Impact, "
        "Diagnose, Resolve, Escalate, or set the address of another"
    )


def test_an_alert_with_a_runbook_here_or_elsewhere_is_none() -> None:
    assert not list(missing_runbooks([alert("https://wiki.example.org/runbooks/Broken")], ["Broken"], TEMPLATE))
    assert not list(missing_runbooks([alert("https://shop.example.org/broken.html")], [], TEMPLATE))
    assert not list(missing_runbooks([alert("", kind=AlertType.INFO)], [], TEMPLATE)), "nobody is paged"
