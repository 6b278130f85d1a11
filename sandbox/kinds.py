"""Kubernetes kinds: from the engine's type tokens to API objects, and what of each kind cannot change in place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sandbox.providers.differences import Path, starts_with

HELM_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_PREFIX: Final = "kubernetes:"
_API_VERSION: Final = re.compile(r"([a-z0-9.-]+/)?v\d[a-z0-9]*")

_IDENTITY: Final = ("apiVersion", "kind", "metadata.name", "metadata.namespace")
_IMMUTABLE: Final[dict[str, tuple[str, ...]]] = {
    "Deployment": ("spec.selector",),
    "StatefulSet": ("spec.selector", "spec.serviceName", "spec.podManagementPolicy", "spec.volumeClaimTemplates"),
    "Job": ("spec.selector", "spec.template", "spec.completions", "spec.completionMode", "spec.podFailurePolicy"),
    "Service": ("spec.clusterIP", "spec.clusterIPs"),
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
}
"""By kind that a program of this project registers, the fields that the API server does not let change."""


@dataclass(frozen=True)
class Kind:
    """A group, version and kind as the API server names them."""

    api_version: str
    kind: str

    def __str__(self) -> str:
        return f"{self.api_version}/{self.kind}"


def kind_of(token: str) -> Kind:
    """Return the kind that a type token names: `kubernetes:core/v1:Namespace` is `v1/Namespace`."""
    parts = token.removeprefix(_PREFIX).split(":")
    if not token.startswith(_PREFIX) or len(parts) != 2 or not _API_VERSION.fullmatch(parts[0]):
        raise ValueError(f"{token} does not name a kind of Kubernetes object")
    return Kind(parts[0].removeprefix("core/"), parts[1])


@dataclass(frozen=True)
class MutableData:
    """Whether the data of ConfigMaps and Secrets changes in place; by default a change replaces the object."""

    config_maps: bool = False
    secrets: bool = False


def is_immutable(kind: str, path: Path, mutable: MutableData) -> bool:
    """Whether a change at `path` of an object of this kind needs a new object."""
    prefixes = _IDENTITY + _IMMUTABLE.get(kind, ())
    if kind == "ConfigMap":
        prefixes += ("immutable",) if mutable.config_maps else ("immutable", "data", "binaryData")
    if kind == "Secret":
        data = () if mutable.secrets else ("data", "stringData")
        prefixes += ("immutable", "type", *data)
    return any(_at_or_below(path, prefix) for prefix in prefixes)


def _at_or_below(path: Path, prefix: str) -> bool:
    return len(path) >= prefix.count(".") + 1 and starts_with(path, prefix)


_CLUSTER_SCOPED: Final = frozenset(
    {
        "APIService",
        "ClusterRole",
        "ClusterRoleBinding",
        "CSIDriver",
        "CustomResourceDefinition",
        "GatewayClass",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
    }
)


def is_namespaced(kind: Kind) -> bool:
    """Whether objects of this kind live in a namespace, decided without a server."""
    return kind.kind not in _CLUSTER_SCOPED
