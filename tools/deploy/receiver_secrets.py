"""Existing Secrets that Alertmanager reads: a key that is missing is seen only when an alert cannot be sent."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from components.alerting.alertmanager_config import CONFIG_KEY
from components.alerting.receivers import SECRETS
from tools.render import RenderedObject

from .kubectl import items, kubectl

_FILE = re.compile(rf"{re.escape(SECRETS)}/([a-z0-9.-]+)/([A-Za-z0-9._-]+)")
Keys = Callable[[str, str], frozenset[str] | None]
"""Returns the keys of a Secret by namespace and name, `None` where there is none."""


def missing_receiver_secrets(context: str, objects: Sequence[RenderedObject]) -> list[str]:
    """Return each Secret and key that the receivers of the stack read and that the cluster does not have."""
    wanted = list(_wanted(objects))
    if not wanted:
        return []
    namespaces = {item["metadata"]["name"] for item in items(context, "namespaces")}

    def keys(namespace: str, name: str) -> frozenset[str] | None:
        where = ("--namespace", namespace, "--ignore-not-found", "-o", "json")
        found = kubectl(context, "get", "secret", name, *where) if namespace in namespaces else ""
        return frozenset(json.loads(found).get("data") or {}) if found.strip() else None

    return missing_keys(wanted, keys, namespaces)


def missing_keys(wanted: Iterable[tuple[str, str, str]], keys: Keys, namespaces: Iterable[str]) -> list[str]:
    """Return a message for each namespace, Secret and key of `wanted` that is not there."""
    found: dict[tuple[str, str], list[str]] = {}
    for namespace, name, key in wanted:
        there = keys(namespace, name)
        if there is None or (key and key not in there):
            found.setdefault((namespace, name), []).append(key)
    return [_message(namespace, name, missing, namespaces) for (namespace, name), missing in found.items()]


def _message(namespace: str, name: str, missing: Sequence[str], namespaces: Iterable[str]) -> str:
    named = [key for key in missing if key]
    literals = " ".join(f"--from-literal={key}='<{key}>'" for key in named or ["<key>"])
    first = (
        []
        if namespace in namespaces
        else [f"kubectl create namespace {namespace}, and list it in observability:cluster.existing_namespaces"]
    )
    return "\n    ".join(
        [
            f"Secret = {namespace}/{name}: must exist"
            + (f" with {'keys' if len(named) > 1 else 'key'} {', '.join(named)}" if named else "")
            + ", as receivers of alerts read it (observability:alerting.receivers); create it, or correct its name",
            *first,
            f"kubectl create secret generic {name} --namespace {namespace} {literals}",
        ]
    )


def _wanted(objects: Sequence[RenderedObject]) -> Iterator[tuple[str, str, str]]:
    """Yield namespace, Secret and key of each file that a configuration of Alertmanager names.

    An existing Alertmanager that mounts the Secret of the configuration mounts those beside it.
    """
    made = {(item.namespace, item.name): item for item in objects if item.kind == "Secret"}
    if not any(item.kind == "Alertmanager" for item in objects):
        for item in made.values():
            for name, key in sorted(set(_FILE.findall(item.text_of(CONFIG_KEY)))):
                if (item.namespace, name) not in made:
                    yield str(item.namespace), name, key
    for item in objects:
        if item.kind == "Alertmanager":
            spec = item.manifest["spec"]
            secret = made.get((item.namespace, str(spec.get("configSecret", ""))))
            text = secret.text_of(CONFIG_KEY) if secret else ""
            files = sorted(set(_FILE.findall(text)))
            unread = sorted({*(spec.get("secrets") or [])} - {name for name, _ in files})
            for name, key in [*files, *((name, "") for name in unread)]:
                if (item.namespace, name) not in made:
                    yield str(item.namespace), name, key
