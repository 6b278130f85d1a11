"""A namespace with a Pod Security level."""

import pulumi

from .._namespace import create_namespace
from .._outputs import known_after, outputs_of
from .args import NamespaceArgs
from .spec import NamespaceSpec


class Namespace(pulumi.ComponentResource):
    """A namespace with a pod security level; what misses `restricted` is warned of and audited at every level."""

    name: pulumi.Output[str]
    """Name of the namespace."""

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Namespace "{name}"'
        spec = NamespaceSpec.check(component, args)
        super().__init__("observability:index:Namespace", name, {**args}, opts)
        namespace_name = spec.resolve(component).apply(lambda s: s.name)
        created = create_namespace(f"{name}-namespace", namespace_name, spec.level, parent=self, protect=spec.protect)
        self.name = known_after(namespace_name, created)
        self.register_outputs(outputs_of(self))
