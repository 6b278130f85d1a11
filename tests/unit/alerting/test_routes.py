"""Routes, inhibitions and time intervals have values that Alertmanager takes, and name what is defined."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from components.alerting.receivers import Receiver
from components.alerting.routes import (
    DeadMansSwitch,
    Inhibition,
    Route,
    TimeRange,
    group_by_violations,
    have_places,
    inhibition_violations,
    receiver_name_violations,
    route_violations,
    unused_receivers,
    unused_time_intervals,
)

RECEIVERS = {"pager": Receiver(kind="webhook", url="http://pager.tools/alerts")}
INTERVALS = {"nights": [TimeRange(times=["22:00-24:00"])]}


def routes(stated: dict[str, Any]) -> dict[str, Route]:
    return TypeAdapter(dict[str, Route]).validate_python(stated)


@pytest.mark.parametrize(
    ("stated", "place", "message"),
    [
        (
            {"receiver": "pagr"},
            ("receiver",),
            "is no receiver; use one of those defined (pager), or define it in receivers",
        ),
        ({"receiver": "none"}, ("receiver",), "for an alert that always fires dead_mans_switch.receiver"),
        ({"under": "y"}, ("under",), "is no route; use one of those defined (x), or define it in routes"),
        ({"under": "x"}, ("under",), "must not be a route within this one"),
        (
            {"mute_time_intervals": ["days"]},
            ("mute_time_intervals", 0),
            "is no time interval; use one of those defined (nights)",
        ),
        ({"active_time_intervals": ["days"]}, ("active_time_intervals", 0), "is no time interval"),
        ({"group_by": ["a", "a"]}, ("group_by",), "must name each label once"),
        ({"group_by": ["...", "a"]}, ("group_by",), "must have ... alone"),
    ],
)
def test_a_route_names_what_is_defined(stated: dict[str, Any], place: tuple[Any, ...], message: str) -> None:
    (found,) = route_violations(routes({"x": {"matchers": ["a=b"], **stated}}), RECEIVERS, INTERVALS)
    assert found.at == ("routes", "x", *place) and message in found.message


def test_routes_that_are_within_each_other_are_refused() -> None:
    circle = routes(
        {name: {"matchers": ["a=b"], "under": under} for name, under in (("x", "y"), ("y", "z"), ("z", "x"))}
    )
    found = [*route_violations(circle, RECEIVERS, {})]
    assert [violation.at for violation in found] == [("routes", name, "under") for name in "xyz"]
    assert not have_places(circle)


def test_a_route_within_another_is_accepted() -> None:
    nested = routes({"x": {"matchers": ["a=b"], "receiver": "pager"}, "y": {"matchers": ["c=d"], "under": "x"}})
    assert not [*route_violations(nested, RECEIVERS, {})]
    assert have_places(nested)


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"matchers": []}, "at least 1 item"),
        ({"matchers": ["severity"]}, "must be label, operator"),
        ({"matchers": ["a=b"], "group_wait": "0s"}, "must be more than 0s"),
        ({"matchers": ["a=b"], "repeat_interval": "8d"}, "must be at most 7d"),
        ({"matchers": ["a=b"], "group_interval": "5 minutes"}, "must be a duration"),
        ({"matchers": ["a=b"], "group_by": ["k8s.pod"]}, "as the Prometheus operator takes no others"),
        ({"matchers": ['"k8s.pod"="a"']}, "as the Prometheus operator takes no others"),
    ],
)
def test_a_value_that_alertmanager_refuses_is_refused(stated: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Route.model_validate(stated)


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"times": ["17:00-09:00"]}, "for a night two: 22:00-24:00 and 00:00-06:00"),
        ({"times": ["9:00-17:00"]}, "such as 09:00-17:00"),
        ({"weekdays": ["friday:monday"]}, "must be a weekday, or the first and a later one"),
        ({"weekdays": ["mon"]}, "must be a weekday"),
        ({"months": ["13"]}, "must be a month"),
        ({"days_of_month": ["0"]}, "must be a day of the month"),
        ({"days_of_month": ["5:1"]}, "must begin before it ends"),
        ({"days_of_month": ["-3:1"]}, "must begin before it ends"),
        ({"days_of_month": ["29:-1"]}, "must begin before it ends"),
        ({"years": ["2027:2026"]}, "must be a year"),
        ({"location": "Paris"}, "must be a time zone of the IANA database"),
    ],
)
def test_a_time_that_never_is_is_refused(stated: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TimeRange.model_validate(stated)


@pytest.mark.parametrize("interval", ["1s", "2h"])
def test_a_dead_mans_switch_is_seen_soon(interval: str) -> None:
    with pytest.raises(ValidationError, match="must be 10s to 1h"):
        DeadMansSwitch(receiver="pager", interval=interval)


def test_what_is_used_by_nothing_is_refused() -> None:
    (receiver,) = unused_receivers({**RECEIVERS, "mail": RECEIVERS["pager"]}, ["pager"])
    assert receiver.at == ("receivers", "mail") and "is the receiver of no route" in receiver.message
    (interval,) = unused_time_intervals(INTERVALS, {})
    assert interval.at == ("time_intervals", "nights")
    muted = routes({"x": {"matchers": ["a=b"], "mute_time_intervals": ["never"]}})
    (empty,) = unused_time_intervals({"never": []}, muted)
    assert "must have at least one range of times" in empty.message


def test_an_inhibition_compares_at_least_one_label() -> None:
    everything = Inhibition(source_matchers=["a=b"], target_matchers=["c=d"], equal=[])
    (found,) = inhibition_violations({"x": everything})
    assert found.at == ("inhibitions", "x", "equal") and "must name at least one label" in found.message


def test_a_receiver_and_groups_elsewhere_are_checked_alike() -> None:
    (receiver,) = receiver_name_violations(("default_receiver",), "mail", RECEIVERS)
    assert receiver.at == ("default_receiver",)
    (groups,) = group_by_violations(("group_by",), ["a", "a"])
    assert groups.fix == {("group_by",): ["a"]}
