"""The namespaces of a stack: it creates its own, and takes over none of another stack."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from .caching import CacheKind
from .errors import Problem, place_of, set_command, shown
from .rule import rule
from .settings import Settings


@rule(
    *("logging.namespace", "tracing.namespace", "telemetry.namespace", "grafana.enabled", "grafana.namespace"),
    *("demo.enabled", "demo.namespace", "caching.kind", "caching.namespace", "storage.kind", "storage.namespace"),
    *("metrics.kind", "metrics.namespace", "metrics.remote_write_url", "metrics.otlp_url", "metrics.query_url"),
    "cluster.existing_namespaces",
)
def _namespaces_are_not_of_external_metrics(settings: Settings) -> Iterator[Problem]:
    urls = (settings.metrics.remote_write_url, settings.metrics.otlp_url, settings.metrics.query_url)
    theirs = {namespace for url in urls if url and (namespace := namespace_in_url(url))}
    for area, namespace in area_namespaces(settings).items():
        if namespace in theirs and namespace not in settings.cluster.existing_namespaces:
            place = place_of(area, "namespace")
            yield Problem(
                place,
                "is where the external metrics stack runs: this stack would put its own pod security level on that "
                "namespace, and delete it when it is destroyed; use another one, or name it in "
                "cluster.existing_namespaces to leave it as it is",
                set_command(place, area),
                shown(namespace),
            )


NAMESPACE_RULES = (_namespaces_are_not_of_external_metrics,)


def area_namespaces(settings: Settings) -> Mapping[str, str]:
    """Return the namespace of each area that runs something."""
    wanted = {name: getattr(settings, name).namespace for name in ("logging", "tracing", "telemetry")}
    wanted |= {name: area.namespace for name in ("grafana", "demo") if (area := getattr(settings, name)).enabled}
    if settings.metrics.in_stack:
        wanted["metrics"] = settings.metrics.namespace
    if settings.caching.kind is CacheKind.VALKEY:
        wanted["caching"] = settings.caching.namespace
    if namespace := getattr(settings.storage, "namespace", None):
        wanted["storage"] = namespace
    return wanted


def namespace_in_url(url: str) -> str:
    """Give the namespace of a Service's address in the cluster, empty for an address elsewhere."""
    labels = (urlsplit(url).hostname or "").split(".")
    within = len(labels) == 2 or labels[2:3] == ["svc"]
    return labels[1] if within else ""
