"""The namespace of a component: its Pod Security level, and whether the component creates it."""

from enum import StrEnum

from pydantic import Field

from ._model import Plain, StrictModel
from ._spec import Spec, rule
from .units import Name, is_of_every_cluster


class PodSecurity(StrEnum):
    """A level of the Pod Security Standards (https://kubernetes.io/docs/concepts/security/pod-security-standards/)."""

    RESTRICTED = "restricted"
    BASELINE = "baseline"
    PRIVILEGED = "privileged"


class NamespaceSettings(StrictModel):
    """The namespace of a component whose pods all meet level `restricted`."""

    pod_security: Plain[PodSecurity] = Field(
        default=PodSecurity.RESTRICTED,
        description=(
            "Pod Security level enforced in a created namespace. Default: `restricted`, which every pod of the "
            "component meets."
        ),
        examples=["restricted"],
    )


OF_THE_CLUSTER = (
    "must not be a namespace of Kubernetes itself: creating it would put its pods under another security level, and a "
    "destroy would delete it; choose another name"
)
"""The rule on names of namespaces that are created, and its first fix."""


class NamespacedSpec(Spec):
    """The namespace of a component, which the component may create."""

    namespace: Name = Field(description="Namespace of the component.")
    create_namespace: Plain[bool] = Field(default=True, description="Whether the component creates the namespace.")

    @rule("namespace", "create_namespace")
    def _namespace_is_not_of_the_cluster(self) -> str | None:
        if self.create_namespace and is_of_every_cluster(self.namespace):
            return f"{OF_THE_CLUSTER}, or set create_namespace to false"
        return None
