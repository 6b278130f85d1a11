"""Rules that every alert keeps, so that the person on call has something to do, and knows what.

Two severities, no alert without a time that it holds for, an owner, and annotations that say what happened, whom it
affects, where to look and what to do. No page rests on the last two samples of a counter, or on a ratio of requests
that are too few to mean something.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from .logql import unguarded_ratio
from .promql import PromqlError, Rates, parse
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
    Group,
    Language,
    Record,
    RuleProblem,
    Severity,
)

OBJECTIVE_LABEL = "slo"
"""Label of the alerts on an objective: each has those of the same names."""
NO_SEVERITY = "none"
"""The severity of an alert that pages nobody by itself."""

_ANNOTATIONS = {
    SUMMARY: "what happened, in one line",
    DESCRIPTION: "what happened, with the value",
    IMPACT: "whom it affects, and how",
    DASHBOARD: "where to look",
    RUNBOOK: "what to do",
}
_HOURS_OR_DAYS = re.compile(r"(hours|days)\b|/\s*(3600|86400)\b")
_AS_SECONDS = re.compile(r"\$value\s*\|\s*humanizeDuration|humanizeDuration\s+\$value")


def discipline_problems(groups: Sequence[Group], taken: Collection[str] = ()) -> Iterator[RuleProblem]:
    """Yield each alert that breaks a rule, and each name that two alerts have, those on objectives apart.

    `taken` are the names of the alerts of a chart. Of two alerts of one name, that of the later group is named.
    """
    first = {name: (f"chart: {name}", False) for name in taken}
    rates = Rates({rule.name: rule.expr for group in groups for rule in group.rules if isinstance(rule, Record)})
    for group in groups:
        for index, rule in enumerate(group.rules):
            if isinstance(rule, Alert):
                place = group.place_of(index)
                of_objective = OBJECTIVE_LABEL in rule.labels
                other, both = first.setdefault(rule.name, (place, of_objective))
                if other != place and not (of_objective and both):
                    yield RuleProblem(place, f"alert = {rule.name}: is the name of an alert in {other} too; rename one")
        yield from undisciplined(group, rates)


def undisciplined(group: Group, rates: Rates) -> Iterator[RuleProblem]:
    """Yield each alert of a group that breaks a rule; `rates` knows the records that its expressions read."""
    for index, rule in enumerate(group.rules):
        if isinstance(rule, Alert):
            place = group.place_of(index)
            yield from (RuleProblem(place, message) for message in _messages(rule))
            if rule.type is AlertType.ALERT and not group.reads_objective:
                of_lines = group.language is Language.LOGQL
                found = _messages_of_lines(rule) if of_lines else _messages_of_rates(rule, rates)
                yield from (RuleProblem(place, message) for message in found)


def _messages(alert: Alert) -> Iterator[str]:
    if alert.type is None:
        types = ", ".join(kind for kind in AlertType if kind is not AlertType.ALERT)
        yield f"{TYPE_LABEL} = {alert.labels[TYPE_LABEL]}: must be one of {types}; correct it, or remove it"
    elif alert.type is AlertType.ALERT:
        yield from _messages_of_a_page(alert)
    elif (severity := alert.labels.get(SEVERITY_LABEL, "")) != NO_SEVERITY:
        yield (
            f"{SEVERITY_LABEL} = {severity or '(missing)'}: must be {NO_SEVERITY} for an alert of type {alert.type}, "
            "which pages nobody; set that"
        )
    if _AS_SECONDS.search("".join(alert.annotations.values())) and _HOURS_OR_DAYS.search(alert.expr):
        yield (
            "humanizeDuration reads $value as seconds, and the expression counts hours or days; print it with "
            "humanize and the unit"
        )


def _messages_of_a_page(alert: Alert) -> Iterator[str]:
    severity = alert.labels.get(SEVERITY_LABEL, "")
    if severity not in [*Severity]:
        yield (
            f"{SEVERITY_LABEL} = {severity or '(missing)'}: must be critical, which wakes somebody up, or warning, for "
            f"working hours; set one, or set {TYPE_LABEL} to info for what nobody acts on"
        )
    if not alert.pending.strip("0smhdwy"):
        yield "for is missing: one bad sample must not page; set how long it holds, such as 5m"
    if not alert.labels.get(OWNER_LABEL):
        yield f"{OWNER_LABEL} is missing: somebody must answer for the alert; set the label to a team"
    for name, meaning in _ANNOTATIONS.items():
        if not alert.annotations.get(name, "").strip():
            yield f"{name} is missing: the person on call must know {meaning}; add the annotation"


def _messages_of_rates(alert: Alert, rates: Rates) -> Iterator[str]:
    try:
        node = parse(alert.expr)
        instant, unguarded = rates.instant(node), rates.unguarded_ratio(node)
    except PromqlError:
        # `liveness` says so.
        return
    for function in dict.fromkeys(instant):
        yield (
            f"expr has {function}: it reads the last two samples alone, and one late sample would page; use rate over "
            "5m or longer"
        )
    if unguarded:
        yield f"{_UNGUARDED}, such as `and sum by (service) (rate(http_requests_total[5m])) > 1`"


def _messages_of_lines(alert: Alert) -> Iterator[str]:
    if unguarded_ratio(alert.expr):
        yield f"{_UNGUARDED}, such as `and sum by (service_name) (count_over_time({{…}} [5m])) > 100`"


_UNGUARDED = (
    "expr compares a ratio without a minimum of traffic: one failure of two requests must not page; add the traffic"
)
