"""Upgrades of the chart that Kubernetes refuses halfway."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

HEADLESS_CACHE = (2, 17, 10)
"""The version of `tempo-distributed` from which the Service of the cache is headless, as its README tells."""


class PreparedChange(StrEnum):
    """A change that the applied state forbids until somebody has prepared it by hand."""

    CACHE = "cache"
    LOCATION = "location"
    INGESTERS = "ingesters"


def upgrade_problems(
    applied: Mapping[str, Any], wanted: Mapping[str, Any], *, prepared: Collection[PreparedChange] = ()
) -> list[str]:
    """Compare the applied inputs of the release with the new ones; give each forbidden upgrade with its way out."""
    before, after = applied.get("version"), wanted.get("version")
    if PreparedChange.CACHE in prepared or not isinstance(before, str) or not isinstance(after, str):
        return []
    if (_numbers(before) < HEADLESS_CACHE) == (_numbers(after) < HEADLESS_CACHE):
        return []
    if not (_has_memcached(applied) and _has_memcached(wanted)):
        return []
    cache = f"{wanted.get('name')}-memcached"
    delete = f"kubectl -n {wanted.get('namespace')} delete"
    return [
        f"chart_version changes from {before} to {after}, which changes fields of the cache's Service and StatefulSet "
        "that cannot change. Delete both, which loses nothing but cached blocks, and apply once with allow_changes "
        f'["{PreparedChange.CACHE}"]: {delete} statefulset {cache} --cascade=orphan; {delete} service {cache}'
    ]


def _has_memcached(inputs: Mapping[str, Any]) -> bool:
    """Say whether the chart's own cache runs, as it does unless told otherwise."""
    memcached = (inputs.get("values") or {}).get("memcached") or {}
    return memcached.get("enabled") is not False


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
