"""The namespaces of a stack, and of the Services in its URLs."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from .caching import CacheKind
from .settings import Settings

AREA_NAMESPACES = (
    *("logging.kind", "logging.namespace", "tracing.kind", "tracing.namespace", "telemetry.namespace"),
    *("grafana.enabled", "grafana.namespace", "demo.enabled", "demo.namespace", "probes.targets", "probes.namespace"),
    *("caching.kind", "caching.namespace", "storage.kind", "storage.namespace"),
    *("metrics.kind", "metrics.namespace", "metrics.long_term", "alerting"),
)
"""The settings that the namespaces of the areas follow from."""


def area_namespaces(settings: Settings) -> Mapping[str, str]:
    """Return the namespace of each area that runs something."""
    stores = ("logging", "tracing")
    namespaces = {name: area.namespace for name in stores if (area := getattr(settings, name)).in_stack}
    namespaces["telemetry"] = settings.telemetry.namespace
    namespaces |= {name: area.namespace for name in ("grafana", "demo") if (area := getattr(settings, name)).enabled}
    if settings.has_alerting:
        namespaces["metrics"] = settings.metrics.namespace
    if settings.probes.enabled:
        namespaces["probes"] = settings.probes.namespace or settings.metrics.namespace
    if settings.caching.kind is CacheKind.VALKEY:
        namespaces["caching"] = settings.caching.namespace
    if settings.purposes and (namespace := getattr(settings.storage, "namespace", None)):
        namespaces["storage"] = namespace
    return namespaces


def namespace_in_url(url: str) -> str:
    """Return the namespace of a Service's URL, or `host:port`, in the cluster; empty for another address."""
    labels = (urlsplit(url if "://" in url else f"//{url}").hostname or "").split(".")
    within = len(labels) == 2 or labels[2:3] == ["svc"]
    return labels[1] if within else ""
