"""Who may reach the pods of a release past its gateway: the release itself, and Prometheus for metrics."""

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from .._pod_security import MANAGED_BY

GATEWAY = "gateway"
INSTANCE = "app.kubernetes.io/instance"
COMPONENT = "app.kubernetes.io/component"
NAMESPACE = "kubernetes.io/metadata.name"


def ingress_policy(
    release_name: str,
    metrics_namespaces: Sequence[str],
    *,
    metrics_ports: Sequence[int],
    open_ports: Sequence[int] = (),
) -> dict[str, Any]:
    """Close every port of the pods of a release, but those of its gateway, to all but the release itself.

    `open_ports` stay open to everybody, because they ask for proof themselves; `metrics_ports` to all pods of
    `metrics_namespaces`. The kubelet of the node is always let in.
    """
    own = {"from": [{"podSelector": {"matchLabels": {INSTANCE: release_name}}}]}
    everybody = [{"ports": _ports(open_ports)}] if open_ports else []
    scrapers = [{"from": [_namespaces(metrics_namespaces)], "ports": _ports(metrics_ports)}]
    return {
        "podSelector": {
            "matchLabels": {INSTANCE: release_name},
            "matchExpressions": [{"key": COMPONENT, "operator": "NotIn", "values": [GATEWAY]}],
        },
        "policyTypes": ["Ingress"],
        "ingress": [own, *everybody, *(scrapers if metrics_namespaces else [])],
    }


def _ports(ports: Sequence[int]) -> list[dict[str, Any]]:
    return [{"port": port, "protocol": "TCP"} for port in ports]


def _namespaces(names: Sequence[str]) -> dict[str, Any]:
    return {"namespaceSelector": {"matchExpressions": [{"key": NAMESPACE, "operator": "In", "values": list(names)}]}}


def network_policy(
    resource_name: str,
    release_name: str,
    namespace: pulumi.Input[str],
    spec: pulumi.Output[Any],
    *,
    parent: pulumi.Resource,
    depends_on: Sequence[pulumi.Resource],
) -> NetworkPolicy:
    """Create the NetworkPolicy, which takes effect where the network of the cluster enforces such."""
    return NetworkPolicy(
        resource_name,
        metadata=ObjectMetaArgs(name=f"{release_name}-secured", namespace=namespace, labels=MANAGED_BY),
        spec=spec,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(depends_on)),
    )
