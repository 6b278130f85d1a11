"""NetworkPolicy of a release, such as of one whose gateway authenticates clients: only that and Prometheus get past."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from ._kubernetes import MANAGED_BY

GATEWAY = "gateway"
INSTANCE = "app.kubernetes.io/instance"
COMPONENT = "app.kubernetes.io/component"
NAMESPACE = "kubernetes.io/metadata.name"
DNS_PORTS: Sequence[Mapping[str, Any]] = ({"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"})
"""Ports of the cluster's DNS in a rule of egress."""


def ingress_policy(
    release_name: str,
    metrics_namespaces: Sequence[str],
    *,
    metrics_ports: Sequence[int],
    open_ports: Sequence[int] = (),
) -> dict[str, Any]:
    """Return the specification of a NetworkPolicy for all pods of a release but those of its gateway.

    They admit the pods of the release on every port, all pods on `open_ports`, which authenticate clients themselves,
    and the pods of `metrics_namespaces` on `metrics_ports`. The kubelet of the node is always admitted.
    """
    own = {"from": [{"podSelector": {"matchLabels": {INSTANCE: release_name}}}]}
    from_all_pods = [{"ports": _ports(open_ports)}] if open_ports else []
    scrapers = [{"from": [_namespaces(metrics_namespaces)], "ports": _ports(metrics_ports)}]
    return {
        "podSelector": {
            "matchLabels": {INSTANCE: release_name},
            "matchExpressions": [{"key": COMPONENT, "operator": "NotIn", "values": [GATEWAY]}],
        },
        "policyTypes": ["Ingress"],
        "ingress": [own, *from_all_pods, *(scrapers if metrics_namespaces else [])],
    }


def clients_policy(pods: Mapping[str, str], namespaces: Sequence[str], ports: Sequence[int] = ()) -> dict[str, Any]:
    """Return the specification of a NetworkPolicy for pods that authenticate no one.

    Pods with the labels `pods` admit those of `namespaces`, on every port unless `ports` are stated.
    """
    admitted: dict[str, Any] = {"from": [_namespaces(namespaces)]}
    return {
        "podSelector": {"matchLabels": dict(pods)},
        "policyTypes": ["Ingress"],
        "ingress": [admitted | ({"ports": _ports(ports)} if ports else {})],
    }


def authenticated_policy(
    pods: Mapping[str, str], namespace: str, own_ports: Sequence[int], namespaces: Sequence[str], ports: Sequence[int]
) -> dict[str, Any]:
    """Return the specification of a NetworkPolicy for pods whose `ports` authenticate clients.

    They admit each other on every port, the pods of their own `namespace` on `own_ports` too, and on `ports` those of
    `namespaces`, or all pods where none are stated.
    """
    clients = {"from": [_namespaces(sorted(namespaces))]} if namespaces else {}
    return {
        "podSelector": {"matchLabels": dict(pods)},
        "policyTypes": ["Ingress"],
        "ingress": [
            {"from": [{"podSelector": {"matchLabels": dict(pods)}}]},
            {"from": [_namespaces([namespace])], "ports": _ports([*ports, *own_ports])},
            {**clients, "ports": _ports(ports)},
        ],
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
    suffix: str = "secured",
) -> NetworkPolicy:
    """Create the NetworkPolicy, which has an effect where the network of the cluster enforces such policies."""
    return NetworkPolicy(
        resource_name,
        metadata=ObjectMetaArgs(name=f"{release_name}-{suffix}", namespace=namespace, labels=MANAGED_BY),
        spec=spec,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(depends_on)),
    )
