"""The namespace that a component lives in, with its pod-security level."""

from typing import Protocol

import pulumi
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from ._pod_security import MANAGED_BY, PodSecurity


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
