"""Custom resource definitions that know the kinds the platform uses, but accept any spec."""

from __future__ import annotations

from itertools import chain
from typing import Any

MINIMAL: dict[str, dict[str, tuple[str, ...]]] = {
    "cert-manager.io": {"v1": ("Certificate", "ClusterIssuer", "Issuer")},
    "monitoring.coreos.com": {
        "v1": (
            "Alertmanager",
            "PodMonitor",
            "Probe",
            "Prometheus",
            "PrometheusRule",
            "ServiceMonitor",
            "ThanosRuler",
        ),
        "v1alpha1": ("AlertmanagerConfig", "PrometheusAgent", "ScrapeConfig"),
    },
    "traefik.io": {
        "v1alpha1": (
            "IngressRoute",
            "IngressRouteTCP",
            "IngressRouteUDP",
            "Middleware",
            "MiddlewareTCP",
            "ServersTransport",
            "ServersTransportTCP",
            "TLSOption",
            "TLSStore",
            "TraefikService",
        )
    },
}

CLUSTER_SCOPED = {"ClusterIssuer"}
"""The kinds in MINIMAL that belong to no namespace."""


def minimal_definitions() -> list[dict[str, Any]]:
    """Return a definition for every kind in MINIMAL: `spec` required, its fields unchecked."""
    return [
        _definition(group, version, kind)
        for group, versions in MINIMAL.items()
        for version, kinds in versions.items()
        for kind in kinds
    ]


def names() -> dict[str, str]:
    """Return the name of the definition of every kind in MINIMAL."""
    return {
        kind: f"{plural_of(kind)}.{group}" for group, versions in MINIMAL.items() for kind in chain(*versions.values())
    }


def plural_of(kind: str) -> str:
    """Return the resource name of a kind: `Prometheus` gives `prometheuses`."""
    name = kind.lower()
    return f"{name}es" if name.endswith("s") else f"{name}s"


def _definition(group: str, version: str, kind: str) -> dict[str, Any]:
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "required": ["spec"], "properties": {"spec": anything, "status": anything}}
    plural = plural_of(kind)
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Cluster" if kind in CLUSTER_SCOPED else "Namespaced",
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": schema},
                    "subresources": {"status": {}},
                }
            ],
        },
    }
