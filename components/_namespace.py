"""The namespace that a component lives in, with its pod-security level."""

from enum import StrEnum

import pulumi
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

MANAGED_BY = {"app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "observability"}
"""Labels of every object that the components create themselves."""


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
