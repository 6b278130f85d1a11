"""Changes to a running Tempo that would lose sight of traces, or that Kubernetes refuses halfway."""

from collections.abc import Mapping
from typing import Any

REPLACE = "pulumi up --replace <urn of the release>"

State = dict[str, Any]


def state_problems(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Compare the applied chart values with the new ones; give every forbidden change with its way out."""
    if _mode(applied) != _mode(wanted):
        return [
            f"mode changes from {_mode(applied)} to {_mode(wanted)}: spans that are not in the bucket yet stay behind "
            "on the volumes of the old pods. Add a second Tracing with another release name and the same bucket, send "
            "traces there, and remove the first one once it has flushed"
        ]
    return [*_moved_blocks(applied, wanted), *_changed_volumes(applied, wanted)]


def _mode(values: Mapping[str, Any]) -> str:
    return "distributed" if "traces" in values else "monolithic"


def _moved_blocks(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    before, after = _blocks(applied), _blocks(wanted)
    return [
        f"{what} changes from {before[what]!r} to {after[what]!r}: every trace written so far would vanish from "
        "queries and never expire. Change it back; or copy the blocks first, or let the old traces go, and then run "
        f"{REPLACE}"
        for what in before
        if before[what] != after[what]
    ]


def _blocks(values: Mapping[str, Any]) -> State:
    trace = _at(values, "storage", "trace") or _at(values, "tempo", "storage", "trace") or {}
    s3 = trace.get("s3") or {}
    return {
        "the storage backend": trace.get("backend", "local"),
        "the bucket": s3.get("bucket", ""),
        "the bucket prefix": s3.get("prefix", ""),
    }


def _changed_volumes(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    before, after = _volumes(applied), _volumes(wanted)
    return [
        f"{what} changes from {before[what]!r} to {after[what]!r}: no StatefulSet can change its volume claim "
        "templates. Change it back; or, to grow volumes, raise the size in their claims and then run "
        f"{REPLACE}, which keeps them"
        for what in before
        if what in after and before[what] != after[what]
    ]


def _volumes(values: Mapping[str, Any]) -> State:
    claims = {
        "monolithic": {"": _at(values, "persistence")},
        "distributed": {
            "ingester ": _at(values, "ingester", "persistence"),
            "generator ": _at(values, "metricsGenerator", "persistence"),
        },
    }[_mode(values)]
    return {
        f"the {owner}volume {what}": claim.get(key, "")
        for owner, claim in claims.items()
        if claim
        for what, key in (("size", "size"), ("storage class", _storage_class_key(values)))
    }


def _storage_class_key(values: Mapping[str, Any]) -> str:
    return "storageClass" if _mode(values) == "distributed" else "storageClassName"


def _at(values: Mapping[str, Any], *path: str) -> Any:
    found: Any = values
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
