"""The namespaces of a stack, each once, at the level of the most demanding area in it."""

from collections.abc import Mapping

import pulumi

from components import Namespace, NamespaceArgs, OperatorCrds
from components._namespace_spec import PodSecurity
from components._outputs import known_after
from config import Settings
from config.namespaces import area_namespaces

from . import build_args

_LEVELS = list(PodSecurity)


def levels(settings: Settings) -> dict[str, PodSecurity]:
    """Return the pod security level of every namespace that the stack needs."""
    found: dict[str, PodSecurity] = {}
    for area, name in area_namespaces(settings).items():
        found[name] = max(found.get(name, _LEVELS[0]), _level(settings, area), key=_LEVELS.index)
    return found


def _level(settings: Settings, area: str) -> PodSecurity:
    if area == "telemetry":
        has_node_exporter = settings.metrics.in_stack and settings.metrics.node_exporter
        return PodSecurity.PRIVILEGED if has_node_exporter else settings.telemetry.namespace_security
    level: PodSecurity = getattr(getattr(settings, area), "pod_security", PodSecurity.RESTRICTED)
    return level


def create_namespaces(settings: Settings, options: pulumi.ResourceOptions) -> Mapping[str, pulumi.Output[str]]:
    """Create every namespace that does not exist yet."""
    created = {
        name: Namespace(name, arguments, options).name for name, arguments in created_namespaces(settings).items()
    }
    return {name: created.get(name, pulumi.Output.from_input(name)) for name in levels(settings)}


def create_operator_crds(
    settings: Settings, namespaces: Mapping[str, pulumi.Output[str]], options: pulumi.ResourceOptions
) -> Mapping[str, pulumi.Output[str]]:
    """Create the definitions that the Prometheus operator needs; return the namespaces, which now wait for them.

    Every release may have ServiceMonitors, and each depends on its namespace.
    """
    if not (settings.metrics.in_stack and settings.metrics.install_operator):
        return namespaces
    arguments = build_args.operator_crds_args(settings, namespace=namespaces[settings.metrics.namespace])
    crds = OperatorCrds("operator-crds", arguments, options)
    return {name: known_after(namespace, crds) for name, namespace in namespaces.items()}


def created_namespaces(settings: Settings) -> dict[str, NamespaceArgs]:
    """Return the arguments of each namespace that is to be created."""
    return {
        name: build_args.namespace_args(settings, name, level.value)
        for name, level in levels(settings).items()
        if name not in settings.cluster.existing_namespaces
    }
