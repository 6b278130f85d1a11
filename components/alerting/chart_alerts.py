"""Alerts of the chart kube-prometheus-stack: the values that deploy those that are kept, and those that are not judged.

The chart's records stay as they are. Owners are labels of a whole section of the chart: its only label for all alerts
would be a label of every record too.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..metrics.spec import ALERT_RULES
from .chart_alert_table import KEPT, LEFT_OUT, Kept
from .library import library_alerts
from .overrides import AlertOverride
from .rules import (
    DASHBOARD,
    DESCRIPTION,
    IMPACT,
    OWNER_LABEL,
    RUNBOOK,
    Alert,
    AlertType,
    Group,
    Language,
    RuleProblem,
)
from .runbooks import Documented, runbook_address
from .shapes import SYMPTOM, Links

CHART = "kube-prometheus-stack"
OF_CHART = frozenset({*KEPT, *LEFT_OUT}) - {alert.name for alert in library_alerts()}
"""The names of alerts that are the chart's alone."""
_PLATFORM = "platform"


@dataclass(frozen=True)
class ChartAlerts:
    """The alerts of the chart in one stack."""

    producers: Collection[str]
    links: Links
    overrides: Mapping[str, AlertOverride] = field(default_factory=dict)
    owner: str = _PLATFORM

    @property
    def deployed(self) -> dict[str, Kept]:
        """The alerts that are kept and whose metrics the stack has."""
        return {
            name: kept
            for name, kept in KEPT.items()
            if kept.producers <= set(self.producers) and self._override(name).enabled
        }

    def values(self) -> dict[str, Any]:
        """Return the values of the chart: sections without an alert are off, other alerts disabled one by one."""
        deployed = self.deployed
        sections = {kept.section for kept in deployed.values()}
        return {
            "defaultRules": {
                "rules": {section: section in sections for section in ALERT_RULES},
                "disabled": {name: True for name in sorted({*KEPT, *LEFT_OUT}) if name not in deployed},
                "additionalRuleGroupLabels": {section: {OWNER_LABEL: self.owner} for section in sorted(sections)},
                "additionalRuleAnnotations": {name: self._annotations(name, kept) for name, kept in deployed.items()},
            },
            "customRules": {name: rule for name, kept in deployed.items() if (rule := self._custom(name, kept))},
        }

    def _override(self, name: str) -> AlertOverride:
        return self.overrides.get(name, AlertOverride())

    def _annotations(self, name: str, kept: Kept) -> dict[str, str]:
        description = {DESCRIPTION: kept.description} if kept.description else {}
        return {
            **description,
            IMPACT: kept.impact,
            SYMPTOM: kept.symptom,
            DASHBOARD: self.links.dashboard(kept.dashboard, kept.query, Language.PROMQL, ()),
            RUNBOOK: runbook_address(self.links.runbook_url, name),
        }

    def _custom(self, name: str, kept: Kept) -> dict[str, str]:
        stated = self._override(name).severity
        severity = stated or (kept.severities[0] if len(kept.severities) == 1 else None)
        return {"severity": severity.value} if severity else {}


def unexpected_alerts(groups: Iterable[Group]) -> Iterator[RuleProblem]:
    """Yield each alert of the chart that is not kept, such as a new one of another version."""
    for group in groups:
        for index, rule in enumerate(group.rules):
            if isinstance(rule, Alert) and rule.name not in KEPT:
                yield RuleProblem(
                    group.place_of(index),
                    f"alert = {rule.name}: is an alert of the chart that is not judged yet; add it to those that are "
                    "left out",
                )


def chart_override_problems(place: str, overrides: Mapping[str, AlertOverride]) -> Iterator[RuleProblem]:
    """Yield what cannot be changed of alerts of the chart."""
    for name, override in overrides.items():
        where = f"{place}.{name}"
        if name in OF_CHART and name in LEFT_OUT:
            yield RuleProblem(where, f"is left out: {LEFT_OUT[name]}; remove it, or write a rule of your own")
        elif name in KEPT:
            if not override.enabled and not override.reason:
                yield RuleProblem(where, "enabled = false: must have a reason; add `reason`")
            for field_name, value in override.changes.items():
                if field_name != "severity":
                    yield RuleProblem(where, f"{field_name} = {value}: is fixed by the chart; remove it")
                elif len(KEPT[name].severities) > 1:
                    yield RuleProblem(where, f"severity = {value}: the chart has a rule of each severity; remove it")


def documented_chart_alerts() -> list[Documented]:
    """Return every alert that is kept with its runbook, sorted by name; expressions and `for` are the chart's."""
    return [
        Documented(
            name=name,
            type=AlertType.ALERT,
            severity=", ".join(kept.severities),
            pending=kept.pending,
            owner=_PLATFORM,
            expr=kept.query,
            expr_shows="Its signal, in short",
            language=Language.PROMQL,
            producers=sorted(kept.producers),
            summary=kept.summary,
            impact=kept.impact,
            symptom=kept.symptom,
            runbook=kept.runbook,
        )
        for name, kept in sorted(KEPT.items())
    ]
