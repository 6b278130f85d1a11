"""What an interrupted `up` leaves behind: a stack lock, pending operations, Helm releases that never finished."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .target import _items, _kubectl

STUCK = ("pending-install", "pending-upgrade", "pending-rollback", "uninstalling")


@dataclass(frozen=True)
class StuckRelease:
    """A Helm release whose last operation was cut off."""

    namespace: str
    name: str
    status: str
    secret: str
    """The Secret in which Helm keeps this revision."""


def stuck_releases(context: str) -> list[StuckRelease]:
    """Find the releases that Helm would refuse to touch ("another operation is in progress")."""
    return [
        StuckRelease(
            item["metadata"]["namespace"],
            item["metadata"]["labels"]["name"],
            item["metadata"]["labels"]["status"],
            item["metadata"]["name"],
        )
        for item in _items(context, "secrets", "--all-namespaces", "--selector=owner=helm")
        if item["metadata"]["labels"].get("status") in STUCK
    ]


def clear_release(context: str, stuck: StuckRelease) -> None:
    """Forget the unfinished revision; earlier ones stay, so that the next `up` upgrades from the last good one."""
    _kubectl(context, "--namespace", stuck.namespace, "delete", "secret", stuck.secret)


def without_pending_operations(deployment: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Give an exported state without its pending operations, and the names of what was pending."""
    state = json.loads(json.dumps(deployment))
    pending = (state.get("deployment") or {}).pop("pending_operations", None) or []
    return state, [f"{operation['type']} {operation['resource']['urn']}" for operation in pending]
