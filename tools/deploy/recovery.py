"""What an interrupted `up` leaves behind: a stack lock, pending operations, Helm releases that never finished."""

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .kubectl import items, kubectl

RELEASE = "kubernetes:helm.sh/v3:Release"
STUCK = ("pending-install", "pending-upgrade", "pending-rollback", "uninstalling")


@dataclass(frozen=True)
class Lock:
    """A lock of the stack in a state that is kept in files."""

    pid: int
    host: str
    since: str

    @property
    def held(self) -> bool:
        """Whether the process that took it still runs on this machine."""
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True

    def __str__(self) -> str:
        return f"lock of process {self.pid} on {self.host} since {self.since}"


def locks(backend: str, project: str, stack: str) -> list[Lock]:
    """Read the locks of a stack where its state is in files; other states keep theirs to themselves."""
    address = urlsplit(backend)
    if address.scheme != "file":
        return []
    folder = Path(address.netloc + address.path).expanduser() / ".pulumi" / "locks" / "organization" / project / stack
    contents = [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))]
    return [
        Lock(int(found["pid"]), str(found["hostname"]), str(found["timestamp"]).partition(".")[0]) for found in contents
    ]


@dataclass(frozen=True)
class StuckRelease:
    """A Helm release whose last operation was cut off."""

    namespace: str
    name: str
    status: str
    secret: str
    """The Secret in which Helm keeps this revision."""

    def __str__(self) -> str:
        return f"Helm release {self.namespace}/{self.name}, which is {self.status}"


def stuck_releases(context: str, ours: set[tuple[str, str]]) -> list[StuckRelease]:
    """Find those of our releases (namespace, name) that Helm refuses to touch: "another operation is in progress"."""
    secrets = (item["metadata"] for item in items(context, "secrets", "--all-namespaces", "--selector=owner=helm"))
    found = [
        StuckRelease(secret["namespace"], secret["labels"]["name"], secret["labels"]["status"], secret["name"])
        for secret in secrets
    ]
    return [release for release in found if release.status in STUCK and (release.namespace, release.name) in ours]


def clear_release(context: str, stuck: StuckRelease) -> None:
    """Forget the unfinished revision; earlier ones stay, so that the next `up` upgrades from the last good one."""
    kubectl(context, "--namespace", stuck.namespace, "delete", "secret", stuck.secret)


def releases_in(state: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return namespace and name of every Helm release that an exported state has, or has begun to make."""
    resources = [*(state["deployment"].get("resources") or []), *(item["resource"] for item in pending(state))]
    inputs = [item.get("inputs") or {} for item in resources if item["type"] == RELEASE]
    return {(str(item.get("namespace")), str(item.get("name"))) for item in inputs}


def pending(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the operations that an exported state has begun and not ended."""
    return list(state["deployment"].get("pending_operations") or [])


def without_pending_operations(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return an exported state without its pending operations."""
    deployment = {key: value for key, value in state["deployment"].items() if key != "pending_operations"}
    return {**state, "deployment": deployment}


def describe(operation: Mapping[str, Any]) -> str:
    """Return the pending operation in words, with the fix where the object may exist without being in the state."""
    resource = operation["resource"]
    line = f"operation {operation['type']} {resource['urn'].rpartition('::')[2]} ({resource['type']})"
    if operation["type"] != "creating" or resource["type"] == RELEASE:
        return line
    return f"{line}; should the next up say that it exists already: pulumi import {resource['type']} NAME ID"
