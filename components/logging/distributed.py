"""Loki with a workload for each of its parts, for hundreds of GB of logs a day and more."""

from typing import Any

from .modes import Mode, Role
from .spec import LoggingSpec
from .workload import ZONE, Workload, loki_workload, node_choice, resources

ZONES = ("zoneA", "zoneB", "zoneC")


def distributed_values(spec: LoggingSpec) -> dict[str, Any]:
    """Give every workload; one pod of each may be away by a drain."""
    values = {role.section: _role(spec.workload(role)) for role in spec.roles(Mode.DISTRIBUTED)}
    values[Role.INGESTER.section]["zoneAwareReplication"] = _zones(spec)
    if spec.ingester_zones:
        values["rollout_operator"] = rollout_operator(spec)
    return values


def _role(workload: Workload) -> dict[str, Any]:
    values = loki_workload(workload)
    if workload.role is not Role.COMPACTOR:
        return {**values, "maxUnavailable": 1}
    # The one compactor has nobody to be spread from, and the chart no value for it.
    del values["topologySpreadConstraints"]
    return values


def _zones(spec: LoggingSpec) -> dict[str, Any]:
    """Make one StatefulSet of ingesters, which the chart's default does not, or one in each zone."""
    nodes = spec.workload(Role.INGESTER).node_selector
    return {
        "enabled": bool(spec.ingester_zones),
        **{key: {"nodeSelector": {**nodes, ZONE: zone}} for key, zone in zip(ZONES, spec.ingester_zones, strict=False)},
    }


def rollout_operator(spec: LoggingSpec) -> dict[str, Any]:
    """Roll the ingesters zone by zone: Kubernetes by itself would restart all three StatefulSets at once."""
    return {
        "enabled": True,
        "webhooks": {"enabled": False},
        "resources": resources("20m", "128Mi"),
        **{name: nodes for name, nodes in node_choice(spec.node_selector, spec.tolerations).items() if nodes},
    }
