"""Rules before they are rendered: recording rules and alerts in groups, with the tests that each group carries.

Every source of rules (objectives, the library, files of a user) ends in these types, and every check and every
rendering starts from them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

TYPE_LABEL = "alert_type"
"""Label of an alert that pages nobody by itself; an alert without it is of type `alert`."""
OWNER_LABEL = "owner"
SEVERITY_LABEL = "severity"

SUMMARY, DESCRIPTION, IMPACT = "summary", "description", "impact"
DASHBOARD, RUNBOOK = "dashboard_url", "runbook_url"
"""Annotations of every alert that pages."""


class Severity(StrEnum):
    """What an alert asks for: `critical` wakes somebody up, `warning` is dealt with in working hours."""

    CRITICAL = "critical"
    WARNING = "warning"


class AlertType(StrEnum):
    """What an alert is there for."""

    ALERT = "alert"
    """A symptom that a receiver is paged for."""
    DEAD_MANS_SWITCH = "dead-mans-switch"
    """It always fires; its absence is the alarm."""
    INHIBITOR = "inhibitor"
    """It mutes other alerts and reaches no receiver."""
    INFO = "info"
    """It is shown in Alertmanager and reaches no receiver."""


ALERT_TYPES: Mapping[str, AlertType] = {kind.value: kind for kind in AlertType}
"""Types by the value of the label `alert_type`."""


class Language(StrEnum):
    """The language of the expressions of a group: it decides which ruler evaluates it."""

    PROMQL = "promql"
    LOGQL = "logql"


@dataclass(frozen=True)
class Record:
    """A recording rule."""

    name: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)
    line: int = field(default=0, compare=False)
    """Where it is in a file; 0 where it is in none."""

    def rendered(self) -> dict[str, Any]:
        """Return the rule in the format of Prometheus."""
        return {"record": self.name, "expr": self.expr, **({"labels": dict(self.labels)} if self.labels else {})}


@dataclass(frozen=True)
class Alert:
    """An alerting rule; its type follows from the label `alert_type`."""

    name: str
    expr: str
    pending: str = ""
    """`for` of Prometheus: how long the expression holds before the alert fires; empty where it has none."""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    keep_firing: str = ""
    """`keep_firing_for` of Prometheus."""
    line: int = field(default=0, compare=False)
    """Where it is in a file; 0 where it is in none."""

    @property
    def type(self) -> AlertType | None:
        """The type; `None` where the label has no value of it."""
        return ALERT_TYPES.get(self.labels.get(TYPE_LABEL, AlertType.ALERT))

    def rendered(self) -> dict[str, Any]:
        """Return the rule in the format of Prometheus."""
        optional = {"for": self.pending, "keep_firing_for": self.keep_firing}
        return {
            "alert": self.name,
            "expr": self.expr,
            **{key: text for key, text in optional.items() if text},
            "labels": dict(self.labels),
            "annotations": dict(self.annotations),
        }


Rule = Record | Alert


@dataclass(frozen=True)
class Firing:
    """The alerts of one name that fire at one time, as `promtool test rules` compares them: all labels of each."""

    at: str
    """Time after the first sample, such as `10m`."""
    alert: str
    labels: Sequence[Mapping[str, str]] = ()
    """Labels of each alert that fires, `alertname` left out; none where it must not fire."""


@dataclass(frozen=True)
class Case:
    """A test of the rules of a group on given series."""

    name: str
    """What holds, such as `HighErrorRate fires above its threshold`."""
    series: Mapping[str, str]
    """Samples by series, in the notation of promtool: `{'up{job="node-exporter"}': "1x10 0x20"}`."""
    firings: Sequence[Firing] = ()
    samples: Sequence[Mapping[str, Any]] = ()
    """`promql_expr_test` of promtool: expressions with the samples that they return."""
    interval: str = "1m"
    """Time between two samples."""
    recorded: Mapping[str, str] = field(default_factory=dict)
    """What groups of the same place record of `series`: promtool, which tests one group, is given it as series too."""


@dataclass(frozen=True)
class Group:
    """Rules that are evaluated together, in their order."""

    name: str
    rules: Sequence[Rule]
    place: str
    """Where it is declared, for messages: a path of a file, or `library`."""
    interval: str = ""
    """Interval of the evaluation; empty for that of the ruler."""
    language: Language = Language.PROMQL
    cases: Sequence[Case] = ()
    query_offset: str = ""
    limit: int = 0
    reads_objective: bool = False
    """Whether its rules follow from an objective and read the first group of it, whose check is theirs too."""
    partial_response: str = ""
    """`partial_response_strategy` of Thanos; empty for its own default, and in groups of Prometheus."""

    def rendered(self) -> dict[str, Any]:
        """Return the group in the format of Prometheus."""
        optional = {"interval": self.interval, "query_offset": self.query_offset, "limit": self.limit}
        return {
            "name": self.name,
            **{key: value for key, value in optional.items() if value},
            "rules": [rule.rendered() for rule in self.rules],
        }

    @property
    def beginning(self) -> str:
        """Where its first rule is."""
        line = self.rules[0].line
        return f"{self.place}:{line}" if line else self.place

    def place_of(self, index: int) -> str:
        """Return where a rule is declared: file, line, group, number and name."""
        rule = self.rules[index]
        place = f"{self.place}:{rule.line}" if rule.line else self.place
        return f"{place}: group {self.name!r}: rule {index + 1} ({rule.name})"


@dataclass(frozen=True)
class RuleProblem:
    """A problem of a rule, an objective or a route, found before anything is deployed."""

    place: str
    """Where: `slos/shop.yaml`, or what `Group.place_of` returns."""
    message: str
    """The value, the rule and the fix."""
