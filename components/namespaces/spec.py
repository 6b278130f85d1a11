"""Arguments of `Namespace`, and their rules."""

from pydantic import Field

from .._model import Plain, placeholder
from .._namespace_spec import OF_THE_CLUSTER, PodSecurity
from .._spec import Spec, Violation, rule
from ..units import Name, is_of_every_cluster


class NamespaceSpec(Spec):
    """The checked arguments of `Namespace`."""

    name: Name = Field(description="Name of the namespace.")
    level: Plain[PodSecurity] = Field(
        default=PodSecurity.RESTRICTED,
        description="Pod Security level that is enforced: `restricted`, `baseline`, or `privileged` for node agents.",
    )
    protect: Plain[bool] = Field(
        default=False,
        description="Whether the namespace is protected from deletion, and stays in the cluster when it is removed "
        "from the program.",
    )

    @rule("name")
    def _namespace_is_not_of_the_cluster(self) -> Violation | None:
        if is_of_every_cluster(self.name):
            return Violation(
                f"{OF_THE_CLUSTER}, or leave the namespace as it is (setting cluster.existing_namespaces)",
                {"name": placeholder("name")},
            )
        return None
