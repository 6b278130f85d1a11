"""When an object is what was asked for: the reason why not yet, by kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

SKIP_AWAIT: Final = "pulumi.com/skipAwait"
TIMEOUT: Final = "pulumi.com/timeoutSeconds"
DEFAULT_SECONDS: Final = 600.0

_Object = dict[str, Any]


class NeverReady(Exception):
    """The object has failed for good."""


def annotations_of(manifest: _Object) -> dict[str, str]:
    return (manifest.get("metadata") or {}).get("annotations") or {}


def is_awaited(manifest: _Object) -> bool:
    return manifest.get("kind") in _CHECKS and annotations_of(manifest).get(SKIP_AWAIT) != "true"


def seconds(manifest: _Object, custom: float) -> float:
    """Return how long to wait: the resource's own timeout, its annotation, or ten minutes."""
    if custom > 0:
        return custom
    stated = annotations_of(manifest).get(TIMEOUT, "")
    return float(stated) if stated.isdigit() else DEFAULT_SECONDS


def missing(live: _Object) -> str | None:
    """Return what the object still waits for; None where it is ready."""
    check = _CHECKS.get(live["kind"])
    status = live.get("status") or {}
    if check is None:
        return None
    generation = live["metadata"].get("generation", 0)
    if "observedGeneration" in status and status["observedGeneration"] < generation:
        return "its controller has not seen the change yet"
    return check(live.get("spec") or {}, status)


def _workload(ready: str) -> Callable[[_Object, _Object], str | None]:
    def check(spec: _Object, status: _Object) -> str | None:
        wanted = spec.get("replicas", 1)
        if "observedGeneration" not in status:
            return "its controller has not seen it yet"
        have, updated = status.get(ready, 0), status.get("updatedReplicas", 0)
        on_delete = (spec.get("updateStrategy") or {}).get("type") == "OnDelete"
        if updated < wanted and not on_delete:
            return f"{updated} of {wanted} pods are of the new revision"
        return None if have >= wanted else f"{have} of {wanted} pods are ready"

    return check


def _job(spec: _Object, status: _Object) -> str | None:
    conditions = {entry["type"]: entry for entry in status.get("conditions") or []}
    if conditions.get("Failed", {}).get("status") == "True":
        raise NeverReady(f"the job failed: {conditions['Failed'].get('message', 'no message')}")
    return None if conditions.get("Complete", {}).get("status") == "True" else "the job is not complete"


_CHECKS: Final[dict[str, Callable[[_Object, _Object], str | None]]] = {
    "Deployment": _workload("availableReplicas"),
    "StatefulSet": _workload("readyReplicas"),
    "Job": _job,
}
