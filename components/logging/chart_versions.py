"""The values that differ between the versions of the Loki chart.

Versions up to 6 are Grafana's; later ones that are not of Grafana Enterprise Logs are the community's.
"""

from functools import reduce
from typing import Any

from .._merge import deep_merge
from .modes import LokiMode, LokiRole
from .spec import LoggingSpec
from .workloads import EXPORTER_RESOURCES

SECCOMP_PROFILE = {"seccompProfile": {"type": "RuntimeDefault"}}
MAX_ONE_UNAVAILABLE = {"maxUnavailable": 1}
ON_DELETE = {"type": "OnDelete"}
"""The update strategy that leaves the restart of zone-aware ingesters to the rollout operator."""


def chart_version_values(spec: LoggingSpec) -> dict[str, Any]:
    """Return the values that only the chart version of `spec` reads."""
    return _v6(spec) if spec.chart_is_v6 else _community(spec)


def _v6(spec: LoggingSpec) -> dict[str, Any]:
    values: dict[str, Any] = {
        "loki": {"podSecurityContext": SECCOMP_PROFILE},
        "gateway": {"podSecurityContext": SECCOMP_PROFILE},
        "memcached": {"podSecurityContext": SECCOMP_PROFILE},
    }
    if spec.rules_from_config_maps:
        values["serviceAccount"] = {"automountServiceAccountToken": True}
    if spec.ingester_zones:
        values["ingester"] = {"updateStrategy": ON_DELETE}
    if LokiMode.MONOLITHIC in spec.modes and spec.workload(LokiRole.LOKI).replicas > 1:
        values["podDisruptionBudget"] = MAX_ONE_UNAVAILABLE
    return values


def _community(spec: LoggingSpec) -> dict[str, Any]:
    values = {
        "defaults": {"automountServiceAccountToken": False},
        "backend": {"automountServiceAccountToken": False},
        "singleBinary": {"podDisruptionBudget": MAX_ONE_UNAVAILABLE},
        "gateway": {
            "podDisruptionBudget": MAX_ONE_UNAVAILABLE,
            "metrics": {"enabled": spec.service_monitor, "resources": EXPORTER_RESOURCES},
        },
    }
    running = {role for mode in spec.modes for role in spec.roles(mode)}
    rulers = [mode.ruler.section for mode in spec.modes if spec.rules_from_config_maps]
    tokens: dict[str, Any] = {section: {"automountServiceAccountToken": True} for section in rulers}
    pattern_ingester = {"patternIngester": {"enabled": True}} if LokiRole.PATTERN_INGESTER in running else {}
    strategy = {"ingester": {"strategy": ON_DELETE}} if spec.ingester_zones else {}
    return reduce(deep_merge, (tokens, pattern_ingester, strategy), values)
