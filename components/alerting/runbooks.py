"""Runbooks: what the person on call reads, as a page for each alert, and the check that none is missing.

A runbook of the library is part of its alert; those of users are markdown files named after the alert.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .rules import RUNBOOK, Alert, AlertType, Group, Language, RuleProblem

_LABEL = re.compile(r"\{\{ \$labels\.(\w+) \}\}")
HEADINGS = ("Meaning", "Impact", "Diagnose", "Resolve", "Escalate")
"""The sections of every runbook, in their order."""
ALERT_PLACEHOLDER = "{alert}"
"""What the setting of the address of runbooks has in place of the name of the alert."""


@dataclass(frozen=True)
class Query:
    """A step of a diagnosis: what a query shows, and the query."""

    shows: str
    expr: str
    language: Language = Language.PROMQL


@dataclass(frozen=True)
class Runbook:
    """What to do about one alert; its impact is that of the alert."""

    meaning: str
    """What is broken, and how the alert knows."""
    diagnose: Sequence[Query | str]
    """Queries and commands that find the cause, the alert's own expression left out."""
    resolve: Sequence[str]
    """What repairs it, the most probable cause first."""
    escalate: str
    """Whom to call, and when."""


@dataclass(frozen=True)
class Documented:
    """An alert as its runbook and the table of alerts show it."""

    name: str
    type: AlertType
    severity: str
    pending: str
    owner: str
    expr: str
    language: Language
    producers: Sequence[str]
    summary: str
    impact: str
    symptom: str
    runbook: Runbook
    expr_shows: str = "The expression of the alert"


def runbook_address(template: str, alert: str) -> str:
    """Return the address of the runbook of an alert; `template` has `{alert}` in place of the name."""
    return template.replace(ALERT_PLACEHOLDER, alert)


def runbook_text(alert: Documented) -> str:
    """Return the runbook of an alert in Markdown."""
    own = Query(alert.expr_shows, alert.expr, alert.language)
    noticed = f"\n\nWhat users notice: {alert.symptom}" if alert.symptom else ""
    sections = {
        "Meaning": alert.runbook.meaning,
        "Impact": f"{_with_labels(alert.impact)}{noticed}",
        "Diagnose": "\n".join(_step(number, step) for number, step in enumerate([own, *alert.runbook.diagnose], 1)),
        "Resolve": "\n".join(f"{number}. {step}" for number, step in enumerate(alert.runbook.resolve, 1)),
        "Escalate": alert.runbook.escalate,
    }
    return _page(alert.name, f"{_with_labels(alert.summary)}.\n\n{_facts(alert)}", sections)


def _with_labels(text: str) -> str:
    """Return a text of an alert with the names of labels in place of templates that print them."""
    return _LABEL.sub(r"`<\1>`", text)


def template_text() -> str:
    """Return the template of a runbook of a user's own alert."""
    sections = {
        "Meaning": "What is broken, and how the alert knows: the expression in a sentence.",
        "Impact": "Who notices what, and how much of the error budget it costs.",
        "Diagnose": "1. The expression of the alert, in a block of code.\n2. The query that tells the causes apart.",
        "Resolve": "1. The most probable cause, and the command that repairs it.",
        "Escalate": "Whom to call, and after how many minutes.",
    }
    return _page("<alert>", "What happened, in one line.", sections)


def missing_runbooks(groups: Sequence[Group], written: Collection[str], template: str) -> Iterator[RuleProblem]:
    """Yield each alert without a runbook.

    `written` are the names of the alerts that have one at the address that `template` makes; an alert may lead to
    another address.
    """
    for group in groups:
        for index, rule in enumerate(group.rules):
            if not isinstance(rule, Alert) or rule.type is not AlertType.ALERT or rule.name in written:
                continue
            address = rule.annotations.get(RUNBOOK, "")
            if address in ("", runbook_address(template, rule.name)):
                yield RuleProblem(
                    group.place_of(index),
                    f"{RUNBOOK} = {address or '(missing)'}: is no runbook; write {rule.name}.md with the sections "
                    f"{', '.join(HEADINGS)}, or set the address of another",
                )


def runbook_problems(place: str, text: str) -> Iterator[RuleProblem]:
    """Yield each section that a runbook of a user lacks or has empty."""
    sections = _sections(text)
    for heading in HEADINGS:
        if not sections.get(heading.lower()):
            yield RuleProblem(place, f"## {heading}: is missing or empty; add the section")


def _sections(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    heading = ""
    for line in text.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ").strip().lower()
            found[heading] = ""
        elif heading:
            found[heading] += line.strip()
    return found


def _facts(alert: Documented) -> str:
    severity = "pages nobody" if alert.type is not AlertType.ALERT else f"severity {alert.severity}"
    pending = f", after {alert.pending}" if alert.pending else ""
    producers = f"; from {', '.join(alert.producers)}" if alert.producers else ""
    return f"Type `{alert.type}`, {severity}{pending}, owner `{alert.owner}`{producers}."


def _step(number: int, step: Query | str) -> str:
    if isinstance(step, str):
        return f"{number}. {step}"
    query = "\n".join(f"   {line}" for line in step.expr.splitlines())
    return f"{number}. {step.shows}:\n\n   ```{step.language}\n{query}\n   ```"


def _page(title: str, beginning: str, sections: Mapping[str, str]) -> str:
    return "\n\n".join([f"# {title}", beginning, *(f"## {name}\n\n{text}" for name, text in sections.items())]) + "\n"
