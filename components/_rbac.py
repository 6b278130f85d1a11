"""RBAC of a release: roles of our own, as those of the charts allow reading every Secret.

The charts also name their ClusterRoles after the release alone, which two namespaces may share.
"""

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.rbac.v1 import (
    ClusterRole,
    ClusterRoleBinding,
    PolicyRuleArgs,
    Role,
    RoleBinding,
    RoleRefArgs,
    SubjectArgs,
)

from ._kubernetes import MANAGED_BY

READ_VERBS = ("get", "list", "watch")
_API_GROUP = "rbac.authorization.k8s.io"


def create_read_role(
    resource_name: str,
    role_name: pulumi.Input[str],
    resources: pulumi.Input[Mapping[str, Sequence[str]]],
    *,
    service_account: pulumi.Input[str],
    namespace: pulumi.Input[str],
    parent: pulumi.Resource,
) -> list[pulumi.Resource]:
    """Create a ClusterRole that may read `resources` by API group, and bind it to the ServiceAccount."""
    metadata = ObjectMetaArgs(name=role_name, labels=MANAGED_BY)
    opts = pulumi.ResourceOptions(parent=parent)
    role = ClusterRole(
        resource_name, metadata=metadata, rules=pulumi.Output.from_input(resources).apply(_rules), opts=opts
    )
    binding = ClusterRoleBinding(
        resource_name,
        metadata=metadata,
        role_ref=RoleRefArgs(api_group=_API_GROUP, kind="ClusterRole", name=role_name),
        subjects=[SubjectArgs(kind="ServiceAccount", name=service_account, namespace=namespace)],
        opts=opts,
    )
    return [role, binding]


def create_lease_role(
    resource_name: str,
    lease: pulumi.Input[str],
    *,
    service_account: pulumi.Input[str],
    namespace: pulumi.Input[str],
    parent: pulumi.Resource,
    depends_on: Sequence[pulumi.Resource] = (),
) -> list[pulumi.Resource]:
    """Create a Role that may hold one lease of its namespace, whose name it has, and bind it to the ServiceAccount."""
    metadata = ObjectMetaArgs(name=lease, namespace=namespace, labels=MANAGED_BY)
    opts = pulumi.ResourceOptions(parent=parent, depends_on=list(depends_on))
    leases = {"api_groups": ["coordination.k8s.io"], "resources": ["leases"]}
    role = Role(
        resource_name,
        metadata=metadata,
        # What is created has no name yet that a rule could compare.
        rules=[
            PolicyRuleArgs(**leases, verbs=["create"]),
            PolicyRuleArgs(**leases, verbs=["get", "update"], resource_names=[lease]),
        ],
        opts=opts,
    )
    binding = RoleBinding(
        resource_name,
        metadata=metadata,
        role_ref=RoleRefArgs(api_group=_API_GROUP, kind="Role", name=lease),
        subjects=[SubjectArgs(kind="ServiceAccount", name=service_account, namespace=namespace)],
        opts=opts,
    )
    return [role, binding]


def _rules(resources: Mapping[str, Sequence[str]]) -> list[PolicyRuleArgs]:
    return [
        PolicyRuleArgs(api_groups=[group], resources=list(names), verbs=list(READ_VERBS))
        for group, names in resources.items()
        if names
    ]
