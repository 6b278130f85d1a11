"""Typed alerts: a shape states what the person on call must know, and makes the rule and the test cases of it.

Cases are run on the very expression: the alert fires beyond its threshold after its `for` and not before, does not fire
below it, and does not fire at the border.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from urllib.parse import quote, urlencode

from ..units import parse_duration
from .discipline import NO_SEVERITY
from .rules import (
    DASHBOARD,
    DESCRIPTION,
    IMPACT,
    OWNER_LABEL,
    RUNBOOK,
    SEVERITY_LABEL,
    SUMMARY,
    TYPE_LABEL,
    Alert,
    AlertType,
    Case,
    Firing,
    Language,
    Severity,
)
from .runbooks import Runbook, runbook_address

SYMPTOM = "symptom"
"""Annotation of an alert of a typed shape: what users notice."""
SPARSE_MINUTES = 5
"""Minutes between two failures of what is tried again and again: Tempo polls its blocks, Alertmanager sends a group and
rules over days are evaluated once in five minutes by default."""
_RATE_WINDOW = "15m"
"""Window of the rate of a counter: three steps of `SPARSE_MINUTES`, so that it never sees no increase in between."""
_STEADY = 10
"""Minutes that the series of a case go on after the alert is to fire."""


class Unit(StrEnum):
    """What a value counts; it decides how a notification prints it."""

    RATIO = "ratio"
    SECONDS = "seconds"
    HOURS = "hours"
    DAYS = "days"
    BYTES = "bytes"
    NUMBER = "number"
    PER_SECOND = "per second"

    @property
    def template(self) -> str:
        """The template that prints the value of an alert; `humanizeDuration` reads seconds alone."""
        return _TEMPLATES[self]

    def text(self, number: float) -> str:
        """Return a number of this unit in words, such as `5%` and `24 hours`."""
        return f"{number * 100:g}%" if self is Unit.RATIO else f"{number:g}{_SUFFIXES[self]}"


_TEMPLATES = {
    Unit.RATIO: "{{ $value | humanizePercentage }}",
    Unit.SECONDS: "{{ $value | humanizeDuration }}",
    Unit.HOURS: '{{ $value | printf "%.1f" }} hours',
    Unit.DAYS: '{{ $value | printf "%.1f" }} days',
    Unit.BYTES: "{{ $value | humanize1024 }}B",
    Unit.NUMBER: "{{ $value | humanize }}",
    Unit.PER_SECOND: "{{ $value | humanize }}/s",
}
_SUFFIXES = {
    Unit.SECONDS: "s",
    Unit.HOURS: " hours",
    Unit.DAYS: " days",
    Unit.BYTES: "B",
    Unit.NUMBER: "",
    Unit.PER_SECOND: "/s",
}


@dataclass(frozen=True)
class Links:
    """Where notifications lead to."""

    grafana_url: str
    """Address of Grafana, without a slash at its end."""
    runbook_url: str
    """Address of a runbook, with `{alert}` in place of the name of the alert."""
    dashboards: Mapping[str, str] = field(default_factory=dict)
    """Uid of the dashboard of a topic; where a topic has none, Grafana's Explore opens with the expression."""
    metrics_uid: str = "prometheus"
    logs_uid: str = "loki"

    def dashboard(self, topic: str, expr: str, language: Language, labels: Sequence[str]) -> str:
        """Return the address of the dashboard of a topic, its variables set to labels of the alert."""
        if uid := self.dashboards.get(topic):
            variables = "&".join(f"var-{label}={{{{ $labels.{label} | urlquery }}}}" for label in labels)
            return f"{self.grafana_url}/d/{uid}" + (f"?{variables}" if variables else "")
        uid = self.metrics_uid if language is Language.PROMQL else self.logs_uid
        pane = {
            "datasource": uid,
            "queries": [{"refId": "A", "datasource": {"uid": uid}, "expr": expr}],
            "range": {"from": "now-3h", "to": "now"},
        }
        panes = json.dumps({"a": pane}, separators=(",", ":"))
        query = urlencode({"schemaVersion": 1, "orgId": 1, "panes": panes}, quote_via=quote)
        return f"{self.grafana_url}/explore?{query}"


Series = Callable[[float, int], Mapping[str, str]]
"""The series that give an expression a value for so many minutes, with a sample each minute."""


@dataclass(frozen=True)
class Signal:
    """A value that an alert compares: its expression, its unit, and the series that give it a value in a case."""

    expr: str
    unit: Unit
    labels: Mapping[str, str]
    """Labels of its result in the cases."""
    series: Series
    warm_up: int = 0
    """Minutes until the value is that of the series."""
    sparse: Callable[[int], Mapping[str, str]] | None = None
    """Of a counter: the series that grow by 1 once in `SPARSE_MINUTES`, for so many minutes."""


def selector(metric: str, labels: Mapping[str, str]) -> str:
    """Return a metric with its labels: `up{job="node-exporter"}`."""
    matchers = ",".join(f'{name}="{text}"' for name, text in labels.items())
    return f"{metric}{{{matchers}}}" if matchers else metric


def gauge(metric: str, unit: Unit, labels: Mapping[str, str]) -> Signal:
    """Return the signal of a recorded series or a gauge, whatever its labels; `labels` are those of the cases."""

    def series(value: float, minutes: int) -> Mapping[str, str]:
        return {selector(metric, labels): f"{value:.12g}x{minutes}"}

    return Signal(metric, unit, labels, series)


def counter(
    metric: str, by: Mapping[str, str], *, matchers: Mapping[str, str] | None = None, unit: Unit = Unit.PER_SECOND
) -> Signal:
    """Return the signal of the increase per second of a counter in `_RATE_WINDOW`, summed by labels."""
    matchers = matchers or {}
    one = selector(metric, {**by, **matchers})

    def series(value: float, minutes: int) -> Mapping[str, str]:
        return {one: f"0+{value * 60:.12g}x{minutes}"}

    expr = f"sum by ({', '.join(by)}) (rate({selector(metric, matchers)}[{_RATE_WINDOW}]))"
    warm_up = parse_duration(_RATE_WINDOW) // timedelta(minutes=1)
    return Signal(expr, unit, by, series, warm_up, lambda minutes: {one: sparse_counter(minutes)})


def sparse_counter(minutes: int) -> str:
    """Return the samples of a counter, one a minute, that grows by 1 once in `SPARSE_MINUTES`."""
    return " ".join(f"{count}x{SPARSE_MINUTES - 1}" for count in range(minutes // SPARSE_MINUTES + 1))


@dataclass(frozen=True, kw_only=True)
class Shape(ABC):
    """An alert that pages.

    In its texts, `{value}` is the value in its unit and `{threshold}` what it is compared to.
    """

    name: str
    severity: Severity
    pending: str
    """`for`: how long it holds before it fires."""
    owner: str
    summary: str
    description: str
    impact: str
    """Whom it affects, and how."""
    symptom: str
    """What users notice."""
    dashboard: str
    """Topic of the dashboard that shows it."""
    runbook: Runbook
    labels: Mapping[str, str] = field(default_factory=dict)
    """Further labels; `{owner}` is the owner."""

    type = AlertType.ALERT
    language = Language.PROMQL

    @property
    @abstractmethod
    def expr(self) -> str:
        """The expression."""

    @property
    def explored(self) -> str:
        """The expression without its threshold, which a graph shows."""
        return self.expr

    @property
    @abstractmethod
    def result(self) -> Mapping[str, str]:
        """The labels of the result of the expression in the cases."""

    @abstractmethod
    def cases(self) -> Sequence[Case]:
        """Return the cases: it fires, it does not, and it does not at the border."""

    def alert(self, links: Links) -> Alert:
        """Return the rule."""
        return Alert(
            self.name,
            self.expr,
            pending=self.pending,
            labels=self._labels(),
            annotations={
                SUMMARY: self._printed(self.summary),
                DESCRIPTION: self._printed(self.description),
                IMPACT: self.impact,
                SYMPTOM: self.symptom,
                DASHBOARD: links.dashboard(self.dashboard, self.explored, self.language, [*self.result]),
                RUNBOOK: runbook_address(links.runbook_url, self.name),
            },
        )

    def _labels(self) -> dict[str, str]:
        further = {name: text.replace("{owner}", self.owner) for name, text in self.labels.items()}
        return {SEVERITY_LABEL: self.severity.value, OWNER_LABEL: self.owner, **further}

    def _printed(self, text: str) -> str:
        return text

    @property
    def _pending_minutes(self) -> int:
        return -(-parse_duration(self.pending) // timedelta(minutes=1))

    def _minutes(self, warm_up: int = 0) -> int:
        return warm_up + self._pending_minutes + _STEADY

    def _fires(self, series: Mapping[str, str], *, begins: int = 0) -> Case:
        """Return the case that it fires after its `for` and not before, on series that it holds for from a minute."""
        pending = self._pending_minutes
        before = [Firing(f"{pending - 1}m", self.name)] if pending else []
        after = Firing(f"{begins + pending + 1}m", self.name, [{**self.result, **self._labels()}])
        return Case(f"{self.name} fires", series, [*before, after])

    def _silent(self, when: str, series: Mapping[str, str], *, begins: int = 0) -> Case:
        return Case(
            f"{self.name} does not fire {when}", series, [Firing(f"{begins + self._pending_minutes + 1}m", self.name)]
        )


@dataclass(frozen=True, kw_only=True)
class _Threshold(Shape):
    signal: Signal
    threshold: float

    @property
    def explored(self) -> str:
        return self.signal.expr

    @property
    def result(self) -> Mapping[str, str]:
        return self.signal.labels

    def _printed(self, text: str) -> str:
        unit = self.signal.unit
        return text.replace("{value}", unit.template).replace("{threshold}", unit.text(self.threshold))

    def _series(self, value: float) -> Mapping[str, str]:
        return self.signal.series(value, self._minutes(self.signal.warm_up))

    @property
    def _higher(self) -> float:
        if self.signal.unit is Unit.RATIO and self.threshold < 1:
            return (1 + self.threshold) / 2
        return self.threshold + (abs(self.threshold) / 2 or 1)

    @property
    def _lower(self) -> float:
        return self.threshold / 2


@dataclass(frozen=True, kw_only=True)
class Above(_Threshold):
    """A signal above a threshold."""

    @property
    def expr(self) -> str:
        """The signal above its threshold."""
        return f"{self.signal.expr} > {self.threshold:g}"

    def cases(self) -> Sequence[Case]:
        """Return the cases above, below and at the threshold."""
        begins = self.signal.warm_up
        below = self._silent("below its threshold", self._series(self._lower), begins=begins)
        return [
            self._fires(self._series(self._higher), begins=begins),
            *([below] if self._lower < self.threshold else []),
            self._silent("at its threshold", self._series(self.threshold), begins=begins),
            *self._sparse_cases(),
        ]

    def _sparse_cases(self) -> Sequence[Case]:
        """Return the case that it fires on a counter that grows now and then, where any increase is too much."""
        signal = self.signal
        if signal.sparse is None or self.threshold:
            return []
        case = self._fires(signal.sparse(self._minutes(signal.warm_up)), begins=signal.warm_up)
        return [replace(case, name=f"{self.name} fires on an increase once in {SPARSE_MINUTES} minutes")]


@dataclass(frozen=True, kw_only=True)
class Below(_Threshold):
    """A signal below a threshold above zero."""

    @property
    def expr(self) -> str:
        """The signal below its threshold."""
        return f"{self.signal.expr} < {self.threshold:g}"

    def cases(self) -> Sequence[Case]:
        """Return the cases below, above and at the threshold."""
        begins = self.signal.warm_up
        return [
            self._fires(self._series(self._lower), begins=begins),
            self._silent("above its threshold", self._series(self._higher), begins=begins),
            self._silent("at its threshold", self._series(self.threshold), begins=begins),
        ]


@dataclass(frozen=True, kw_only=True)
class FullWithin(Below):
    """Space that is predicted to be used up within hours: a signal in hours that is negative where space grows."""

    free: Signal
    """The share of the space that is left, of the same labels as the hours."""
    much: float = 0.2
    """The share at which much is left: what fills a disk at first, such as images of a new node, soon ends."""

    @property
    def expr(self) -> str:
        """The hours that are left, where there are fewer than the threshold and not much is left."""
        hours = f"{self.signal.expr} > 0 and {self.signal.expr} < {self.threshold:g}"
        return f"{hours} and {self.free.expr} < {self.much:g}"

    def cases(self) -> Sequence[Case]:
        """Return the cases of `Below`, that of space that grows, and that of much space."""
        much = {**self.signal.series(self._lower, self._minutes()), **self.free.series(self.much, self._minutes())}
        return [
            *super().cases(),
            self._silent("where space grows", self._series(-self.threshold)),
            self._silent("where much is left", much),
        ]

    def _series(self, value: float) -> Mapping[str, str]:
        return {**super()._series(value), **self.free.series(self.much / 2, self._minutes())}


@dataclass(frozen=True, kw_only=True)
class RatioAbove(_Threshold):
    """A ratio above a threshold where there is enough traffic for it to mean something."""

    traffic: Signal
    """The traffic, of the same labels as the ratio."""
    minimum: float
    """The traffic that the ratio needs to be looked at, which is not enough yet."""

    @property
    def expr(self) -> str:
        """The ratio above its threshold, with more traffic than the minimum."""
        return f"{self.signal.expr} > {self.threshold:g} and {self.traffic.expr} > {self.minimum:g}"

    def cases(self) -> Sequence[Case]:
        """Return the cases above, below and at the threshold, and at the minimum of traffic."""
        begins = max(self.signal.warm_up, self.traffic.warm_up)
        busy = self.traffic.series(self.minimum * 2 or 1, self._minutes(begins))
        quiet = self.traffic.series(self.minimum, self._minutes(begins))
        return [
            self._fires({**busy, **self._series(self._higher)}, begins=begins),
            self._silent("below its threshold", {**busy, **self._series(self._lower)}, begins=begins),
            self._silent("at its threshold", {**busy, **self._series(self.threshold)}, begins=begins),
            self._silent("at the minimum of traffic", {**quiet, **self._series(self._higher)}, begins=begins),
        ]

    def _printed(self, text: str) -> str:
        return super()._printed(text).replace("{minimum}", self.traffic.unit.text(self.minimum))


@dataclass(frozen=True, kw_only=True)
class TargetDown(Shape):
    """Targets of a job that cannot be scraped."""

    job: str
    target: Mapping[str, str]
    """Labels of a target in the cases."""

    @property
    def expr(self) -> str:
        """The targets that are down."""
        return f"{self.explored} == 0"

    @property
    def explored(self) -> str:
        """Whether the targets are up."""
        return selector("up", {"job": self.job})

    @property
    def result(self) -> Mapping[str, str]:
        """The labels of the target in the cases."""
        return {"job": self.job, **self.target}

    def cases(self) -> Sequence[Case]:
        """Return the cases of a target that is down, up, and down for less than `for`."""
        up, pending = selector("up", self.result), self._pending_minutes
        return [
            self._fires({up: f"0x{self._minutes()}"}),
            self._silent("while the target is up", {up: f"1x{self._minutes()}"}),
            # Down from minute 0 to the last one before the time of `for`.
            self._silent("for an outage shorter than its time", {up: f"0x{pending - 1} 1x{_STEADY}"}),
        ]


@dataclass(frozen=True, kw_only=True)
class Absent(Shape):
    """A series that nothing delivers."""

    metric: str
    matchers: Mapping[str, str] = field(default_factory=dict)

    @property
    def expr(self) -> str:
        """The absence of the series."""
        return f"absent({self.explored})"

    @property
    def explored(self) -> str:
        """The series."""
        return selector(self.metric, self.matchers)

    @property
    def result(self) -> Mapping[str, str]:
        """The labels of the matchers."""
        return self.matchers

    def cases(self) -> Sequence[Case]:
        """Return the cases of a series that is absent, delivered, and absent for less than `for`."""
        pending = self._pending_minutes
        # A series without staleness marker is found for another 5 minutes.
        back = f"_x{pending - 1} 1x{_STEADY}" if pending > 1 else f"1x{_STEADY}"
        return [
            self._fires({}),
            self._silent("while the series is delivered", {self.explored: f"1x{self._minutes()}"}),
            self._silent("where the series comes back within its time", {self.explored: back}),
        ]


@dataclass(frozen=True, kw_only=True)
class LogLines(Shape):
    """More log lines in a window than a threshold, in LogQL: promtool has no cases of it, `lokitool` its syntax."""

    query: str
    """Selector and pipeline of the lines."""
    by: Sequence[str]
    """Index labels that lines are counted by."""
    threshold: float
    window: str = "5m"

    language = Language.LOGQL

    @property
    def expr(self) -> str:
        """The number of lines above the threshold."""
        return f"{self.explored} > {self.threshold:g}"

    @property
    def explored(self) -> str:
        """The number of lines."""
        return f"sum by ({', '.join(self.by)}) (count_over_time({self.query} [{self.window}]))"

    @property
    def result(self) -> Mapping[str, str]:
        """The labels that lines are counted by."""
        return dict.fromkeys(self.by, "")

    def cases(self) -> Sequence[Case]:
        """Return none: promtool evaluates PromQL alone."""
        return []

    def _printed(self, text: str) -> str:
        return text.replace("{value}", Unit.NUMBER.template).replace("{threshold}", f"{self.threshold:g}")


@dataclass(frozen=True, kw_only=True)
class Quiet(ABC):
    """An alert that pages nobody by itself."""

    name: str
    owner: str
    summary: str
    description: str
    runbook: Runbook
    severity = NO_SEVERITY
    pending = ""
    language = Language.PROMQL

    @property
    @abstractmethod
    def type(self) -> AlertType:
        """The type, which is a label of the alert."""

    @property
    @abstractmethod
    def expr(self) -> str:
        """The expression."""

    @abstractmethod
    def cases(self) -> Sequence[Case]:
        """Return the cases."""

    @property
    def labels(self) -> dict[str, str]:
        """The labels that the rule adds."""
        return {SEVERITY_LABEL: NO_SEVERITY, OWNER_LABEL: self.owner, TYPE_LABEL: self.type.value}

    def alert(self, links: Links) -> Alert:
        """Return the rule."""
        return Alert(
            self.name,
            self.expr,
            labels=self.labels,
            annotations={
                SUMMARY: self.summary,
                DESCRIPTION: self.description,
                RUNBOOK: runbook_address(links.runbook_url, self.name),
            },
        )


@dataclass(frozen=True, kw_only=True)
class DeadMansSwitch(Quiet):
    """An alert that always fires, so that its absence shows that no alert arrives."""

    type = AlertType.DEAD_MANS_SWITCH
    expr = "vector(1)"

    def cases(self) -> Sequence[Case]:
        """Return the case that it fires from the beginning, on no series at all."""
        return [Case(f"{self.name} always fires", {}, [Firing("0m", self.name, [self.labels])])]


@dataclass(frozen=True, kw_only=True)
class _Stated(Quiet):
    stated: str
    """The expression."""
    result: Mapping[str, str]
    """Labels of its result on `fires_on`."""
    fires_on: Mapping[str, str]
    """Series that it fires on from the beginning."""
    silent_on: Mapping[str, str]
    """Series that it does not fire on: those next to `fires_on`."""

    @property
    def expr(self) -> str:
        return self.stated

    def cases(self) -> Sequence[Case]:
        """Return the cases that it fires and that it does not."""
        return [
            Case(f"{self.name} fires", self.fires_on, [Firing("1m", self.name, [{**self.result, **self.labels}])]),
            Case(f"{self.name} does not fire", self.silent_on, [Firing("1m", self.name)]),
        ]


@dataclass(frozen=True, kw_only=True)
class Inhibitor(_Stated):
    """An alert that mutes others, by an inhibition that has it as its source."""

    type = AlertType.INHIBITOR


@dataclass(frozen=True, kw_only=True)
class Info(_Stated):
    """An alert that Alertmanager shows beside others."""

    type = AlertType.INFO
