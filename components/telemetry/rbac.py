"""RBAC of the collectors: what they may read of the cluster.

The chart names its ClusterRole after the release alone, which two namespaces may share.
"""

from collections.abc import Sequence

import pulumi
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.rbac.v1 import ClusterRole, ClusterRoleBinding, PolicyRuleArgs, RoleRefArgs, SubjectArgs

from .._kubernetes import MANAGED_BY
from .spec import TelemetrySpec

READ_VERBS = ("get", "list", "watch")


def grant_read_access(
    name: str, known: pulumi.Output[TelemetrySpec], *, parent: pulumi.Resource
) -> Sequence[pulumi.Resource]:
    """Create the ClusterRole of `rules` and bind it to the ServiceAccount of the release."""
    role_name = known.apply(lambda spec: spec.cluster_role)
    metadata = ObjectMetaArgs(name=role_name, labels=MANAGED_BY)
    opts = pulumi.ResourceOptions(parent=parent)
    role = ClusterRole(f"{name}-collectors", metadata=metadata, rules=known.apply(rules), opts=opts)
    account = SubjectArgs(
        kind="ServiceAccount",
        name=known.apply(lambda spec: spec.release_name),
        namespace=known.apply(lambda spec: spec.namespace),
    )
    binding = ClusterRoleBinding(
        f"{name}-collectors",
        metadata=metadata,
        role_ref=RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=role_name),
        subjects=[account],
        opts=opts,
    )
    return [role, binding]


def rules(spec: TelemetrySpec) -> list[PolicyRuleArgs]:
    """Return the rules that the configuration needs; those of the chart would allow reading every Secret."""
    logs = [] if spec.reads_files else ["pods/log"]
    allowed = {"": ["namespaces", "pods", *logs], "apps": ["replicasets"] if spec.kubernetes_attributes else []}
    return [
        PolicyRuleArgs(api_groups=[group], resources=resources, verbs=list(READ_VERBS))
        for group, resources in allowed.items()
        if resources
    ]
