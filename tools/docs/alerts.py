"""The page about alerts, and the runbook of each."""

from components.alerting.chart_alert_table import KEPT, LEFT_OUT
from components.alerting.chart_alerts import CHART, documented_chart_alerts
from components.alerting.library import documented_alerts, logs
from components.alerting.objective_runbooks import objective_alerts
from components.alerting.runbooks import Documented, runbook_text, template_text
from tools.docs.markdown import GENERATED, page, table

RUNBOOKS = "docs/runbooks"
TEMPLATE = f"{RUNBOOKS}/template.md"


def alerts_page() -> str:
    """Return the page: the alerts of the library, those of the chart, and what is left out of it."""
    left_out = [[f"`{name}`", str(reason)] for name, reason in sorted(LEFT_OUT.items())]
    kept = [
        [_link(alert), alert.severity, alert.pending, ", ".join(alert.producers), KEPT[alert.name].why]
        for alert in documented_chart_alerts()
    ]
    return page(
        "Alerts",
        [
            "A stack has those that it scrapes the producers of. Severity, time, owner and threshold can be changed;",
            f"each has a runbook. [The template](../runbooks/{TEMPLATE.rpartition('/')[2]}) is for alerts of your own.",
        ],
        ["## Library"],
        table(
            ["alert", "type", "severity", "for", "expression", "owner", "needs"],
            [_row(alert) for alert in documented_alerts()],
        ),
        ["## Objectives"],
        ["Each objective has these, here those of an example of 99.9 % in 30 days."],
        table(
            ["alert", "severity", "for", "fires when"],
            [[_link(alert), alert.severity, alert.pending, alert.summary] for alert in objective_alerts()],
        ),
        [f"## {CHART}"],
        ["Texts, expressions and times are those of the chart; owner is `platform`."],
        table(["alert", "severity", "for", "needs", "kept because"], kept),
        [f"## Left out of {CHART}"],
        table(["alert", "reason"], left_out),
        ["## Queries of logs"],
        ["For panels and Explore: Loki's ruler records nothing here."],
        table(["shows", "LogQL"], [[name, f"`{query}`"] for name, query in logs.QUERIES.items()]),
    )


def runbooks() -> dict[str, str]:
    """Return the runbook of every alert, and the template, by path."""
    alerts = [*documented_alerts(), *objective_alerts(), *documented_chart_alerts()]
    pages = {f"{RUNBOOKS}/{alert.name}.md": runbook_text(alert) for alert in alerts}
    return {path: f"{GENERATED}\n\n{text}" for path, text in {**pages, TEMPLATE: template_text()}.items()}


def _row(alert: Documented) -> list[str]:
    return [
        _link(alert),
        alert.type.value,
        alert.severity,
        alert.pending,
        f"`{alert.expr}`",
        alert.owner,
        ", ".join(alert.producers),
    ]


def _link(alert: Documented) -> str:
    return f"[{alert.name}](../runbooks/{alert.name}.md)"
