"""The cluster that an `up` or `destroy` would reach: inspected before the user is asked."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sandbox import crds
from sandbox.layout import CONTEXT as SANDBOX_CONTEXT

from .kubectl import items, kubectl

_DNS_SERVICE = re.compile(r"^\s*resolver ([a-z0-9-]+)\.([a-z0-9-]+)\.svc\b", re.MULTILINE)
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


@dataclass(frozen=True)
class Cluster:
    """What is known of a cluster."""

    context: str
    server: str
    version: str
    nodes: list[dict[str, Any]] = field(repr=False)
    pods: list[dict[str, Any]] = field(repr=False)
    """The pods that hold capacity."""
    default_storage_class: str
    storage_classes: frozenset[str]
    crds: frozenset[str] = field(repr=False)
    services: frozenset[str] = field(repr=False)
    """Each as `<name>.<namespace>`."""

    @property
    def sandbox(self) -> bool:
        """Whether this is the sandbox on this machine, by its context's name and its address."""
        return self.context == SANDBOX_CONTEXT and urlsplit(self.server).hostname == "127.0.0.1"

    def __str__(self) -> str:
        return f"{self.context} ({self.server}, Kubernetes {self.version}, {len(self.nodes)} nodes)"


def inspect_cluster(context: str) -> Cluster:
    """Ask the cluster of `context`, the current one where empty; raise `UnreachableClusterError` where it is silent."""
    name = context or kubectl("", "config", "current-context").strip()
    view = json.loads(kubectl(name, "config", "view", "--minify", "-o", "json"))
    version = json.loads(kubectl(name, "version", "-o", "json"))["serverVersion"]["gitVersion"]
    pods = items(name, "pods", "--all-namespaces")
    classes = {item["metadata"]["name"]: item["metadata"] for item in items(name, "storageclasses")}
    defaults = (
        key for key, metadata in classes.items() if (metadata.get("annotations") or {}).get(_DEFAULT_CLASS) == "true"
    )
    return Cluster(
        context=name,
        server=view["clusters"][0]["cluster"]["server"],
        version=version,
        nodes=items(name, "nodes"),
        pods=[pod for pod in pods if pod["status"].get("phase") in ("Pending", "Running")],
        default_storage_class=next(defaults, ""),
        storage_classes=frozenset(classes),
        crds=frozenset(item["metadata"]["name"] for item in items(name, "customresourcedefinitions")),
        services=frozenset(
            "{name}.{namespace}".format_map(item["metadata"]) for item in items(name, "services", "--all-namespaces")
        ),
    )


def missing_dns_services(objects: Iterable[Mapping[str, Any]], cluster: Cluster) -> list[str]:
    """Name the Services that an nginx of `objects` resolves through and the cluster does not have."""
    texts = [
        str(text) for item in objects if item.get("kind") == "ConfigMap" for text in (item.get("data") or {}).values()
    ]
    return sorted({".".join(found) for text in texts for found in _DNS_SERVICE.findall(text)} - cluster.services)


def missing_crds(objects: Iterable[Mapping[str, Any]], cluster: Cluster) -> list[str]:
    """Name the CRDs that `objects` need and the cluster does not have."""
    kinds = {str(item.get("kind")) for item in objects}
    return sorted(crd for kind, crd in crds.names().items() if kind in kinds and crd not in cluster.crds)
