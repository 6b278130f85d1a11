"""The values of the Loki chart."""

from functools import reduce
from typing import Any

from .._merge import deep_merge
from .caches import cache_values
from .config import loki_config
from .distributed import distributed_values
from .gateway import gateway_values
from .generations import generation_values
from .modes import SCALED_SECTIONS, Mode, transition_name
from .ruler import ruler_values
from .spec import LoggingSpec
from .workload import loki_workload


def loki_values(spec: LoggingSpec) -> dict[str, Any]:
    """Give the chart values for `spec`, without those that the user lays over."""
    layers = [
        {section: {"replicas": 0} for section in SCALED_SECTIONS},
        *(_workloads(spec, mode) for mode in spec.modes),
        ruler_values(spec),
        gateway_values(spec),
        cache_values(spec),
        _release_wide(spec),
        generation_values(spec),
    ]
    return reduce(deep_merge, layers, {})


def merged_values(spec: LoggingSpec) -> dict[str, Any]:
    """Give the chart values with the user's laid over."""
    return deep_merge(loki_values(spec), spec.values)


def _workloads(spec: LoggingSpec, mode: Mode) -> dict[str, Any]:
    if mode is Mode.DISTRIBUTED:
        return distributed_values(spec)
    return {role.section: loki_workload(spec.workload(role)) for role in mode.roles}


def _release_wide(spec: LoggingSpec) -> dict[str, Any]:
    return {
        "deploymentMode": spec.mode.chart_name if spec.migrate_from is None else transition_name(*spec.modes),
        "nameOverride": spec.release_name,
        "fullnameOverride": spec.release_name,
        "loki": loki_config(spec),
        "memberlist": {"service": {"publishNotReadyAddresses": True}},
        "serviceAccount": {
            "create": True,
            "name": spec.account,
            "annotations": dict(spec.service_account_annotations),
            "automountServiceAccountToken": False,
        },
        "rbac": {"namespaced": True},
        "lokiCanary": {"enabled": False},
        "test": {"enabled": False},
        "monitoring": {
            "dashboards": {"enabled": spec.dashboards},
            "serviceMonitor": {"enabled": spec.service_monitor, "labels": dict(spec.service_monitor_labels)},
        },
    }
