"""Rules on namespaces: a stack creates its own, and takes none over that others live in."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from components.units import is_of_every_cluster

from .addresses import namespace_of
from .caching import CacheKind
from .problems import PROJECT, Problem, set_command, shown

if TYPE_CHECKING:
    from .stack import Settings


def namespace_problems(settings: "Settings") -> Iterator[Problem]:
    """Find namespaces that the stack would create over those of the cluster or of the external metrics stack."""
    urls = (settings.metrics.remote_write_url, settings.metrics.otlp_url, settings.metrics.query_url)
    theirs = {namespace for url in urls if url and (namespace := namespace_of(url))}
    for area, namespace in namespaces_of(settings).items():
        if namespace in settings.cluster.existing_namespaces:
            continue
        if namespace in theirs:
            owner = "is where the external metrics stack runs"
        elif is_of_every_cluster(namespace):
            owner = "is there in every cluster and belongs to it"
        else:
            continue
        place = f"{PROJECT}:{area}.namespace"
        yield Problem(
            place,
            f"{owner}: this stack would put its own pod security level on that namespace, and take it along when it is "
            "destroyed; use another one, or name it in cluster.existing_namespaces to leave it as it is",
            set_command(place, area),
            shown(namespace),
        )


def namespaces_of(settings: "Settings") -> Mapping[str, str]:
    """Give the namespace of each area that runs something."""
    wanted = {name: getattr(settings, name).namespace for name in ("logging", "tracing", "telemetry")}
    wanted |= {name: area.namespace for name in ("grafana", "demo") if (area := getattr(settings, name)).enabled}
    if settings.metrics.in_stack:
        wanted["metrics"] = settings.metrics.namespace
    if settings.caching.kind is CacheKind.VALKEY:
        wanted["caching"] = settings.caching.namespace
    if namespace := getattr(settings.storage, "namespace", None):
        wanted["storage"] = namespace
    return wanted
