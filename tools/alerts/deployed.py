"""The rules and routes of a stack as they are in the sandbox, in place of those that are compiled."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from components.alerting.alertmanager_config import CONFIG_KEY
from components.alerting.durations import scaled
from components.alerting.rule_files import group_of
from components.alerting.rule_objects import rule_objects
from components.alerting.rules import Group
from components.alerting.spec import AlertingSpec
from sandbox.controlplane import is_up
from sandbox.handle import Sandbox
from sandbox.layout import Layout

RULES = "/apis/monitoring.coreos.com/v1/prometheusrules"


class NotDeployedError(Exception):
    """The sandbox does not run, or the stack is not in it; the message has the command that helps."""


_WAITS = ("group_wait", "group_interval", "repeat_interval")


@dataclass(frozen=True)
class Deployed:
    """What the sandbox has."""

    groups: tuple[Group, ...]
    """With the cases of the compiled groups of their names."""
    configuration: Mapping[str, Any]
    """Of Alertmanager."""
    objects: tuple[str, ...]
    """Kind, namespace and name of each object that was read."""


def deployed(spec: AlertingSpec, stack: str, directory: Path) -> Deployed:
    """Return the rules and routes in the sandbox of `directory`; raise `NotDeployedError` where there are none."""
    layout = Layout(directory.resolve())
    if not is_up(layout):
        raise NotDeployedError(f"no sandbox runs in {directory}; start one with make sandbox")
    sandbox = Sandbox(layout)
    names = {part.name for part in rule_objects(spec.compiled.groups)}
    items = [item for item in _items(sandbox) if item["metadata"]["name"] in names]
    namespaces = {item["metadata"]["namespace"] for item in items}
    if len(namespaces) != 1:
        raise NotDeployedError(f"the sandbox has no rules of one stack; make up STACK={stack} deploys them")
    (namespace,) = namespaces
    secret = sandbox.api.find(f"/api/v1/namespaces/{namespace}/secrets/{spec.config_secret}")
    if secret is None:
        raise NotDeployedError(f"the sandbox has no Secret {namespace}/{spec.config_secret}; deploy again")
    return Deployed(
        tuple(_groups(spec, items)),
        yaml.safe_load(base64.b64decode(secret["data"][CONFIG_KEY])),
        (
            *(f"PrometheusRule {namespace}/{item['metadata']['name']}" for item in items),
            f"Secret {namespace}/{spec.config_secret}",
        ),
    )


def scaled_configuration(configuration: Mapping[str, Any], scale: Fraction) -> dict[str, Any]:
    """Return a configuration of Alertmanager with every duration of its routes multiplied by `scale`."""

    def route(stated: Mapping[str, Any]) -> dict[str, Any]:
        waits = {key: scaled(text, scale) for key, text in stated.items() if key in _WAITS}
        return {**stated, **waits, **({"routes": [*map(route, stated["routes"])]} if "routes" in stated else {})}

    of_all = configuration.get("global") or {}
    timeout = {key: scaled(text, scale) for key, text in of_all.items() if key == "resolve_timeout"}
    return {**configuration, "global": {**of_all, **timeout}, "route": route(configuration["route"])}


def _items(sandbox: Sandbox) -> list[dict[str, Any]]:
    # Without the operator's definitions there is no such kind.
    found = sandbox.api.find(RULES)
    return list(found["items"]) if found else []


def _groups(spec: AlertingSpec, items: list[dict[str, Any]]) -> Iterator[Group]:
    compiled = {group.name: group for group in spec.tested.groups}
    for item in items:
        for stated in item["spec"]["groups"]:
            known = compiled.get(stated["name"])
            group = group_of(known.place if known else item["metadata"]["name"], stated)
            yield replace(group, cases=known.cases if known else ())
