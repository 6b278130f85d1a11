"""A receiver whose Secret or key is missing is found before an `up`."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from components.alerting.alertmanager_config import alertmanager_config
from components.alerting.notifications import NotificationSettings
from tools.deploy import receiver_secrets
from tools.deploy.receiver_secrets import missing_receiver_secrets
from tools.render import RenderedObject

RECEIVERS = {
    "slack": {"kind": "slack", "url_secret": {"secret": "chat", "key": "slack-url"}},
    "teams": {"kind": "teams", "url_secret": {"secret": "chat", "key": "teams-url"}},
    "pager": {"kind": "pagerduty", "routing_key": {"secret": "pagerduty", "key": "routing-key"}},
}


def rendered(kind: str, name: str, **fields: Any) -> RenderedObject:
    version = "v1" if kind == "Secret" else "monitoring.coreos.com/v1"
    metadata = {"name": name, "namespace": "monitoring"}
    return RenderedObject({"apiVersion": version, "kind": kind, "metadata": metadata, **fields}, "test")


def stack(*, config: bool = True) -> list[RenderedObject]:
    """Return the objects of a stack with receivers; `config` is whether it makes the configuration itself."""
    settings = NotificationSettings.model_validate({"receivers": RECEIVERS, "default_receiver": "slack"})
    text = yaml.safe_dump(alertmanager_config(settings, {}))
    spec = {"configSecret": "alertmanager-config", "secrets": ["chat", "pagerduty"]}
    data = {"alertmanager.yaml": b64encode(text.encode()).decode()}
    secret = [rendered("Secret", "alertmanager-config", data=data)] if config else []
    return [rendered("Alertmanager", "prometheus", spec=spec), *secret]


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what is missing in a cluster with the namespace `monitoring`, and there with `secrets`."""

    def find(
        objects: list[RenderedObject], secrets: Mapping[str, list[str]], namespaces: tuple[str, ...] = ("monitoring",)
    ) -> list[str]:
        def kubectl(_context: str, _get: str, kind: str, name: str, *_: str) -> str:
            assert kind == "secret"
            return json.dumps({"data": dict.fromkeys(secrets[name], "eA==")}) if name in secrets else ""

        monkeypatch.setattr(receiver_secrets, "kubectl", kubectl)
        monkeypatch.setattr(receiver_secrets, "items", lambda *_: [{"metadata": {"name": name}} for name in namespaces])
        return missing_receiver_secrets("", objects)

    return find


def test_every_key_that_is_there_is_accepted(found: Any) -> None:
    assert found(stack(), {"chat": ["slack-url", "teams-url"], "pagerduty": ["routing-key"]}) == []


def test_a_missing_secret_and_missing_keys_are_named_with_the_command_that_makes_them(found: Any) -> None:
    chat, pager = found(stack(), {"chat": ["other"]})
    assert chat == (
        "Secret = monitoring/chat: must exist with keys slack-url, teams-url, as receivers of alerts read it "
        "(observability:alerting.receivers); create it, or correct its name\n"
        "    kubectl create secret generic chat --namespace monitoring --from-literal=slack-url='<slack-url>' "
        "--from-literal=teams-url='<teams-url>'"
    )
    assert pager.startswith("Secret = monitoring/pagerduty: must exist with key routing-key,")


def test_a_namespace_that_the_stack_would_create_is_created_first(found: Any) -> None:
    problems = found(stack(), {}, namespaces=())
    assert (
        "kubectl create namespace monitoring, and list it in observability:cluster.existing_namespaces" in problems[0]
    )


def test_of_a_configuration_made_elsewhere_the_mounted_secrets_must_exist(found: Any) -> None:
    problems = found(stack(config=False), {"chat": []})
    assert [problem.split(",")[0] for problem in problems] == ["Secret = monitoring/pagerduty: must exist"]


def test_secrets_of_an_existing_alertmanager_that_mounts_the_configuration_must_exist_too(found: Any) -> None:
    (chat, pager) = found(stack()[1:], {})
    assert chat.startswith("Secret = monitoring/chat: must exist with keys slack-url, teams-url")
    assert pager.startswith("Secret = monitoring/pagerduty: must exist with key routing-key")
    assert found(stack()[1:], {"chat": ["slack-url", "teams-url"], "pagerduty": ["routing-key"]}) == []


def test_a_secret_that_the_stack_makes_is_not_asked_for(found: Any) -> None:
    made = [rendered("Secret", name, data={}) for name in ("chat", "pagerduty")]
    assert found([*stack(), *made], {}) == []


def test_a_stack_without_alertmanager_asks_for_nothing() -> None:
    assert missing_receiver_secrets("", [rendered("Secret", "x", data={})]) == []
