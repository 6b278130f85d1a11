"""What a SeaweedFS of several servers has beside its chart: one address, and a bound on what may be away."""

from collections.abc import Sequence

import pulumi
from pulumi_kubernetes.core.v1 import Service, ServicePortArgs, ServiceSpecArgs
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget, PodDisruptionBudgetSpecArgs

from .._pod_security import MANAGED_BY
from .seaweedfs_cluster import PARTS, labels_of
from .spec import SEAWEEDFS_S3_PORT


def cluster_service(
    name: str, release_name: str, namespace: pulumi.Output[str], parent: pulumi.Resource, store: pulumi.Resource
) -> Service:
    """Return a Service for S3 that stays with one filer for each client, which has at once what that client wrote."""
    return Service(
        name,
        metadata=ObjectMetaArgs(name=release_name, namespace=namespace, labels=MANAGED_BY),
        spec=ServiceSpecArgs(
            selector=labels_of(release_name, "filer"),
            session_affinity="ClientIP",
            ports=[ServicePortArgs(name="s3", port=SEAWEEDFS_S3_PORT, target_port=SEAWEEDFS_S3_PORT)],
        ),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[store]),
    )


def cluster_budgets(
    name: str, release_name: str, namespace: pulumi.Output[str], parent: pulumi.Resource, store: pulumi.Resource
) -> Sequence[PodDisruptionBudget]:
    """Let a drain take one pod of each part at a time, which the chart has nothing for."""
    return [
        PodDisruptionBudget(
            f"{name}-{part}",
            metadata=ObjectMetaArgs(name=f"{release_name}-{part}", namespace=namespace, labels=MANAGED_BY),
            spec=PodDisruptionBudgetSpecArgs(
                max_unavailable=1, selector=LabelSelectorArgs(match_labels=labels_of(release_name, part))
            ),
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[store]),
        )
        for part in PARTS
    ]
