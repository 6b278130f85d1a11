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
_API_SERVER = "kubernetes.default"
_CONTROL_PLANE = "kube-system"
_DEFINITION = "CustomResourceDefinition"
_METRICS_ADDRESS = re.compile(r"""^\s*metricsBindAddress:\s*['"]?([^'":\s]*)""", re.MULTILINE)
_LOOPBACK = re.compile(r"--(bind-address|listen-metrics-urls|metrics-bind-address)=(https?://)?127\.0\.0\.1(:\d+)?")
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
    crds: Mapping[str, str] = field(repr=False)
    """Each definition with the Helm release that owns it as `<namespace>/<name>`, empty without one."""
    services: frozenset[str] = field(repr=False)
    """Each as `<name>.<namespace>`."""
    ip_family: str
    """The family that the cluster assigns to its Services, `IPv4` or `IPv6`."""
    proxy_on_loopback: bool = False
    """Whether kube-proxy serves its metrics to its own node alone, as it does by default."""

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
    services = {
        "{name}.{namespace}".format_map(item["metadata"]): item for item in items(name, "services", "--all-namespaces")
    }
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
        crds={
            item["metadata"]["name"]: _owner(item["metadata"].get("annotations") or {})
            for item in items(name, "customresourcedefinitions")
        },
        services=frozenset(services),
        ip_family=services[_API_SERVER]["spec"]["ipFamilies"][0],
        proxy_on_loopback=_proxy_on_loopback(name),
    )


def _proxy_on_loopback(context: str) -> bool:
    """Whether the configuration of kube-proxy, where the cluster has one, states no other address for its metrics."""
    found = kubectl(
        context, "get", "configmap", "kube-proxy", "--namespace", _CONTROL_PLANE, "--ignore-not-found", "-o", "json"
    )
    if not found.strip():
        return False
    texts = (json.loads(found).get("data") or {}).values()
    addresses = [address for text in texts for address in _METRICS_ADDRESS.findall(text)]
    return bool(addresses) and all(address in ("", "127.0.0.1") for address in addresses)


def _owner(annotations: Mapping[str, str]) -> str:
    """Return the Helm release that an object belongs to, empty without one."""
    parts = (annotations.get(f"meta.helm.sh/release-{part}", "") for part in ("namespace", "name"))
    return "/".join(filter(None, parts))


@dataclass(frozen=True)
class HelmRelease:
    """A revision of a Helm release, which Helm keeps in a Secret."""

    namespace: str
    name: str
    status: str
    revision: int

    @classmethod
    def of(cls, secret: Mapping[str, Any]) -> "HelmRelease":
        """Return the revision that a Secret of Helm holds."""
        metadata = secret["metadata"]
        labels = metadata["labels"]
        return cls(metadata["namespace"], labels["name"], labels["status"], int(labels["version"]))

    @property
    def secret(self) -> str:
        """The name of that Secret."""
        return f"sh.helm.release.v1.{self.name}.v{self.revision}"

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name} (revision {self.revision}, {self.status})"


def helm_releases(context: str, names: Iterable[tuple[str, str]]) -> list[HelmRelease]:
    """Return the latest revision of each of the releases `names` (namespace, name) that the cluster has, sorted."""
    wanted = set(names)
    found: dict[tuple[str, str], HelmRelease] = {}
    for namespace in sorted({namespace for namespace, _ in wanted}):
        for secret in items(context, "secrets", "--namespace", namespace, "--selector=owner=helm"):
            release = HelmRelease.of(secret)
            key = (namespace, release.name)
            if key in wanted and (key not in found or found[key].revision < release.revision):
                found[key] = release
    return [found[key] for key in sorted(found)]


def missing_dns_services(objects: Iterable[Mapping[str, Any]], cluster: Cluster) -> list[str]:
    """Name the Services that an nginx of `objects` resolves through and the cluster does not have."""
    texts = [
        str(text) for item in objects if item.get("kind") == "ConfigMap" for text in (item.get("data") or {}).values()
    ]
    return sorted({".".join(found) for text in texts for found in _DNS_SERVICE.findall(text)} - cluster.services)


def missing_crds(objects: Iterable[Mapping[str, Any]], cluster: Cluster) -> list[str]:
    """Name the CRDs that `objects` need, and neither the cluster has nor they bring."""
    items = list(objects)
    kinds = {str(item.get("kind")) for item in items}
    there = {*cluster.crds, *crd_names(items)}
    return sorted(crd for kind, crd in crds.names().items() if kind in kinds and crd not in there)


def crd_names(objects: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the CRDs among `objects`."""
    return [item["metadata"]["name"] for item in objects if item.get("kind") == _DEFINITION]


def unreachable_targets(objects: Iterable[Mapping[str, Any]], cluster: Cluster) -> list[str]:
    """Name the Services of the control plane among `objects` that lead to nothing which pods reach, with the reason."""
    found = []
    for item in objects:
        if item.get("kind") == "Service" and item["metadata"].get("namespace") == _CONTROL_PLANE:
            selector = (item.get("spec") or {}).get("selector") or {}
            pods = [
                pod
                for pod in cluster.pods
                if pod["metadata"].get("namespace") == _CONTROL_PLANE
                and selector.items() <= (pod["metadata"].get("labels") or {}).items()
            ]
            reasons = [_unreachable(pod, item, cluster) for pod in pods] or ["no pod has its labels"]
            if all(reasons):
                found.append(f"{item['metadata']['name']} ({reasons[0]})")
    return sorted(found)


def _unreachable(pod: Mapping[str, Any], service: Mapping[str, Any], cluster: Cluster) -> str:
    """Return why nothing answers for a Service at a pod of the control plane, empty where something may."""
    containers = pod["spec"].get("containers") or []
    arguments = [
        argument
        for container in containers
        for argument in (*(container.get("command") or []), *(container.get("args") or []))
    ]
    labels = pod["metadata"].get("labels") or {}
    if any(_LOOPBACK.fullmatch(argument) for argument in arguments):
        return "its pods listen at 127.0.0.1 alone"
    if labels.get("component") == "etcd" and not any(text.startswith("--listen-metrics-urls") for text in arguments):
        return "etcd has no --listen-metrics-urls"
    if labels.get("k8s-app") == "kube-proxy" and cluster.proxy_on_loopback:
        return "metricsBindAddress of kube-proxy is 127.0.0.1"
    declared = {port.get("containerPort") for container in containers for port in container.get("ports") or []}
    wanted = {port.get("targetPort") for port in (service.get("spec") or {}).get("ports") or []}
    if labels.get("k8s-app") == "kube-dns" and not wanted & declared:
        return f"its pods have no port {', '.join(map(str, sorted(wanted, key=str)))}"
    return ""
