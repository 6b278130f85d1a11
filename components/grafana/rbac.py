"""The permissions of the sidecars.

The chart's own role permits reading every Secret of the cluster, and two releases of one name would share it.
"""

from collections.abc import Sequence

import pulumi
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.rbac.v1 import (
    ClusterRole,
    ClusterRoleBinding,
    PolicyRuleArgs,
    RoleRefArgs,
    SubjectArgs,
)

from .._kubernetes import MANAGED_BY
from .spec import GrafanaSpec


def sidecar_cluster_role(
    name: str, resolved: pulumi.Output[GrafanaSpec], *, parent: pulumi.Resource
) -> Sequence[pulumi.Resource]:
    """Create the role that permits the ServiceAccount of the release to read ConfigMaps of all namespaces."""
    role_name = resolved.apply(lambda spec: spec.cluster_role)
    metadata = ObjectMetaArgs(name=role_name, labels=MANAGED_BY)
    opts = pulumi.ResourceOptions(parent=parent)
    role = ClusterRole(
        f"{name}-sidecars",
        metadata=metadata,
        rules=[PolicyRuleArgs(api_groups=[""], resources=["configmaps"], verbs=["get", "list", "watch"])],
        opts=opts,
    )
    binding = ClusterRoleBinding(
        f"{name}-sidecars",
        metadata=metadata,
        role_ref=RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=role_name),
        subjects=[
            SubjectArgs(
                kind="ServiceAccount",
                name=resolved.apply(lambda spec: spec.release_name),
                namespace=resolved.apply(lambda spec: spec.namespace),
            )
        ],
        opts=opts,
    )
    return [role, binding]
