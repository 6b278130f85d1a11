"""`make recover`: the stack lock, pending operations and unfinished Helm releases that an interrupted `up` leaves."""

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pulumi

from sandbox.kinds import HELM_RELEASE
from tools.program import program_of, record

from .cluster import HelmRelease, inspect_cluster
from .confirmation import Refused, confirm
from .engine import Engine
from .kubectl import items, kubectl

STUCK = "owner=helm,status in (pending-install, pending-upgrade, pending-rollback, uninstalling)"
"""Selects the Secrets in which Helm keeps revisions that it has not finished."""


def recover(engine: Engine, yes: bool) -> None:
    """Clear what an interrupted `up` left: the lock, pending operations, Helm releases in a pending state."""
    context = inspect_cluster(engine.stack.context).context
    held = locks(engine)
    if running := [lock for lock in held if lock.held]:
        raise Refused(f"it is at work now ({running[0]}): wait for it, or end that process")
    engine.open()
    state = engine.export()
    operations = pending(state)
    stuck = stuck_releases(context, releases_in(state) | _wanted_releases(engine))
    unfinished = (f"Helm release {release.namespace}/{release.name}, which is {release.status}" for release in stuck)
    leftovers = [*map(str, held), *map(describe, operations), *unfinished]
    if not leftovers and engine.environment.backend.startswith("file://"):
        print(f"nothing to recover: stack {engine.stack.stack} has no lock, nothing pending and no stuck release")
        return
    print(f"left behind in stack {engine.stack.stack}:", *(f"  {leftover}" for leftover in leftovers), sep="\n")
    confirm("Clear this?", yes)
    for release in stuck:
        clear_release(context, release)
    engine.cancel()
    if operations:
        engine.import_state(without_pending_operations(state))
    print(f"cleared {len(leftovers)} leftovers; run the up again")


def refuse_locked_stack(engine: Engine) -> None:
    """Raise `Refused` where another or an interrupted command holds the lock of the stack."""
    if found := locks(engine):
        fix = "wait for it" if found[0].held else f"make recover STACK={engine.stack.stack}"
        raise Refused(f"stack {engine.stack.stack} is locked by another or an interrupted command ({found[0]}): {fix}")


def _wanted_releases(engine: Engine) -> set[tuple[str, str]]:
    try:
        recording = record(program_of(engine.root, engine.stack.stack), stack=engine.stack.stack)
    except pulumi.RunError as error:
        raise Refused(str(error)) from error
    wanted = [resource.plain() for resource in recording.of_type(HELM_RELEASE)]
    return {(str(release["namespace"]), str(release["name"])) for release in wanted}


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


def locks(engine: Engine) -> list[Lock]:
    """Return the locks of the stack; none where its state is not in files."""
    return locks_in(engine.environment.backend, engine.project, engine.stack.stack)


def locks_in(backend: str, project: str, stack: str) -> list[Lock]:
    """Read the locks of a stack from a state in files; other states do not show theirs."""
    address = urlsplit(backend)
    if address.scheme != "file":
        return []
    folder = Path(address.netloc + address.path).expanduser() / ".pulumi" / "locks" / "organization" / project / stack
    contents = [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))]
    return [
        Lock(int(found["pid"]), str(found["hostname"]), str(found["timestamp"]).partition(".")[0]) for found in contents
    ]


def stuck_releases(context: str, ours: set[tuple[str, str]]) -> list[HelmRelease]:
    """Return those of our releases (namespace, name) that Helm refuses to touch: "another operation is in progress"."""
    found = map(HelmRelease.of, items(context, "secrets", "--all-namespaces", f"--selector={STUCK}"))
    return [release for release in found if (release.namespace, release.name) in ours]


def clear_release(context: str, stuck: HelmRelease) -> None:
    """Forget the unfinished revision; earlier ones stay, so that the next `up` upgrades from the last good one."""
    kubectl(context, "--namespace", stuck.namespace, "delete", "secret", stuck.secret)


def releases_in(state: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return namespace and name of every Helm release that an exported state has, or has begun to make."""
    resources = [*(state["deployment"].get("resources") or []), *(item["resource"] for item in pending(state))]
    inputs = [item.get("inputs") or {} for item in resources if item["type"] == HELM_RELEASE]
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
    if operation["type"] != "creating" or resource["type"] == HELM_RELEASE:
        return line
    return f"{line}; where the next up reports that it exists: pulumi import {resource['type']} NAME ID"
