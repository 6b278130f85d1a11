"""The namespace of a component, with its Pod Security level."""

from typing import Protocol

import pulumi
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from ._kubernetes import MANAGED_BY
from ._namespace_spec import PodSecurity


def create_namespace(
    resource_name: str,
    name: pulumi.Input[str],
    level: PodSecurity,
    *,
    parent: pulumi.Resource | None,
    protect: bool = False,
) -> Namespace:
    """Create a namespace that enforces `level`; violations of `restricted` are warned of and audited at every level."""
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


class NamespaceOptions(Protocol):
    """The part of a specification that states whether and how its component creates the namespace."""

    @property
    def create_namespace(self) -> bool:
        """Whether the component creates the namespace."""

    @property
    def pod_security(self) -> PodSecurity:
        """The enforced Pod Security level."""

    @property
    def protect_namespace(self) -> bool:
        """Whether the namespace is protected from deletion."""


def create_namespace_if(
    component: str, spec: NamespaceOptions, name: pulumi.Input[str], parent: pulumi.Resource
) -> list[pulumi.Resource]:
    """Create the namespace of a component if required; return the dependencies of its other resources."""
    if not spec.create_namespace:
        return []
    level, protect = spec.pod_security, spec.protect_namespace
    return [create_namespace(f"{component}-namespace", name, level, parent=parent, protect=protect)]
