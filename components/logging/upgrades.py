"""Changes of the chart that Kubernetes refuses halfway."""

from collections.abc import Collection, Mapping
from typing import Any

from .choices import PreparedChange
from .modes import Mode, Role

REFOUNDED = (Role.RULER, Role.PATTERN_INGESTER)
"""Workloads whose StatefulSet is another one in each generation of the chart: its Service, or how it starts pods."""

ONCE_HEADLESS = (Role.QUERY_SCHEDULER, Role.RULER)
"""Workloads whose Service has no address in the older generation alone: a Service may keep none, but not lose one."""


def upgrade_problems(
    applied: Mapping[str, Any], wanted: Mapping[str, Any], *, prepared: Collection[PreparedChange] = ()
) -> list[str]:
    """Compare the applied inputs of the release with the new ones; give each forbidden upgrade with its way out."""
    before, after = applied.get("version"), wanted.get("version")
    if PreparedChange.CHART in prepared or not isinstance(before, str) or not isinstance(after, str):
        return []
    if _older(before) == _older(after):
        return []
    sets, services = (
        [f"{wanted.get('name')}-{role}" for role in roles if _runs(applied, role) and _runs(wanted, role)]
        for roles in (REFOUNDED, ONCE_HEADLESS if _older(after) else ())
    )
    delete = f"kubectl -n {wanted.get('namespace')} delete"
    commands = [f"{delete} statefulset {' '.join(sets)} --cascade=orphan"] if sets else []
    commands += [f"{delete} service {' '.join(services)}"] if services else []
    if not commands:
        return []
    named = [f"{kind} {' and '.join(names)}" for kind, names in (("StatefulSet", sets), ("Service", services)) if names]
    return [
        f"chart_version changes from {before} to {after}, which changes fields of {' and of '.join(named)} that cannot "
        "change: the upgrade would fail halfway. Delete what is named, which leaves all pods running, and apply once "
        f'with allow_changes ["{PreparedChange.CHART}"]: {"; ".join(commands)}'
    ]


def _older(version: str) -> bool:
    """Say whether a version is of the chart's generation at Grafana."""
    return version.startswith("6.")


def _runs(inputs: Mapping[str, Any], role: Role) -> bool:
    values = inputs.get("values") or {}
    distributed = Mode.DISTRIBUTED.chart_name in str(values.get("deploymentMode") or "").split("<->")
    return distributed and bool((values.get(role.section) or {}).get("replicas"))
