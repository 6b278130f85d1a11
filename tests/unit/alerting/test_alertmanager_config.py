"""The configuration of Alertmanager: what `amtool` and the operator accept, with the routes that every stack has."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from components.alerting.alertmanager_config import (
    alertmanager_config,
    alertmanager_templates,
    all_inhibitions,
    routing_tree,
    secret_names,
)
from components.alerting.notifications import NotificationSettings
from components.alerting.routes import DEFAULT_INHIBITIONS
from components.alerting.routing import Node
from tests.installed_tools import require
from tests.unit.alerting.amtool import amtool, write
from tests.unit.alerting.document_004 import ALERTS, AS_IT_IS, PUT_RIGHT

HOOK = {"kind": "webhook", "url": "http://pager.tools/alerts"}
EVERYTHING: Mapping[str, Any] = {
    **PUT_RIGHT,
    "receivers": {
        **PUT_RIGHT["receivers"],
        "teams": {"kind": "teams", "url_secret": {"secret": "teams", "key": "url"}, "text": "impact"},
        "hook": {**HOOK, "token": {"secret": "hook", "key": "token"}, "max_alerts": 10, "send_resolved": False},
    },
    "routes": {
        **PUT_RIGHT["routes"],
        "shop": {"receiver": "teams", "matchers": ['team=~"shop|pay"'], "active_time_intervals": ["days"]},
        "cart": {"under": "shop", "matchers": ['service="cart"'], "receiver": "hook", "group_by": ["..."]},
        "nights": {"under": "cart", "matchers": ['severity!=""'], "mute_time_intervals": ["days", "holidays"]},
    },
    "time_intervals": {
        "days": [{"weekdays": ["monday:friday"], "times": ["09:00-17:00"], "location": "Europe/Paris"}],
        "holidays": [{"months": ["december"], "days_of_month": ["24:26", "-1"], "years": ["2026:2027"]}],
    },
}


def config(stated: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    settings = NotificationSettings.model_validate(stated)
    return alertmanager_config(settings, {**all_inhibitions(settings, ALERTS), **DEFAULT_INHIBITIONS}, **options)


@pytest.mark.parametrize("scale", [Fraction(1), Fraction(1, 60), Fraction(1, 100_000)])
@pytest.mark.parametrize("stated", [{}, {"receivers": {"one": HOOK}}, AS_IT_IS, PUT_RIGHT, EVERYTHING])
def test_amtool_accepts_every_configuration(stated: Mapping[str, Any], scale: Fraction, tmp_path: Path) -> None:
    require("amtool")
    path = write(config(stated, scale=scale, directory=str(tmp_path)), tmp_path)
    said = amtool("check-config", str(path))
    assert f"- {len(stated.get('receivers', {})) + 1} receivers" in said and "- 1 templates" in said


def keys(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield f"{path}.{key}"
            yield from keys(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from keys(item, path)


def test_nothing_is_there_that_the_operator_refuses() -> None:
    found = set(keys(config(EVERYTHING)))
    assert not found & {".inhibit_rules.name", ".receivers.labels", ".tracing", ".event_recorder"}
    assert not [key for key in found if key.startswith(".route") and key.endswith(".labels")]


def test_no_secret_is_in_the_configuration_and_every_one_is_mounted() -> None:
    settings = NotificationSettings.model_validate(EVERYTHING)
    text = str(config(EVERYTHING))
    names = secret_names(settings)
    assert names == ["heartbeat", "hook", "pagerduty", "slack", "smtp", "teams"]
    assert all(f"/etc/alertmanager/secrets/{name}/" in text for name in names)


def test_the_templates_are_those_of_the_configuration() -> None:
    assert config({})["templates"] == ["/etc/alertmanager/config/*.tmpl"]
    (name,) = alertmanager_templates()
    assert name.endswith(".tmpl")


def children(stated: Mapping[str, Any], **options: Any) -> list[Node]:
    return [*routing_tree(NotificationSettings.model_validate(stated), **options).children]


def test_generated_routes_are_before_those_of_the_user_in_their_order() -> None:
    names = [node.name for node in children(PUT_RIGHT)]
    tests = [f"test of {name}" for name in PUT_RIGHT["receivers"]]
    assert names == [*tests, "dead man's switch", "none", *PUT_RIGHT["routes"]]


def test_the_root_has_the_waits_of_the_document() -> None:
    root = config(AS_IT_IS)["route"]
    assert {
        name: root[name] for name in ("receiver", "group_by", "group_wait", "group_interval", "repeat_interval")
    } == {
        "receiver": "slack-default",
        "group_by": ["alertname", "cluster", "service"],
        "group_wait": "30s",
        "group_interval": "5m",
        "repeat_interval": "4h",
    }


def test_a_route_within_another_has_its_receiver_unless_it_states_one() -> None:
    (shop,) = [node for node in children(EVERYTHING) if node.name == "shop"]
    (cart,) = shop.children
    (nights,) = cart.children
    assert (shop.receiver, cart.receiver, nights.receiver) == ("teams", "hook", "hook")


def test_a_dead_mans_switch_is_notified_at_every_look() -> None:
    (switch,) = [node for node in children(PUT_RIGHT) if node.name == "dead man's switch"]
    assert switch.rendered() == {
        "receiver": "heartbeat",
        "matchers": ['alert_type="dead-mans-switch"'],
        "group_by": ["alertname"],
        "group_wait": "0s",
        "group_interval": "1m",
        # A notification is only repeated if the last one is older than this when Alertmanager looks.
        "repeat_interval": "30s",
    }


def test_every_wait_is_scaled_but_that_of_tests() -> None:
    tenth = config(PUT_RIGHT, scale=Fraction(1, 10))
    assert tenth["global"]["resolve_timeout"] == "30s"
    assert (tenth["route"]["group_wait"], tenth["route"]["repeat_interval"]) == ("3s", "24m")
    by_receiver = {route["receiver"]: route for route in tenth["route"]["routes"]}
    assert by_receiver["slack-warning"]["repeat_interval"] == "1h12m"
    assert by_receiver["heartbeat"]["group_interval"] == "6s"
    assert tenth["route"]["routes"][0]["group_wait"] == "1s"
