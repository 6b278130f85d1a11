"""RBAC of a release: a ClusterRole of our own, as those of the charts allow reading every Secret.

The charts also name theirs after the release alone, which two namespaces may share.
"""

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.rbac.v1 import ClusterRole, ClusterRoleBinding, PolicyRuleArgs, RoleRefArgs, SubjectArgs

from ._kubernetes import MANAGED_BY

READ_VERBS = ("get", "list", "watch")


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
        role_ref=RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=role_name),
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
