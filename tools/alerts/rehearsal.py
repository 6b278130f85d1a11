"""One alert rehearsed: its test series pass a real Prometheus in scaled time, and its page is waited for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from components.alerting.durations import scaled, scaled_group
from components.alerting.rules import (
    DASHBOARD,
    DESCRIPTION,
    IMPACT,
    RUNBOOK,
    SUMMARY,
    Alert,
    Case,
    Firing,
    Group,
    Language,
    Record,
)
from components.alerting.shapes import SYMPTOM, selector
from components.units import parse_duration

from .local import Page, Target, local_alerting
from .replay import replay
from .samples import expanded

FASTEST_SCRAPE = timedelta(milliseconds=200)
"""Scraping and evaluating more often than this keeps one core busy with overhead."""
GRACE = 3
"""Times of the firing that a page is waited for: the group waits, and programs start."""
_LISTED = 12
"""The most series that are printed."""
_SHOWN = (SUMMARY, DESCRIPTION, IMPACT, SYMPTOM, RUNBOOK, DASHBOARD)
"""Annotations in the order in which they are read."""


class NotRehearsableError(Exception):
    """The alert cannot be rehearsed; the message has the reason."""


@dataclass(frozen=True)
class Rehearsal:
    """What is run: groups in real time, the case that fires, and how fast time passes."""

    groups: tuple[Group, ...]
    """The group of the alert, behind those that record what it reads."""
    case: Case
    series: Mapping[str, str]
    """The samples that Prometheus scrapes, in the notation of promtool."""
    firing: Firing
    scale: Fraction

    @property
    def scrape_interval(self) -> timedelta:
        """Time between two samples."""
        return parse_duration(self.case.interval) * float(self.scale)

    @property
    def seconds(self) -> float:
        """When the alert is to fire, after the start."""
        return parse_duration(self.firing.at).total_seconds() * float(self.scale)


def planned(groups: Sequence[Group], alert: str, seconds: float, objective: str = "") -> Rehearsal:
    """Return the rehearsal of an alert that takes about `seconds`, or longer where samples would follow too fast.

    `objective` is `<service>/<name>` of the one that the alert is on; the first one where it is empty. Raise
    `NotRehearsableError` where there is no such alert, or no case in which it fires.
    """
    holding = [group for group in groups if any(rule.name == alert for rule in group.rules)]
    if objective:
        of = {name for group in holding if (name := objective_of(group))}
        holding = [group for group in holding if objective_of(group) == objective]
        if not holding:
            known = ", ".join(sorted(of)) or "none"
            raise NotRehearsableError(f"{objective} is no objective with {alert}; there are {known}")
    if not holding:
        known = ", ".join(sorted({*_alerts(groups)}))
        raise NotRehearsableError(f"{alert} is no alert that the stack compiles on metrics or logs; use one of {known}")
    if holding[0].language is not Language.PROMQL:
        raise NotRehearsableError(f"{alert} is an alert on logs; rehearse one on metrics")
    for case in holding[0].cases:
        for firing in case.firings:
            if firing.alert == alert and firing.labels:
                fastest = Fraction(FASTEST_SCRAPE / parse_duration(case.interval)).limit_denominator(10**6)
                wanted = Fraction(seconds / parse_duration(firing.at).total_seconds()).limit_denominator(10**6)
                beside, series = _beside(groups, case)
                scale = min(max(fastest, wanted), Fraction(1))
                return Rehearsal((*beside, holding[0]), case, series, firing, scale)
    raise NotRehearsableError(f"{alert} has no test in which it fires and whose series are known")


def rehearse(rehearsal: Rehearsal, alertmanager: Mapping[str, Any]) -> Page | None:
    """Run the rehearsal with a configuration of Alertmanager in the same scale; return the page, if one arrives."""
    series = {name: expanded(samples) for name, samples in rehearsal.series.items()}
    interval = scaled(rehearsal.case.interval, rehearsal.scale)
    with (
        replay(series, rehearsal.scrape_interval) as address,
        local_alerting(
            [scaled_group(group, rehearsal.scale) for group in rehearsal.groups],
            alertmanager,
            [Target("rehearsal", address)],
            scale=rehearsal.scale,
            scrape_interval=interval,
        ) as running,
    ):
        longest = rehearsal.seconds * GRACE + 30
        return running.pages.wait_for(lambda page: rehearsal.firing.alert in page.names, longest)


def _beside(groups: Sequence[Group], case: Case) -> tuple[list[Group], dict[str, str]]:
    """Return the groups that record what the case states as recorded, and all series but what these record."""
    beside: list[Group] = []
    series = dict(case.series)
    for name, samples in case.recorded.items():
        recording = [
            group
            for group in groups
            for rule in group.rules
            if isinstance(rule, Record) and selector(rule.name, rule.labels) == name
        ]
        beside += [group for group in recording if group not in beside]
        series |= {} if recording else {name: samples}
    return beside, series


def objective_of(group: Group) -> str:
    """Return the objective that a group is of: `<service>/<name>`; empty where it is of none."""
    labels = group.rules[0].labels if group.rules else {}
    return f"{labels['service']}/{labels['slo']}" if {"service", "slo"} <= labels.keys() else ""


def announced(rehearsal: Rehearsal, source: str) -> Iterator[str]:
    """Yield the lines that say what runs, on which series, and for how long; `source` is where the rules are from."""
    alert = rehearsal.firing.alert
    yield f"{alert}: Prometheus and Alertmanager run on this machine; rules and routes are {source}."
    yield f"Receivers post to this command. Prometheus scrapes the series of the test '{rehearsal.case.name}':"
    widest = max(map(len, rehearsal.series), default=0)
    yield from (f"  {name:<{widest}}  {samples}" for name, samples in [*rehearsal.series.items()][:_LISTED])
    if (more := len(rehearsal.series) - _LISTED) > 0:
        yield f"  and {more} more"
    yield (
        f"In real time the alert has fired after {rehearsal.firing.at}, here after about {rehearsal.seconds:.0f} s; "
        "then Alertmanager waits for its group."
    )


def described(page: Page) -> Iterator[str]:
    """Yield the lines that show a page."""
    for alert in page.alerts:
        labels = ", ".join(f"{name}={value}" for name, value in sorted(alert["labels"].items()) if name != "alertname")
        yield f"{page.status} {alert['labels']['alertname']} → {page.receiver}  ({labels})"
        annotations = alert["annotations"]
        order = [name for name in _SHOWN if name in annotations] + sorted(annotations.keys() - {*_SHOWN})
        yield from (f"  {name:<13}  {annotations[name]}" for name in order)


def _alerts(groups: Sequence[Group]) -> Iterator[str]:
    return (rule.name for group in groups for rule in group.rules if isinstance(rule, Alert))
