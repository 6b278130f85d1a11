"""Custom resource definitions that know the kinds the platform uses, but accept any spec."""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from typing import Any

from sandbox.processes import SandboxError

DEFINITIONS_VARIABLE = "OBSERVABILITY_CRDS"
"""Environment variable with a directory of custom resource definitions as they are published."""

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


def definitions_directory() -> Path | None:
    """Return the directory that `OBSERVABILITY_CRDS` names, `None` where it is unset.

    Raise `SandboxError` where it is no directory.
    """
    named = os.environ.get(DEFINITIONS_VARIABLE)
    if named and not Path(named).is_dir():
        raise SandboxError(f"{DEFINITIONS_VARIABLE} = {named}: must be a directory; set one, or unset it")
    return Path(named) if named else None


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
