"""The configuration of Alertmanager, within what the Prometheus operator accepts.

The operator decodes it strictly by its own types and the loader of Alertmanager 0.33.1: inhibitions have no `name`,
routes and receivers no `labels`.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from .durations import scaled
from .matchers import parse_matchers
from .notifications import NotificationSettings
from .promql import Matcher
from .receivers import NO_RECEIVER, SECRETS, receiver_config, secret_references, smtp_config
from .routes import ALL_LABELS, DEFAULT_INHIBITIONS, Inhibition, Route, TimeRange
from .routing import (
    ALERT_NAME,
    OVER_WARNING_OF_SERIES,
    AlertLabels,
    Node,
    check_inhibitions,
    effective,
    over_warning_of_series,
)
from .rules import TYPE_LABEL, AlertType, RuleProblem
from .templates import FILE, template_file

CONFIG_KEY = "alertmanager.yaml"
"""Key of the configuration in its Secret, as the operator reads it."""
DIRECTORY = "/etc/alertmanager/config"
"""Where the operator mounts that Secret."""
TEST_ALERT = "AlertTest"
"""Name of the alerts of `make alert-test`."""
TEST_RECEIVER_LABEL = "receiver"
"""Label of a test alert: the receiver that it is for."""
REAL_TIME = Fraction(1)
"""The factor of durations that leaves them as they are."""
_TEST_WAIT = "1s"
_WAITS = ("group_wait", "group_interval", "repeat_interval")


def alertmanager_config(
    settings: NotificationSettings,
    inhibitions: Mapping[str, Inhibition],
    *,
    scale: Fraction = REAL_TIME,
    directory: str = DIRECTORY,
    secrets: str = SECRETS,
) -> dict[str, Any]:
    """Return the configuration in the format of Alertmanager.

    `inhibitions` are those of `all_inhibitions`, `scale` the factor of every duration, `directory` where the templates
    are, and `secrets` where Secrets are mounted.
    """
    smtp = {} if settings.smtp is None else smtp_config(settings.smtp, secrets)
    receivers = [receiver_config(name, receiver, secrets) for name, receiver in settings.receivers.items()]
    intervals = [
        {"name": name, "time_intervals": [_time_range(one) for one in ranges]}
        for name, ranges in settings.time_intervals.items()
    ]
    return {
        "global": {"resolve_timeout": scaled(settings.resolve_timeout, scale), **smtp},
        "templates": [f"{directory}/*.tmpl"],
        "route": routing_tree(settings, scale).rendered(),
        "inhibit_rules": [_inhibition(inhibition) for inhibition in inhibitions.values()],
        "receivers": [*receivers, {"name": NO_RECEIVER}],
        **({"time_intervals": intervals} if intervals else {}),
    }


def alertmanager_templates() -> dict[str, str]:
    """Return the files that belong beside the configuration, by key."""
    return {FILE: template_file()}


def secret_names(settings: NotificationSettings) -> list[str]:
    """Return the names of the existing Secrets that Alertmanager mounts."""
    return sorted({reference.secret for _, reference in secret_references(settings.receivers, settings.smtp)})


def all_inhibitions(settings: NotificationSettings, alerts: Sequence[AlertLabels]) -> dict[str, Inhibition]:
    """Return the inhibitions of the user, and the default ones by which one of the alerts mutes another."""
    defaults = {
        name: inhibition
        for name, inhibition in {
            **DEFAULT_INHIBITIONS,
            OVER_WARNING_OF_SERIES: over_warning_of_series(alerts),
        }.items()
        if settings.default_inhibitions and name not in settings.inhibitions
    }
    return {**effective(defaults, alerts), **settings.inhibitions}


def inhibition_problems(settings: NotificationSettings, alerts: Sequence[AlertLabels]) -> Iterator[RuleProblem]:
    """Yield what is wrong with the inhibitions; ours of a series compares labels that not every alert has."""
    ours = {OVER_WARNING_OF_SERIES} - settings.inhibitions.keys()
    return check_inhibitions(all_inhibitions(settings, alerts), alerts, some_missing=ours)


def routing_tree(settings: NotificationSettings, scale: Fraction = REAL_TIME) -> Node:
    """Return the routes: of tests, of the types of alerts, and then those of the user in their order."""
    root = settings.root_receiver or NO_RECEIVER
    waits = {name: getattr(settings, name) for name in _WAITS}
    return Node(
        "root",
        root,
        children=(*_test_routes(settings), *_type_routes(settings, scale), *_user_routes(settings, "", root, scale)),
        options={"group_by": list(settings.group_by), **_scaled_waits(waits, scale)},
        generated=True,
    )


def _test_routes(settings: NotificationSettings) -> Iterator[Node]:
    """Yield a route to each receiver for `make alert-test`, on which every alert is notified by itself."""
    for name in settings.receivers:
        matchers = (Matcher(ALERT_NAME, "=", TEST_ALERT), Matcher(TEST_RECEIVER_LABEL, "=", name))
        options = {"group_by": [ALL_LABELS], "group_wait": _TEST_WAIT}
        yield Node(f"test of {name}", name, matchers, options=options, generated=True)


def _type_routes(settings: NotificationSettings, scale: Fraction) -> Iterator[Node]:
    switch = settings.dead_mans_switch
    if switch is not None:
        # Alertmanager looks every `group_interval` whether the last notification, sent a moment after it last did, is
        # older than `repeat_interval`: were they equal, it would notify every second time.
        waits = {
            "group_interval": scaled(switch.interval, scale),
            "repeat_interval": scaled(switch.interval, scale / 2),
        }
        options = {"group_by": [ALERT_NAME], "group_wait": "0s", **waits}
        of_type = (Matcher(TYPE_LABEL, "=", AlertType.DEAD_MANS_SWITCH.value),)
        yield Node("dead man's switch", switch.receiver, of_type, options=options, generated=True)
    silent = f"{AlertType.INHIBITOR}|{AlertType.INFO}"
    yield Node(NO_RECEIVER, NO_RECEIVER, (Matcher(TYPE_LABEL, "=~", silent),), generated=True)


def _user_routes(settings: NotificationSettings, parent: str, receiver: str, scale: Fraction) -> Iterator[Node]:
    for name, route in settings.routes.items():
        if route.under == parent:
            to = route.receiver or receiver
            yield Node(
                name,
                to,
                tuple(matcher for text in route.matchers for matcher in parse_matchers(text)),
                route.continue_matching,
                tuple(_user_routes(settings, name, to, scale)),
                _options(route, scale),
            )


def _options(route: Route, scale: Fraction) -> dict[str, Any]:
    waits = {name: wait for name in _WAITS if (wait := getattr(route, name)) is not None}
    intervals = {name: list(getattr(route, name)) for name in ("active_time_intervals", "mute_time_intervals")}
    return {
        **({} if route.group_by is None else {"group_by": list(route.group_by)}),
        **_scaled_waits(waits, scale),
        **{name: names for name, names in intervals.items() if names},
    }


def _scaled_waits(waits: Mapping[str, str], scale: Fraction) -> dict[str, str]:
    return {name: scaled(wait, scale) for name, wait in waits.items()}


def _inhibition(inhibition: Inhibition) -> dict[str, Any]:
    """Return an inhibition in the format of Alertmanager."""
    sides = {"source_matchers": inhibition.source_matchers, "target_matchers": inhibition.target_matchers}
    return {
        **{side: [str(one) for text in texts for one in parse_matchers(text)] for side, texts in sides.items()},
        "equal": list(inhibition.equal),
    }


def _time_range(one: TimeRange) -> dict[str, Any]:
    """Return a range of times in the format of Alertmanager."""
    times = [dict(zip(("start_time", "end_time"), text.split("-"), strict=True)) for text in one.times]
    lists = {name: list(getattr(one, name)) for name in ("weekdays", "days_of_month", "months", "years")}
    return {
        **({"times": times} if times else {}),
        **{name: texts for name, texts in lists.items() if texts},
        "location": one.location,
    }
