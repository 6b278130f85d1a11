"""The values that charts hand on as they are, although their default is not empty."""

from typing import Final

KUBERNETES: Final = frozenset(
    {
        "affinity",
        "annotations",
        "containerSecurityContext",
        "labels",
        "livenessProbe",
        "nodeSelector",
        "podAnnotations",
        "podLabels",
        "podSecurityContext",
        "readinessProbe",
        "resources",
        "securityContext",
        "startupProbe",
        "strategy",
        "updateStrategy",
        "volumeClaimTemplates",
    }
)
"""Keys that hold a piece of a Kubernetes object in every chart; the rendered object is checked instead."""

CONVENTIONAL: Final = frozenset({"fullnameOverride", "nameOverride"})
"""Values of nearly every chart, read by its helpers and left out of many a `values.yaml`."""

CONFIGURATION: Final = {
    "grafana": ("grafana.ini",),
    "loki": (
        "loki.commonConfig",
        "loki.compactor",
        "loki.distributor",
        "loki.frontend",
        "loki.frontend_worker",
        "loki.ingester",
        "loki.limits_config",
        "loki.query_scheduler",
        "loki.querier",
        "loki.rulerConfig",
        "loki.server",
        "loki.storage_config",
        "loki.structuredConfig",
        "loki.tracing",
    ),
    "prometheus": ("scrapeConfigs", "server.global", "serverFiles"),
    "tempo": (
        "tempo.ingester",
        "tempo.metricsGenerator",
        "tempo.overrides",
        "tempo.querier",
        "tempo.queryFrontend",
        "tempo.server",
        "tempo.storage",
        "tempo.structuredConfig",
    ),
    "tempo-distributed": (
        "compactor.config",
        "ingester.config",
        "metricsGenerator.config",
        "overrides",
        "querier.config",
        "queryFrontend.config",
        "server",
        "storage",
        "tempo.structuredConfig",
    ),
}
"""By chart, the paths under which the configuration of the program itself is written."""


def is_open(chart: str, path: tuple[str, ...]) -> bool:
    """Whether anything may stand at `path`."""
    if path[-1] in KUBERNETES | CONVENTIONAL or path == ("global",):
        return True
    written = ".".join(path)
    return any(written.startswith(f"{known}.") for known in CONFIGURATION.get(chart, ()))
