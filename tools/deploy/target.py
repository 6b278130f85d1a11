"""The cluster that an `up` or `destroy` would reach: looked at before anything is asked."""

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from components.units import parse_quantity

SANDBOX_CONTEXT = "observability-sandbox"
NEEDED_CRDS = {"IngressRoute": "ingressroutes.traefik.io", "ServiceMonitor": "servicemonitors.monitoring.coreos.com"}
REQUEST_SECONDS = 10


class UnreachableClusterError(Exception):
    """The cluster that the stack names does not answer."""


@dataclass(frozen=True)
class Capacity:
    """CPU in cores and memory in bytes."""

    cpu: Decimal = Decimal(0)
    memory: Decimal = Decimal(0)

    def __add__(self, other: "Capacity") -> "Capacity":
        return Capacity(self.cpu + other.cpu, self.memory + other.memory)

    def __sub__(self, other: "Capacity") -> "Capacity":
        return Capacity(self.cpu - other.cpu, self.memory - other.memory)

    def __str__(self) -> str:
        return f"{self.cpu.normalize():f} CPU, {self.memory / 1024**3:.1f} GiB"


@dataclass(frozen=True)
class Target:
    """What is known of a cluster."""

    context: str
    server: str
    version: str
    nodes: int
    free: Capacity
    default_storage_class: str
    storage_classes: frozenset[str]
    crds: frozenset[str] = field(repr=False)

    @property
    def sandbox(self) -> bool:
        """Whether this is the sandbox on this machine."""
        return self.context == SANDBOX_CONTEXT


def look_at(context: str) -> Target:
    """Ask the cluster of `context`, the current one where empty; raise `UnreachableClusterError` where it is silent."""
    name = context or _kubectl("", "config", "current-context").strip()
    view = json.loads(_kubectl(name, "config", "view", "--minify", "-o", "json"))
    version = json.loads(_kubectl(name, "version", "-o", "json"))["serverVersion"]["gitVersion"]
    nodes = _items(name, "nodes")
    pods = [
        pod for pod in _items(name, "pods", "--all-namespaces") if pod["status"].get("phase") in ("Pending", "Running")
    ]
    classes = _items(name, "storageclasses")
    default = "storageclass.kubernetes.io/is-default-class"
    return Target(
        context=name,
        server=view["clusters"][0]["cluster"]["server"],
        version=version,
        nodes=len(nodes),
        free=_sum(_allocatable(node) for node in nodes) - _sum(requests_of(pod["spec"]) for pod in pods),
        default_storage_class=next(
            (
                item["metadata"]["name"]
                for item in classes
                if (item["metadata"].get("annotations") or {}).get(default) == "true"
            ),
            "",
        ),
        storage_classes=frozenset(item["metadata"]["name"] for item in classes),
        crds=frozenset(item["metadata"]["name"] for item in _items(name, "customresourcedefinitions")),
    )


def requests_of(pod_spec: Mapping[str, Any]) -> Capacity:
    """Sum what the containers of one pod ask for."""
    requests = [
        (container.get("resources") or {}).get("requests") or {} for container in pod_spec.get("containers") or []
    ]
    return _sum(Capacity(_quantity(request, "cpu"), _quantity(request, "memory")) for request in requests)


def needs_of(objects: Iterable[Mapping[str, Any]], nodes: int) -> Capacity:
    """Sum what the workloads among `objects` ask for; a DaemonSet counts once a node."""
    total = Capacity()
    for item in objects:
        spec = item.get("spec") or {}
        template = (spec.get("template") or {}).get("spec")
        if item.get("kind") in ("Deployment", "StatefulSet", "DaemonSet") and template:
            pods = nodes if item["kind"] == "DaemonSet" else int(spec.get("replicas", 1))
            pod = requests_of(template)
            total += Capacity(pod.cpu * pods, pod.memory * pods)
    return total


def missing_crds(objects: Iterable[Mapping[str, Any]], target: Target) -> list[str]:
    """Name the CRDs that `objects` need and the cluster does not have."""
    kinds = {str(item.get("kind")) for item in objects}
    return sorted(crd for kind, crd in NEEDED_CRDS.items() if kind in kinds and crd not in target.crds)


def _quantity(request: Mapping[str, Any], resource: str) -> Decimal:
    return parse_quantity(str(request[resource])) if resource in request else Decimal(0)


def _allocatable(node: Mapping[str, Any]) -> Capacity:
    allocatable = node["status"].get("allocatable") or {}
    return Capacity(_quantity(allocatable, "cpu"), _quantity(allocatable, "memory"))


def _sum(parts: Iterable[Capacity]) -> Capacity:
    return sum(parts, Capacity())


def _items(context: str, kind: str, *options: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(_kubectl(context, "get", kind, *options, "-o", "json"))["items"]
    return items


def _kubectl(context: str, *arguments: str) -> str:
    command = [
        "kubectl",
        f"--request-timeout={REQUEST_SECONDS}s",
        *([f"--context={context}"] if context else []),
        *arguments,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=6 * REQUEST_SECONDS)
    except FileNotFoundError:
        raise UnreachableClusterError(
            "kubectl is not on PATH and is needed to look at the cluster: https://kubernetes.io/docs/tasks/tools/"
        ) from None
    except subprocess.TimeoutExpired:
        raise UnreachableClusterError(f"the cluster of context {context!r} did not answer in time") from None
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise UnreachableClusterError(
            f"the cluster of context {context or '(current)'!r} could not be asked with `{' '.join(command)}`: {reason}"
        )
    return done.stdout
