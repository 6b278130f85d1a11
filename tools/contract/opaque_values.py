"""The values that charts hand on as they are, although their default is not empty, and those that they never read."""

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
    # Its templates read the key, which its `values.yaml` does not have.
    "minio": ("global.imagePullSecrets",),
    # A map of ports by name, of which the chart has some.
    "opentelemetry-collector": ("ports",),
    "prometheus": ("scrapeConfigs", "server.global", "serverFiles"),
    "prometheus-blackbox-exporter": ("config.modules",),
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

UNREAD: Final = {
    # https://github.com/grafana-community/helm-charts/issues/713
    ("loki", "ingester.updateStrategy"): (18, "ingester.strategy"),
}
"""Values that a chart has and does not read: from which major version on, and what it reads in their place."""


def read_instead(chart: str, version: str, path: tuple[str, ...]) -> str | None:
    """Return the value that the chart reads in place of the one at `path`; `None` where it reads that."""
    since, instead = UNREAD.get((chart, ".".join(path)), (None, None))
    return instead if since is not None and int(version.split(".")[0]) >= since else None


def is_open(chart: str, path: tuple[str, ...]) -> bool:
    """Whether anything may stand at `path`."""
    if path[-1] in KUBERNETES | CONVENTIONAL:
        return True
    written = ".".join(path)
    return any(f"{written}.".startswith(f"{known}.") for known in CONFIGURATION.get(chart, ()))


def leads_to_open(chart: str, path: tuple[str, ...]) -> bool:
    """Whether a path under which anything may stand is below `path`."""
    written = ".".join(path)
    return any(known.startswith(f"{written}.") for known in CONFIGURATION.get(chart, ()))
