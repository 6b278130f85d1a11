"""What differs between the generations of the Loki chart.

Versions up to 6.55 come from Grafana; those from 7 on that are not Grafana Enterprise Logs from the community.
"""

from functools import reduce
from typing import Any

from .._merge import deep_merge
from .caches import EXPORTER
from .modes import Mode, Role
from .spec import LoggingSpec

SECCOMP = {"seccompProfile": {"type": "RuntimeDefault"}}
TRACED_IMAGE = "3.6.7"
"""The image that traces on the older generation, whose 3.6.3 cannot (https://github.com/grafana/loki/issues/19975)."""
ONE_AT_A_TIME = {"maxUnavailable": 1}
ON_DELETE = {"type": "OnDelete"}
"""Leaves the restart of zone-aware ingesters to the rollout operator."""


def generation_values(spec: LoggingSpec) -> dict[str, Any]:
    """Give the values that only the chart generation in use understands."""
    return _grafana(spec) if spec.chart_version.startswith("6.") else _community(spec)


def _grafana(spec: LoggingSpec) -> dict[str, Any]:
    values: dict[str, Any] = {
        "loki": {"podSecurityContext": SECCOMP},
        "gateway": {"podSecurityContext": SECCOMP},
        "memcached": {"podSecurityContext": SECCOMP},
    }
    if spec.traces_endpoint:
        values["loki"] |= {"image": {"tag": TRACED_IMAGE}}
    if spec.rule_config_maps:
        values["serviceAccount"] = {"automountServiceAccountToken": True}
    if spec.ingester_zones:
        values["ingester"] = {"updateStrategy": ON_DELETE}
    if Mode.MONOLITHIC in spec.modes and spec.workload(Role.LOKI).replicas > 1:
        values["podDisruptionBudget"] = ONE_AT_A_TIME
    return values


def _community(spec: LoggingSpec) -> dict[str, Any]:
    values = {
        "defaults": {"automountServiceAccountToken": False},
        "backend": {"automountServiceAccountToken": False},
        "singleBinary": {"podDisruptionBudget": ONE_AT_A_TIME},
        "gateway": {
            "podDisruptionBudget": ONE_AT_A_TIME,
            "metrics": {"enabled": spec.service_monitor, "resources": EXPORTER},
        },
    }
    running = {role for mode in spec.modes for role in spec.roles(mode)}
    rulers = [mode.ruler.section for mode in spec.modes if spec.rule_config_maps]
    tokens: dict[str, Any] = {section: {"automountServiceAccountToken": True} for section in rulers}
    switched = {"patternIngester": {"enabled": True}} if Role.PATTERN_INGESTER in running else {}
    strategy = {"ingester": {"strategy": ON_DELETE}} if spec.ingester_zones else {}
    return reduce(deep_merge, (tokens, switched, strategy), values)
