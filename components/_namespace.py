"""The namespace that a component lives in, with its pod-security level."""

from enum import StrEnum
from typing import Protocol

import pulumi
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .units import is_of_every_cluster

MANAGED_BY = {"app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "observability"}
"""Labels of every object that the components create themselves."""


def cluster_namespace_problem(name: str) -> str | None:
    """Say why a namespace that every cluster has cannot be created, and deleted again, as one's own."""
    if is_of_every_cluster(name):
        return (
            f"{name} belongs to the cluster: creating it would put its pods under another security level, and a "
            "destroy would delete it; choose another name, or set create_namespace to false"
        )
    return None


class PodSecurity(StrEnum):
    """A level of the Pod Security Standards (https://kubernetes.io/docs/concepts/security/pod-security-standards/)."""

    RESTRICTED = "restricted"
    BASELINE = "baseline"
    PRIVILEGED = "privileged"


def namespace(
    resource_name: str,
    name: pulumi.Input[str],
    level: PodSecurity,
    *,
    parent: pulumi.Resource | None,
    protect: bool = False,
) -> Namespace:
    """Create a namespace whose pods are held to `level`; warnings and audit entries name what misses `restricted`."""
    labels = {
        "pod-security.kubernetes.io/enforce": level.value,
        "pod-security.kubernetes.io/audit": PodSecurity.RESTRICTED.value,
        "pod-security.kubernetes.io/warn": PodSecurity.RESTRICTED.value,
    }
    return Namespace(
        resource_name,
        metadata=ObjectMetaArgs(name=name, labels={**MANAGED_BY, **labels}),
        opts=pulumi.ResourceOptions(parent=parent, protect=protect or None, retain_on_delete=protect or None),
    )


class Housed(Protocol):
    """A specification that says whether its component has a namespace of its own."""

    @property
    def create_namespace(self) -> bool:
        """Whether the component creates it."""

    @property
    def pod_security(self) -> PodSecurity:
        """The level that its pods are held to."""

    @property
    def protect_namespace(self) -> bool:
        """Whether it is kept from deletion."""


def own_namespace(
    component: str, spec: Housed, name: pulumi.Input[str], parent: pulumi.Resource
) -> list[pulumi.Resource]:
    """Create the namespace of a component where it asks for one; give what its other resources wait for."""
    if not spec.create_namespace:
        return []
    level, protect = spec.pod_security, spec.protect_namespace
    return [namespace(f"{component}-namespace", name, level, parent=parent, protect=protect)]
