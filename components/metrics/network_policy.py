"""NetworkPolicy of Prometheus: the clients of the stack reach it, and no one else."""

from typing import Any

from .._network_policy import NAMESPACE
from .spec import MetricsSpec


def prometheus_policy(spec: MetricsSpec) -> dict[str, Any]:
    """Return the policy for the pods of Prometheus: its own namespace and `client_namespaces` on every port.

    The chart's own would allow no request in or out. What Prometheus scrapes may be anywhere, so egress is open.
    """
    names = sorted({spec.namespace, *spec.client_namespaces})
    return {
        "podSelector": {"matchLabels": {"operator.prometheus.io/name": spec.release_name}},
        "policyTypes": ["Ingress"],
        "ingress": [
            {
                "from": [
                    {"namespaceSelector": {"matchExpressions": [{"key": NAMESPACE, "operator": "In", "values": names}]}}
                ]
            }
        ],
    }
