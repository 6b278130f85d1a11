"""The namespaces of a stack, each once, at the level of the most demanding of what lives in it."""

import pulumi

from components import Namespace
from config import Settings
from config.caching import CacheKind
from config.storage import InClusterStorage, MinioStorage

LEVELS = ("restricted", "baseline", "privileged")


def levels(settings: Settings) -> dict[str, str]:
    """Give the pod security level of every namespace that the stack needs."""
    wanted = [
        (settings.logging.namespace, settings.logging.pod_security.value),
        (settings.tracing.namespace, settings.tracing.pod_security.value),
        (
            settings.telemetry.namespace,
            "privileged" if settings.telemetry.log_source.value == "files" else "restricted",
        ),
    ]
    if isinstance(settings.storage, InClusterStorage | MinioStorage):
        wanted.append((settings.storage.namespace, "restricted"))
    if settings.caching.kind is CacheKind.VALKEY:
        wanted.append((settings.caching.namespace, "restricted"))
    if settings.metrics.in_stack:
        wanted.append((settings.metrics.namespace, "restricted"))
    if settings.grafana.enabled:
        wanted.append((settings.grafana.namespace, "restricted"))
    if settings.demo.enabled:
        wanted.append((settings.demo.namespace, "restricted"))
    found: dict[str, str] = {}
    for name, level in wanted:
        found[name] = max(found.get(name, LEVELS[0]), level, key=LEVELS.index)
    return found


def create_namespaces(settings: Settings, options: pulumi.ResourceOptions) -> dict[str, pulumi.Output[str]]:
    """Create every namespace that is not there; production protects them, as volumes live in them."""
    cluster = settings.cluster
    needed = levels(settings)
    created = {
        name: Namespace(name, {"name": name, "level": level, "protect": cluster.production}, options).name
        for name, level in needed.items()
        if name not in cluster.existing_namespaces
    }
    return {name: created.get(name, pulumi.Output.from_input(name)) for name in needed}
