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
        "podDisruptionBudget",
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

CONVENTIONAL: Final = frozenset({"automountServiceAccountToken", "fullnameOverride", "nameOverride"})
"""Values of nearly every chart, read by its helpers and left out of many a `values.yaml`."""

CONFIGURATION: Final = {
    "grafana": ("grafana.ini",),
    "loki": tuple(
        f"loki.{section}"
        for section in (
            "bloom_build",
            "bloom_gateway",
            "commonConfig",
            "extraMemberlistConfig",
            "frontend",
            "frontend_worker",
            "index_gateway",
            "ingester",
            "limits_config",
            "pattern_ingester",
            "rulerConfig",
            "server",
            "storage_config",
            "tracing",
        )
    ),
    "prometheus": ("scrapeConfigs", "server.global", "serverFiles"),
    "rollout-operator": ("tolerations", "webhooks"),
    "seaweedfs": ("filer.extraEnvironmentVars", "master.extraEnvironmentVars"),
    "tempo": tuple(
        f"tempo.{section}"
        for section in ("ingester", "overrides", "querier", "queryFrontend", "receivers", "server", "storage")
    ),
    "tempo-distributed": (
        "cache",
        "liveStore.config",
        "memberlist",
        "metricsGenerator.config.processor",
        "metricsGenerator.config.registry",
        "metricsGenerator.config.storage",
        "metricsGenerator.config.traces_storage",
        "overrides",
        "querier.config.frontend_worker",
        "storage.trace.azure",
        "storage.trace.gcs",
        "storage.trace.s3",
        "storage.trace.search",
    ),
}
"""By chart, the paths under which the configuration of the program itself is written."""


def is_open(chart: str, path: tuple[str, ...]) -> bool:
    """Whether anything may stand at `path`."""
    if path[-1] in KUBERNETES | CONVENTIONAL:
        return True
    written = ".".join(path)
    return any(f"{written}.".startswith(f"{known}.") for known in CONFIGURATION.get(chart, ()))
