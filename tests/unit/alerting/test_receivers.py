"""Receivers have the options of their kind, secrets by file, and nothing that Alertmanager would default otherwise."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from components.alerting.receivers import (
    Receiver,
    Smtp,
    receiver_config,
    receiver_violations,
    smtp_config,
    smtp_violations,
)

KEY = {"secret": "hooks", "key": "url"}
FILE = "/etc/alertmanager/secrets/hooks/url"


def receiver(**stated: Any) -> Receiver:
    return Receiver.model_validate(stated)


@pytest.mark.parametrize(
    ("stated", "section", "options"),
    [
        (
            {"kind": "slack", "url_secret": KEY, "channel": "#a"},
            "slack_configs",
            {"api_url_file": FILE, "channel": "#a"},
        ),
        ({"kind": "pagerduty", "routing_key": KEY}, "pagerduty_configs", {"routing_key_file": FILE}),
        ({"kind": "email", "to": ["a@b.org", "c@d.org"]}, "email_configs", {"to": "a@b.org, c@d.org"}),
        ({"kind": "webhook", "url": "http://a.b/c"}, "webhook_configs", {"url": "http://a.b/c"}),
        (
            {"kind": "webhook", "url_secret": KEY, "token": {"secret": "hooks", "key": "token"}, "max_alerts": 5},
            "webhook_configs",
            {
                "url_file": FILE,
                "max_alerts": 5,
                "http_config": {
                    "authorization": {"type": "Bearer", "credentials_file": "/etc/alertmanager/secrets/hooks/token"}
                },
            },
        ),
        ({"kind": "teams", "url_secret": KEY}, "msteamsv2_configs", {"webhook_url_file": FILE}),
    ],
)
def test_a_receiver_reads_its_secrets_from_files(stated: Any, section: str, options: Mapping[str, Any]) -> None:
    rendered = receiver_config("x", receiver(**stated))
    assert [*rendered] == ["name", section]
    (config,) = rendered[section]
    assert options.items() <= config.items()
    assert config["send_resolved"] is True, "the default of Alertmanager differs by kind, so that it is always stated"
    assert receiver_config("x", receiver(**stated, send_resolved=False))[section][0]["send_resolved"] is False


@pytest.mark.parametrize(
    ("stated", "place", "message"),
    [
        ({"kind": "slack"}, "url_secret", "is missing: kind slack requires it; set it"),
        ({"kind": "teams"}, "url_secret", "is missing: kind teams requires it; set it"),
        ({"kind": "pagerduty"}, "routing_key", "is missing: kind pagerduty requires it; set it"),
        ({"kind": "email"}, "to", "is missing: kind email requires it; set it"),
        ({"kind": "webhook"}, "url", "must have one of url and url_secret with kind webhook, and has none"),
        ({"kind": "webhook", "url": "http://a.b", "url_secret": KEY}, "url", "and has both; remove one of them"),
        (
            {"kind": "pagerduty", "routing_key": KEY, "channel": "#a"},
            "channel",
            "is an option of kind slack, and the kind",
        ),
        ({"kind": "email", "to": ["a@b.org"], "icon": "x"}, "icon", "is an option of kind slack and teams"),
    ],
)
def test_an_option_is_of_the_kind_and_what_is_required_is_there(stated: Any, place: str, message: str) -> None:
    smtp = Smtp(smarthost="mail:25", sender="a@b.org")
    (found,) = receiver_violations({"x": receiver(**stated)}, smtp)
    assert found.at == ("receivers", "x", place) and message in found.message


def test_no_receiver_has_the_name_of_the_one_that_notifies_nobody() -> None:
    (found,) = receiver_violations({"none": receiver(kind="webhook", url="http://a.b")}, None)
    assert found.at == ("receivers", "none") and "must not be called none" in found.message


def test_email_requires_a_server() -> None:
    (found,) = receiver_violations({"x": receiver(kind="email", to=["a@b.org"])}, None)
    assert found.at == ("receivers", "x", "kind") and "smtp is missing" in found.message
    assert found.fix == {"smtp.smarthost": "<smarthost>", "smtp.sender": "<sender>"}


@pytest.mark.parametrize(
    ("login", "place"), [({"username": "a"}, "username"), ({"password": {"secret": "s", "key": "k"}}, "password")]
)
def test_a_login_is_whole(login: Any, place: str) -> None:
    smtp = Smtp.model_validate({"smarthost": "mail:25", "sender": "a@b.org", **login})
    (found,) = smtp_violations(smtp, {"x": receiver(kind="email", to=["a@b.org"])})
    assert found.at == ("smtp", place) and "as they are one login" in found.message


def test_a_server_that_no_receiver_uses_is_refused() -> None:
    (found,) = smtp_violations(Smtp(smarthost="mail:25", sender="a@b.org"), {})
    assert "is used by no receiver" in found.message


def test_smtp_is_configured_with_the_password_in_a_file() -> None:
    smtp = Smtp.model_validate(
        {"smarthost": "mail:25", "sender": "a@b.org", "username": "u", "password": {"secret": "s", "key": "k"}}
    )
    assert smtp_config(smtp) == {
        "smtp_smarthost": "mail:25",
        "smtp_from": "a@b.org",
        "smtp_require_tls": True,
        "smtp_auth_username": "u",
        "smtp_auth_password_file": "/etc/alertmanager/secrets/s/k",
    }


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        (
            {"kind": "slack", "url_secret": "https://hooks.slack.com/services/T/B/x"},
            "secret and key of an existing Secret",
        ),
        ({"kind": "webhook", "url": "https://hooks.slack.com/services/T/B/x"}, "must not have a secret in its path"),
        ({"kind": "webhook", "url": "https://user:pass@pager.example.org"}, "must not have credentials"),
        ({"kind": "webhook", "url": "pager:8080"}, "must be a URL"),
        ({"kind": "email", "to": ["sre"]}, "must be an e-mail address"),
        ({"kind": "email", "to": ["sre@{{ .x }}"]}, "must be an e-mail address"),
        ({"kind": "slack", "channel": "#a b"}, "must be one channel without white space"),
        ({"kind": "slack", "channel": "alerts-critical"}, "must be the name of a channel with '#'"),
        ({"kind": "slack", "icon": "{{ x }}"}, "must be an emoji"),
        ({"kind": "webhook", "max_alerts": -1}, "greater than or equal to 0"),
    ],
)
def test_a_value_that_is_a_secret_or_no_value_is_refused(stated: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        receiver(**stated)
