"""The namespaces of a stack, and of the Services in its URLs."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from components._messages import closest

from .caching import CacheKind
from .errors import Problem, nearest, remove_command, replace_command, set_command, setting_path, shown
from .rule import rule
from .settings import Settings


@rule(
    *("logging.namespace", "tracing.namespace", "telemetry.namespace", "grafana.enabled", "grafana.namespace"),
    *("demo.enabled", "demo.namespace", "caching.kind", "caching.namespace", "storage.kind", "storage.namespace"),
    *("metrics.kind", "metrics.namespace", "metrics.remote_write_url", "metrics.otlp_url", "metrics.query_url"),
    "cluster.existing_namespaces",
)
def _namespaces_differ_from_external_metrics(settings: Settings) -> Iterator[Problem]:
    urls = (settings.metrics.remote_write_url, settings.metrics.otlp_url, settings.metrics.query_url)
    external = {namespace for url in urls if url and (namespace := namespace_in_url(url))}
    for area, namespace in area_namespaces(settings).items():
        if namespace in external and namespace not in settings.cluster.existing_namespaces:
            place = setting_path(area, "namespace")
            yield Problem(
                place,
                "is the namespace of the external metrics stack: this stack would change its Pod Security level and "
                "delete it on destroy; use another one, or add it to cluster.existing_namespaces",
                set_command(place, area),
                shown(namespace),
            )


@rule(
    *("logging.namespace", "tracing.namespace", "telemetry.namespace", "grafana.enabled", "grafana.namespace"),
    *("demo.enabled", "demo.namespace", "caching.kind", "caching.namespace", "storage.kind", "storage.namespace"),
    *("metrics.kind", "metrics.namespace", "cluster.existing_namespaces"),
)
def _existing_namespaces_are_of_areas(settings: Settings) -> Iterator[Problem]:
    used = set(area_namespaces(settings).values())
    place = setting_path("cluster", "existing_namespaces")
    existing = list(settings.cluster.existing_namespaces)
    if unused := [name for name in existing if name not in used]:
        right = [closest(name, used - set(existing)) or name for name in existing]
        kept = list(dict.fromkeys(name for name in right if name in used))
        sentence = (
            f"{', '.join(unused)} must be the namespace of an area: {nearest(unused[0], used)}; correct or remove it"
        )
        fix = replace_command(place, existing, kept) if kept else remove_command(place)
        yield Problem(place, sentence, fix, shown(existing))


NAMESPACE_RULES = (_namespaces_differ_from_external_metrics, _existing_namespaces_are_of_areas)


def area_namespaces(settings: Settings) -> Mapping[str, str]:
    """Return the namespace of each area that runs something."""
    namespaces = {name: getattr(settings, name).namespace for name in ("logging", "tracing", "telemetry")}
    namespaces |= {name: area.namespace for name in ("grafana", "demo") if (area := getattr(settings, name)).enabled}
    if settings.metrics.in_stack:
        namespaces["metrics"] = settings.metrics.namespace
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
