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
)
from components.alerting.shapes import SYMPTOM
from components.units import parse_duration

from .local import Page, Target, local_alerting
from .replay import replay
from .samples import expanded

FASTEST_SCRAPE = timedelta(milliseconds=200)
"""Scraping and evaluating more often than this keeps one core busy with overhead."""
GRACE = 3
"""Times of the firing that a page is waited for: the group waits, and programs start."""
_SHOWN = (SUMMARY, DESCRIPTION, IMPACT, SYMPTOM, RUNBOOK, DASHBOARD)
"""Annotations in the order in which they are read."""


class NotRehearsableError(Exception):
    """The alert cannot be rehearsed; the message has the reason."""


@dataclass(frozen=True)
class Rehearsal:
    """What is run: a group in real time, the case that fires, and how fast time passes."""

    group: Group
    case: Case
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


def planned(groups: Sequence[Group], alert: str, seconds: float) -> Rehearsal:
    """Return the rehearsal of an alert that takes about `seconds`, or longer where samples would follow too fast.

    Raise `NotRehearsableError` where there is no such alert, or no case in which it fires.
    """
    holding = [group for group in groups if any(rule.name == alert for rule in group.rules)]
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
                return Rehearsal(holding[0], case, firing, min(max(fastest, wanted), Fraction(1)))
    raise NotRehearsableError(f"{alert} has no test in which it fires and whose series are known")


def rehearse(rehearsal: Rehearsal, alertmanager: Mapping[str, Any]) -> Page | None:
    """Run the rehearsal with a configuration of Alertmanager in the same scale; return the page, if one arrives."""
    series = {name: expanded(samples) for name, samples in rehearsal.case.series.items()}
    interval = scaled(rehearsal.case.interval, rehearsal.scale)
    with (
        replay(series, rehearsal.scrape_interval) as address,
        local_alerting(
            [scaled_group(rehearsal.group, rehearsal.scale)],
            alertmanager,
            [Target("rehearsal", address)],
            scale=rehearsal.scale,
            scrape_interval=interval,
        ) as running,
    ):
        longest = rehearsal.seconds * GRACE + 30
        return running.pages.wait_for(lambda page: rehearsal.firing.alert in page.names, longest)


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
