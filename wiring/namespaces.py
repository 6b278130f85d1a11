"""The namespaces of a stack, each once, at the level of the most demanding of what lives in it."""

from typing import Any

import pulumi

from components import Namespace
from config import Settings
from config.namespaces import namespaces_of

LEVELS = ("restricted", "baseline", "privileged")


def levels(settings: Settings) -> dict[str, str]:
    """Give the pod security level of every namespace that the stack needs."""
    own = {
        "logging": settings.logging.pod_security.value,
        "tracing": settings.tracing.pod_security.value,
        "telemetry": "privileged" if settings.telemetry.log_source.value == "files" else LEVELS[0],
    }
    found: dict[str, str] = {}
    for area, name in namespaces_of(settings).items():
        found[name] = max(found.get(name, LEVELS[0]), own.get(area, LEVELS[0]), key=LEVELS.index)
    return found


def create_namespaces(settings: Settings, options: pulumi.ResourceOptions) -> dict[str, pulumi.Output[str]]:
    """Create every namespace that is not there; production protects them, as volumes live in them."""
    created = {
        name: Namespace(name, arguments, options).name for name, arguments in namespace_arguments(settings).items()
    }
    return {name: created.get(name, pulumi.Output.from_input(name)) for name in levels(settings)}


def namespace_arguments(settings: Settings) -> dict[str, Any]:
    """Arguments of each namespace that is to be created."""
    cluster = settings.cluster
    return {
        name: {"name": name, "level": level, "protect": cluster.production}
        for name, level in levels(settings).items()
        if name not in cluster.existing_namespaces
    }
