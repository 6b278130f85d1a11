"""A namespace whose pods are held to a pod security level."""

from typing import NotRequired, TypedDict

import pulumi

from .._known import after
from .._namespace import namespace
from .._pod_security import PodSecurity, cluster_namespace_problem
from .._spec import Spec, rule
from ..units import Name


class NamespaceSpec(Spec):
    """What `Namespace` takes."""

    name: Name
    level: PodSecurity = PodSecurity.RESTRICTED
    protect: bool = False

    @rule("name")
    def _it_is_nobody_elses(self) -> str | None:
        return cluster_namespace_problem(self.name)


class NamespaceArgs(TypedDict):
    """Arguments of `Namespace`."""

    name: pulumi.Input[str]
    """Name of the namespace."""
    level: NotRequired[str]
    """Pod security level that is enforced: `restricted` (default), `baseline`, or `privileged` for node agents."""
    protect: NotRequired[bool]
    """Refuse to delete the namespace, and leave it in the cluster when its code goes. Default no."""


class Namespace(pulumi.ComponentResource):
    """A namespace with a pod security level; what misses `restricted` is warned of and audited at every level."""

    name: pulumi.Output[str]
    """Name of the namespace."""

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Namespace "{name}"'
        spec = NamespaceSpec.check(component, args, NamespaceArgs)
        super().__init__("observability:index:Namespace", name, {**args}, opts)
        namespace_name = spec.resolve(component).apply(lambda s: s.name)
        created = namespace(f"{name}-namespace", namespace_name, spec.level, parent=self, protect=spec.protect)
        self.name = after(namespace_name, created)
        self.register_outputs({"name": self.name})
