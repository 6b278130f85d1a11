"""PodMonitors of the pods of Loki's release that the ServiceMonitor of the chart does not select."""

from typing import Any

from .modes import LokiRole
from .spec import LoggingSpec

ROLLOUT_OPERATOR = "rollout-operator"


def pod_monitors(spec: LoggingSpec) -> dict[str, dict[str, Any]]:
    """Return the specification of each PodMonitor by the part of Loki that it is of, which its job is named after.

    Pattern ingesters have no Service; the ServiceMonitor of the rollout operator takes none of the labels by which a
    Prometheus selects.
    """
    if not spec.service_monitor:
        return {}
    found = {}
    if any(LokiRole.PATTERN_INGESTER in spec.roles(mode) for mode in spec.modes):
        role = LokiRole.PATTERN_INGESTER.value
        found[role] = _specification(spec, {"app.kubernetes.io/name": "loki", "app.kubernetes.io/component": role})
    if spec.ingester_zones:
        found[ROLLOUT_OPERATOR] = _specification(spec, {"app.kubernetes.io/name": ROLLOUT_OPERATOR})
    return found


def _specification(spec: LoggingSpec, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "selector": {"matchLabels": {**labels, "app.kubernetes.io/instance": spec.release_name}},
        "podMetricsEndpoints": [{"port": "http-metrics"}],
    }
