"""The namespaces of a stack, and of the Services in its URLs."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from .caching import CacheKind
from .settings import Settings


def area_namespaces(settings: Settings) -> Mapping[str, str]:
    """Return the namespace of each area that runs something."""
    namespaces = {name: getattr(settings, name).namespace for name in ("logging", "tracing", "telemetry")}
    namespaces |= {name: area.namespace for name in ("grafana", "demo") if (area := getattr(settings, name)).enabled}
    if settings.metrics.in_stack:
        namespaces["metrics"] = settings.metrics.namespace
    if settings.probes.enabled:
        namespaces["probes"] = settings.probes.namespace or settings.metrics.namespace
    if settings.caching.kind is CacheKind.VALKEY:
        namespaces["caching"] = settings.caching.namespace
    if namespace := getattr(settings.storage, "namespace", None):
        namespaces["storage"] = namespace
    return namespaces


def namespace_in_url(url: str) -> str:
    """Return the namespace of a Service's URL in the cluster, empty for another URL."""
    labels = (urlsplit(url).hostname or "").split(".")
    within = len(labels) == 2 or labels[2:3] == ["svc"]
    return labels[1] if within else ""
