"""Keys of Alertmanager in place of ours: what is said of each, as an argument and as a setting of a stack."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from components._model import StrictModel, UpstreamKey
from components.alerting.alertmanager_keys import OF_INHIBITIONS, OF_NOTIFICATIONS, OF_RECEIVERS, OF_ROUTES, OF_SMTP
from components.alerting.notifications import NotificationSettings
from components.alerting.receivers import Receiver, Smtp
from components.alerting.routes import Inhibition, Route
from components.alerting.spec import AlertingSpec
from tests.unit.config.stacks import problems

KEYS: list[tuple[type[StrictModel], Mapping[str, UpstreamKey]]] = [
    (Receiver, OF_RECEIVERS),
    (Smtp, OF_SMTP),
    (Route, OF_ROUTES),
    (Inhibition, OF_INHIBITIONS),
    (NotificationSettings, OF_NOTIFICATIONS),
]
SECRET = "T0123456/B0123456/abcdefghijklmnop"
HOOK = {"kind": "webhook", "url": "http://pager.tools/alerts"}


@pytest.mark.parametrize(("model", "keys"), KEYS)
def test_no_key_is_a_field_and_each_names_a_rule_and_a_fix(
    model: type[StrictModel], keys: Mapping[str, UpstreamKey]
) -> None:
    assert model.upstream_keys is keys
    assert not keys.keys() & model.model_fields.keys()
    assert {key.field for key in keys.values() if key.field} <= model.model_fields.keys()
    assert all("; " in key.message for key in keys.values())


@pytest.mark.parametrize(
    ("key", "value", "converted"),
    [
        ("match", {"severity": "critical", "team": "a"}, ['severity="critical"', 'team="a"']),
        ("match_re", {"service": "shop|cart"}, ['service=~"shop|cart"']),
        ("match", {"text": 'a"b'}, ['text="a\\"b"']),
        ("match", "severity", None),
        ("continue", True, True),
    ],
)
def test_a_value_is_converted_to_one_that_the_field_takes(key: str, value: Any, converted: Any) -> None:
    found = OF_ROUTES[key]
    assert found.converted(value) == converted
    if converted is not None:
        Route.model_validate({"matchers": ["a=b"], found.field: converted})


@pytest.mark.parametrize(
    ("areas", "place", "rule"),
    [
        ({"receivers": {"a": {"kind": "slack", "api_url": f"https://hooks.slack.com/services/{SECRET}"}}},
         "receivers.a.api_url", "set url_secret: {secret: slack-webhook, key: url}"),
        ({"receivers": {"a": {"kind": "pagerduty", "service_key": SECRET}}},
         "receivers.a.service_key", "one of the Events API v2; set routing_key: {secret: pagerduty, key: routing-key}"),
        ({"receivers": {"a": {"slack_configs": [{"api_url": SECRET}]}}},
         "receivers.a.slack_configs", "set kind: slack"),
        ({"receivers": {"a": {"kind": "email", "smarthost": "mail:25"}}},
         "receivers.a.smarthost", "set smtp.smarthost"),
        ({"smtp": {"smarthost": "mail:25", "sender": "a@b.c", "auth_password": SECRET}},
         "smtp.auth_password", "set password: {secret: smtp, key: password}"),
        ({"receivers": {"a": {"kind": "email", "auth_secret": SECRET}}},
         "receivers.a.auth_secret", "set smtp.password: {secret: smtp, key: password}"),
        ({"receivers": {"a": {"kind": "pagerduty", "details": {"note": SECRET}}}},
         "receivers.a.details", "messages have the templates of the stack"),
        ({"smtp": {"smarthost": "mail:25", "from": "a@b.c"}}, "smtp.from", "is sender; set that"),
        ({"routes": {"a": {"match": {"severity": "critical"}}}},
         "routes.a.match", 'write matchers: ["severity=\\"critical\\""]'),
        ({"routes": {"a": {"matchers": ["a=b"], "continue": True}}}, "routes.a.continue", "is continue_matching"),
        ({"routes": {"a": {"matchers": ["a=b"], "routes": []}}}, "routes.a.routes", "with under: and the name"),
        ({"inhibitions": {"a": {"source_match": {"a": "b"}, "target_match_re": {"a": "b"}, "equal": ["a"]}}},
         "inhibitions.a.target_match_re", "labels are matched by target_matchers"),
        ({"route": {"receiver": "a"}}, "route", "set default_receiver, group_by"),
        ({"inhibit_rules": []}, "inhibit_rules", "write inhibitions:"),
        ({"global": {"slack_api_url": SECRET}}, "global", "set smtp and resolve_timeout"),
    ],
)  # fmt: skip
def test_what_takes_its_place_is_said_without_the_secret(areas: dict[str, Any], place: str, rule: str) -> None:
    found = AlertingSpec.find_problems({"namespace": "monitoring", **areas})
    (argument,) = [problem for problem in found if problem.field == place]
    assert "unknown argument: " in argument.message and rule in argument.message
    of_stack = problems(cluster={"name": "shop"}, alerting=areas)
    (setting,) = [line for line in of_stack.splitlines() if re.match(rf"  observability:alerting\.{place}[ :]", line)]
    assert "unknown setting: " in setting and rule in setting
    assert SECRET not in f"{found}{of_stack}"


def test_the_command_sets_what_takes_its_place() -> None:
    routes = {"a": {"receiver": "hook", "match": {"severity": "critical"}, "continue": True}}
    fixes = problems(cluster={"name": "shop"}, alerting={"receivers": {"hook": HOOK}, "routes": routes})
    assert """'observability:alerting.routes.a.matchers[0]' 'severity="critical"'""" in fixes
    assert "observability:alerting.routes.a.continue_matching true" in fixes
