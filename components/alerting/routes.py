"""Routes, inhibitions and time intervals: what a user writes, and its checks that need no alerts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, ClassVar
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from .._model import Bound, Location, StrictModel
from .._spec import Violation
from ..units import Interval, Name, Word, parse_duration
from .alertmanager_keys import OF_INHIBITIONS, OF_ROUTES
from .matchers import parse_matchers
from .promql import is_classic
from .receivers import NO_RECEIVER, Receiver

ALL_LABELS = "..."
"""In `group_by`: every alert is a group of its own."""
LONGEST_WAIT = "7d"
_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_CLASSIC = (
    "must have labels of letters, digits and '_', not beginning with a digit, as the Prometheus operator takes no "
    "others here; rename the label"
)
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"


def _matchers(text: str) -> str:
    for matcher in parse_matchers(text):
        if not is_classic(matcher.label):
            raise ValueError(_CLASSIC)
    return text


def _label(text: str) -> str:
    if not is_classic(text) and text != ALL_LABELS:
        raise ValueError(_CLASSIC)
    return text


def _wait(text: str) -> str:
    if parse_duration(text) > parse_duration(LONGEST_WAIT):
        raise ValueError(f"must be at most {LONGEST_WAIT}; set less, such as 4h")
    return text


def _heartbeat(text: str) -> str:
    if not timedelta(seconds=10) <= parse_duration(text) <= timedelta(hours=1):
        raise ValueError("must be 10s to 1h, as its absence is to be seen soon; set one such as 1m")
    return text


def _times(text: str) -> str:
    found = re.fullmatch(rf"({_TIME})-({_TIME}|24:00)", text)
    if found is None or found[1] >= found[2]:
        raise ValueError(
            "must be a start and a later end of one day, such as 09:00-17:00; set one, and for a night two: "
            "22:00-24:00 and 00:00-06:00"
        )
    return text


def _ordered(kind: str, names: Sequence[str], example: str) -> Any:
    def check(text: str) -> str:
        ends = text.split(":")
        if len(ends) > 2 or not all(end in names for end in ends) or names.index(ends[0]) > names.index(ends[-1]):
            raise ValueError(f"must be a {kind}, or the first and a later one, such as {example}; correct it")
        return text

    return AfterValidator(check)


def _days(text: str) -> str:
    found = re.fullmatch(r"(-?\d{1,2})(?::(-?\d{1,2}))?", text)
    ends = [int(end) for end in found.groups() if end is not None] if found else []
    if not ends or not all(1 <= abs(end) <= 31 for end in ends):
        raise ValueError(
            "must be a day of the month, 1 to 31, or -1 to -31 from its end, or two such as 1:5; correct it"
        )
    # Alertmanager counts from the end of a month of 28 days here, as no month is shorter.
    first, last = (28 + end if end < 0 else end for end in (ends[0], ends[-1]))
    if first > last or ends[0] < 0 < ends[-1]:
        raise ValueError("must begin before it ends, in every month, such as 1:5 or -5:-1; correct it")
    return text


def _years(text: str) -> str:
    found = re.fullmatch(r"(\d{4})(?::(\d{4}))?", text)
    if found is None or (found[2] and found[2] < found[1]):
        raise ValueError("must be a year, or the first and a later one, such as 2026:2027; correct it")
    return text


def _location(text: str) -> str:
    zones = available_timezones()
    if re.fullmatch(r"[A-Za-z0-9_+/-]+", text) is None or (zones and text not in zones):
        raise ValueError("must be a time zone of the IANA database; set one such as Europe/Paris")
    return text


Wait = Annotated[Interval, AfterValidator(_wait), Bound(f"More than `0s`, at most `{LONGEST_WAIT}`.")]
Heartbeat = Annotated[Interval, AfterValidator(_heartbeat), Bound("`10s` to `1h`.")]
MatcherText = Annotated[str, AfterValidator(_matchers)]
Label = Annotated[str, AfterValidator(_label)]
GroupBy = Annotated[Sequence[Label], Field(max_length=20)]


class Route(StrictModel):
    """Alerts that go to a receiver: those that match, and that no route before this one took."""

    upstream_keys: ClassVar = OF_ROUTES

    receiver: str = Field(
        default="", description="Name of the receiver. Default: that of the parent.", examples=["slack-critical"]
    )
    under: str = Field(
        default="",
        description="Name of the route that this one is within: it takes alerts of that route. Default: the root.",
        examples=["shop"],
    )
    matchers: Sequence[MatcherText] = Field(
        min_length=1,
        description='Matchers that an alert must satisfy, all of them, such as `severity="critical"`.',
        examples=[['severity="critical"']],
    )
    continue_matching: bool = Field(
        default=False, description="Whether routes behind this one take its alerts too.", examples=[True]
    )
    group_by: GroupBy | None = Field(
        default=None,
        description=(
            f"Labels whose values divide alerts into notifications; `{ALL_LABELS}` for one each. Default: those of the "
            "parent."
        ),
        examples=[["alertname"]],
    )
    group_wait: Wait | None = Field(
        default=None,
        description="Wait before the first notification of a group. Default: that of the parent.",
        examples=["10s"],
    )
    group_interval: Wait | None = Field(
        default=None,
        description="Wait before a notification of what is new in a group. Default: that of the parent.",
        examples=["5m"],
    )
    repeat_interval: Wait | None = Field(
        default=None,
        description="Time after which a notification is repeated. Default: that of the parent.",
        examples=["1h"],
    )
    active_time_intervals: Sequence[Word] = Field(
        default=(),
        description="Names of the only time intervals in which notifications are sent. Default: always.",
        examples=[["working-hours"]],
    )
    mute_time_intervals: Sequence[Word] = Field(
        default=(),
        description="Names of time intervals in which no notifications are sent. Default: none.",
        examples=[["weekends"]],
    )


class Inhibition(StrictModel):
    """Alerts that others mute while these fire."""

    upstream_keys: ClassVar = OF_INHIBITIONS

    source_matchers: Sequence[MatcherText] = Field(
        min_length=1, description="Matchers of the alerts that mute.", examples=[['alertname="NodeDown"']]
    )
    target_matchers: Sequence[MatcherText] = Field(
        min_length=1, description="Matchers of the alerts that are muted.", examples=[['alertname!="NodeDown"']]
    )
    equal: Sequence[Label] = Field(
        description=(
            "Labels whose values must be equal in both, at least one. Alertmanager takes missing labels for equal."
        ),
        examples=[["instance"]],
    )


class TimeRange(StrictModel):
    """Times that satisfy every field that is set."""

    times: Sequence[Annotated[str, AfterValidator(_times)]] = Field(
        default=(), description="Times of a day. Default: all.", examples=[["09:00-17:00"]]
    )
    weekdays: Sequence[Annotated[str, _ordered("weekday", _WEEKDAYS, "monday:friday")]] = Field(
        default=(), description="Days of the week, from `sunday` on. Default: all.", examples=[["monday:friday"]]
    )
    days_of_month: Sequence[Annotated[str, AfterValidator(_days)]] = Field(
        default=(), description="Days of the month, negative from its end. Default: all.", examples=[["1:5", "-3:-1"]]
    )
    months: Sequence[Annotated[str, _ordered("month", _MONTHS, "january:march")]] = Field(
        default=(), description="Months. Default: all.", examples=[["december"]]
    )
    years: Sequence[Annotated[str, AfterValidator(_years)]] = Field(
        default=(), description="Years. Default: all.", examples=[["2026:2027"]]
    )
    location: Annotated[str, AfterValidator(_location)] = Field(
        default="UTC", description="Time zone of all fields.", examples=["Europe/Paris"]
    )


class DeadMansSwitch(StrictModel):
    """The receiver of the alert that always fires: it raises an alarm when that stays away."""

    receiver: Name = Field(description="Name of the receiver.", examples=["heartbeat"])
    interval: Heartbeat = Field(
        default="1m", description="Time between two notifications; the receiver waits for longer.", examples=["5m"]
    )


DEFAULT_INHIBITIONS: Mapping[str, Inhibition] = {
    # Each source has the labels that are compared: else it would mute every alert that lacks them too.
    "cluster-down": Inhibition(
        source_matchers=['alertname="ClusterDown"', 'cluster!=""'],
        target_matchers=['severity="warning"', 'alertname!="ClusterDown"'],
        equal=["cluster"],
    ),
    "node-down": Inhibition(
        source_matchers=['alertname="NodeDown"', 'instance!=""'],
        target_matchers=['alertname!="NodeDown"'],
        equal=["instance"],
    ),
    "node-down-by-node": Inhibition(
        source_matchers=['alertname="NodeDown"', 'node!=""'], target_matchers=['alertname!="NodeDown"'], equal=["node"]
    ),
    "node-cordoned": Inhibition(
        source_matchers=['alertname="NodeCordoned"', 'node!=""'],
        target_matchers=['alertname="NodeDown"'],
        equal=["node"],
    ),
    # Of a service as a whole. Alerts that keep the labels of their series have `routing.over_warning_of_series`: their
    # `service` may be the one that Prometheus scrapes, the same for every node and volume.
    "critical-over-warning": Inhibition(
        source_matchers=['severity="critical"', 'service!=""', 'slo=""', 'job=""'],
        target_matchers=['severity="warning"'],
        equal=["alertname", "service"],
    ),
    "critical-over-warning-of-objective": Inhibition(
        source_matchers=['severity="critical"', 'service!=""', 'slo!=""'],
        target_matchers=['severity="warning"'],
        equal=["alertname", "service", "slo"],
    ),
}
"""Inhibitions that are there where alerts have them: a cluster or a node that is down, a node that is
maintained, and critical over warning."""


def route_violations(
    routes: Mapping[str, Route], receivers: Mapping[str, Receiver], time_intervals: Mapping[str, Any]
) -> Iterator[Violation]:
    """Yield what is wrong with routes, but for single values and for what only the alerts tell."""
    for name, route in routes.items():
        at: Location = ("routes", name)
        if route.receiver:
            yield from receiver_name_violations((*at, "receiver"), route.receiver, receivers)
        if route.under and route.under not in routes:
            yield _unknown((*at, "under"), "route", routes, "routes")
        elif name in _ancestors(routes, name):
            yield Violation(
                "must not be a route within this one, as neither would be within the root; correct it",
                at=(*at, "under"),
            )
        for field in ("active_time_intervals", "mute_time_intervals"):
            for index, interval in enumerate(getattr(route, field)):
                if interval not in time_intervals:
                    yield _unknown((*at, field, index), "time interval", time_intervals, "time_intervals")
        yield from group_by_violations((*at, "group_by"), route.group_by or ())


def have_places(routes: Mapping[str, Route]) -> bool:
    """Whether each route is within the root: by itself, or within others that are."""
    within = {name: _ancestors(routes, name) for name in routes}
    return all(name not in ancestors and routes.keys() >= {*ancestors} for name, ancestors in within.items())


def receiver_name_violations(at: Location, receiver: str, receivers: Mapping[str, Receiver]) -> Iterator[Violation]:
    """Yield that a receiver is not defined, or notifies nobody."""
    if receiver == NO_RECEIVER:
        yield Violation(
            f"must notify somebody: {NO_RECEIVER} is for alerts of types inhibitor and info, which go there by "
            "themselves; set a receiver, and for an alert that always fires dead_mans_switch.receiver",
            at=at,
        )
    elif receiver not in receivers:
        yield _unknown(at, "receiver", receivers, "receivers")


def group_by_violations(at: Location, labels: Sequence[str]) -> Iterator[Violation]:
    """Yield that Alertmanager refuses the labels."""
    if len(set(labels)) < len(labels):
        yield Violation("must name each label once; remove the repetition", {at: list(dict.fromkeys(labels))}, at)
    elif ALL_LABELS in labels and len(labels) > 1:
        yield Violation(
            f"must have {ALL_LABELS} alone, which stands for all labels; remove the others", {at: [ALL_LABELS]}, at
        )


def inhibition_violations(inhibitions: Mapping[str, Inhibition]) -> Iterator[Violation]:
    """Yield what is wrong with inhibitions, but for what only the alerts tell."""
    for name, inhibition in inhibitions.items():
        if not inhibition.equal:
            yield Violation(
                "must name at least one label, as any alert of the source would mute every one of the target; set "
                "those that both have, such as cluster or service",
                at=("inhibitions", name, "equal"),
            )


def unused_receivers(receivers: Mapping[str, Receiver], used: Sequence[str]) -> Iterator[Violation]:
    """Yield receivers that no route leads to."""
    for name in receivers:
        if name not in used:
            yield Violation("is the receiver of no route; add a route to it, or remove it", at=("receivers", name))


def unused_time_intervals(time_intervals: Mapping[str, Any], routes: Mapping[str, Route]) -> Iterator[Violation]:
    """Yield time intervals that no route names, and those that are never."""
    used = {name for route in routes.values() for name in (*route.active_time_intervals, *route.mute_time_intervals)}
    for name, ranges in time_intervals.items():
        if name not in used:
            yield Violation(
                "is the time interval of no route; name it in one, or remove it", at=("time_intervals", name)
            )
        elif not ranges:
            yield Violation("must have at least one range of times; set one", at=("time_intervals", name))


def _ancestors(routes: Mapping[str, Route], name: str) -> list[str]:
    """Return the routes that one is within, from its parent on; it ends where one is met again."""
    found: list[str] = []
    while (name in routes) and (name := routes[name].under) and name not in found:
        found.append(name)
    return found


def _unknown(at: Location, what: str, known: Mapping[str, Any], area: str) -> Violation:
    names = ", ".join(sorted(known)) or "none"
    return Violation(f"is no {what}; use one of those defined ({names}), or define it in {area}", at=at)
