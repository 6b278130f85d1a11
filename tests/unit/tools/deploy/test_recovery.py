"""What an interrupted `up` leaves is found, told and cleared; nothing else is touched."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from tools.deploy import recovery
from tools.deploy.cluster import HelmRelease

RELEASE = {"type": "kubernetes:helm.sh/v3:Release", "inputs": {"namespace": "logging", "name": "loki"}}
NAMESPACE = {"type": "kubernetes:core/v1:Namespace", "urn": "urn:pulumi:dev::observability::Namespace::logging"}


@pytest.fixture
def state() -> dict[str, Any]:
    """A state whose last `up` was killed while it made Loki."""
    pending = [{"type": "creating", "resource": {**RELEASE, "urn": "urn:pulumi:dev::observability::Release::loki"}}]
    return {"version": 3, "deployment": {"resources": [NAMESPACE], "pending_operations": pending}}


def test_clearing_pending_operations_keeps_all_else(state: dict[str, Any]) -> None:
    cleared = recovery.without_pending_operations(state)
    assert cleared == {"version": 3, "deployment": {"resources": [NAMESPACE]}}
    assert recovery.pending(cleared) == []
    assert recovery.pending(state), "the state that was given is not changed"


def test_a_release_that_was_only_begun_is_ours_too(state: dict[str, Any]) -> None:
    assert recovery.releases_in(state) == {("logging", "loki")}
    assert recovery.releases_in({"deployment": {}}) == set(), "a stack that was never deployed has none"


def test_an_object_that_may_be_missing_in_the_state_is_reported_with_its_import() -> None:
    told = recovery.describe({"type": "creating", "resource": NAMESPACE})
    assert told.startswith("operation creating logging (kubernetes:core/v1:Namespace)")
    assert told.endswith("pulumi import kubernetes:core/v1:Namespace NAME ID")
    assert "import" not in recovery.describe({"type": "updating", "resource": NAMESPACE})


def test_only_our_releases_that_helm_refuses_to_touch_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def items(_context: str, _kind: str, *options: str) -> list[dict[str, Any]]:
        assert f"--selector={recovery.STUCK}" in options, "the API server leaves the finished revisions out"
        return [
            _revision("logging", "loki", "pending-upgrade", 2),
            _revision("shop", "cart", "pending-install", 1),
        ]

    monkeypatch.setattr(recovery, "items", items)
    found = recovery.stuck_releases("somewhere", {("logging", "loki"), ("tracing", "tempo")})
    assert found == [HelmRelease("logging", "loki", "pending-upgrade", 2)]
    assert found[0].secret == "sh.helm.release.v1.loki.v2", "the good revision before it stays"


def test_a_lock_is_held_while_its_process_runs_here(tmp_path: Path) -> None:
    folder = tmp_path / ".pulumi" / "locks" / "organization" / "observability" / "dev"
    folder.mkdir(parents=True)
    here, nobody = socket.gethostname(), 2**22 + 1
    for name, pid, host in (("a", os.getpid(), here), ("b", nobody, here), ("c", os.getpid(), "elsewhere")):
        lock = {"pid": pid, "hostname": host, "username": "me", "timestamp": "2026-01-02T03:04:05.678Z"}
        (folder / f"{name}.json").write_text(json.dumps(lock))
    found = recovery.locks_in(tmp_path.as_uri(), "observability", "dev")
    assert [lock.held for lock in found] == [True, False, False]
    assert str(found[1]) == f"lock of process {nobody} on {here} since 2026-01-02T03:04:05"
    assert recovery.locks_in(tmp_path.as_uri(), "observability", "eks") == [], "another stack's lock is not ours"


def test_a_state_elsewhere_keeps_its_locks_to_itself() -> None:
    assert recovery.locks_in("s3://state", "observability", "dev") == []


def _revision(namespace: str, name: str, status: str, revision: int) -> dict[str, Any]:
    labels = {"owner": "helm", "name": name, "status": status, "version": str(revision)}
    return {"metadata": {"namespace": namespace, "name": f"sh.helm.release.v1.{name}.v{revision}", "labels": labels}}
