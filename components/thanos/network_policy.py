"""NetworkPolicy of Thanos, which authenticates no one: its own namespace and the clients of the stack reach it."""

from typing import Any

from .._network_policy import INSTANCE, NAMESPACE
from .spec import ThanosSpec


def thanos_policy(spec: ThanosSpec) -> dict[str, Any]:
    """Return the policy for all pods of the release; Prometheus and its sidecars are in the same namespace."""
    names = sorted({spec.namespace, *spec.client_namespaces})
    clients = {"namespaceSelector": {"matchExpressions": [{"key": NAMESPACE, "operator": "In", "values": names}]}}
    return {
        "podSelector": {"matchLabels": {INSTANCE: spec.release_name}},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [clients]}],
    }
