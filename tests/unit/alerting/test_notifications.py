"""The settings of notifications fit together."""

from collections.abc import Mapping
from typing import Any

import pytest

from components._spec import Spec
from components.alerting.notifications import NotificationSettings
from tests.unit.alerting.document_004 import AS_IT_IS, PUT_RIGHT

HOOK = {"kind": "webhook", "url": "http://pager.tools/alerts"}


class NotificationSpec(NotificationSettings, Spec):
    """The settings as arguments of a component, which are checked as a whole."""


def problems(**stated: Any) -> dict[str, str]:
    return {problem.field: problem.message for problem in NotificationSpec.find_problems(stated)}


@pytest.mark.parametrize("stated", [AS_IT_IS, PUT_RIGHT, {}])
def test_the_settings_of_the_document_are_accepted(stated: Mapping[str, Any]) -> None:
    assert problems(**stated) == {}


def test_the_only_receiver_is_that_of_all_alerts() -> None:
    assert NotificationSettings.model_validate({"receivers": {"one": HOOK}}).root_receiver == "one"
    switched = {"receivers": {"one": HOOK, "beat": HOOK}, "dead_mans_switch": {"receiver": "beat"}}
    assert problems(**switched) == {}
    assert NotificationSettings.model_validate(switched).root_receiver == "one"


def test_of_several_receivers_one_is_the_default() -> None:
    found = problems(receivers={"one": HOOK, "two": HOOK}, routes={"x": {"receiver": "two", "matchers": ["a=b"]}})
    assert found["default_receiver"] == (
        "is missing: of several receivers one takes the alerts that no route takes; set one of one, two"
    )


def test_a_watchdog_that_goes_nowhere_is_refused() -> None:
    routes = {**AS_IT_IS["routes"], "watchdog": {"receiver": "none", "matchers": ["alertname = Watchdog"]}}
    found = problems(**{**AS_IT_IS, "routes": routes})
    assert [*found] == ["routes.watchdog.receiver"]
    assert "dead_mans_switch.receiver" in found["routes.watchdog.receiver"]


@pytest.mark.parametrize(
    ("stated", "place"),
    [
        ({"receivers": {"one": HOOK}, "default_receiver": "two"}, "default_receiver"),
        ({"dead_mans_switch": {"receiver": "beat"}}, "dead_mans_switch.receiver"),
        ({"receivers": {"x": {"kind": "slack"}}}, "receivers.x.url_secret"),
        ({"smtp": {"smarthost": "mail:25", "sender": "a@b.org"}}, "smtp"),
        ({"routes": {"x": {"receiver": "y", "matchers": ["a=b"]}}}, "routes.x.receiver"),
        ({"group_by": ["a", "a"]}, "group_by"),
        ({"receivers": {"one": HOOK, "two": HOOK}, "default_receiver": "one"}, "receivers.two"),
        ({"time_intervals": {"x": [{}]}}, "time_intervals.x"),
        (
            {"inhibitions": {"x": {"source_matchers": ["a=b"], "target_matchers": ["c=d"], "equal": []}}},
            "inhibitions.x.equal",
        ),
    ],
)
def test_what_does_not_fit_is_reported_at_its_place(stated: dict[str, Any], place: str) -> None:
    assert place in problems(**stated)
