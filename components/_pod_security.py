"""Pod Security level of a namespace, and namespaces that no component may create."""

from enum import StrEnum

from pydantic import Field

from ._model import Plain, StrictModel
from .units import is_of_every_cluster


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


def cluster_namespace_problem(name: str) -> str | None:
    """Return why a component cannot create a namespace that exists in every cluster, or `None`."""
    if is_of_every_cluster(name):
        return (
            "must not be a namespace of Kubernetes itself: creating it would put its pods under another security "
            "level, and a destroy would delete it; choose another name, or set create_namespace to false"
        )
    return None
