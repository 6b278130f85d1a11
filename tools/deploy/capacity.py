"""CPU and memory: what a cluster has left for a stack, and what the stack asks for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from components.units import parse_quantity
from tools.contract.pods import matches

Object = Mapping[str, Any]
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")


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

    def holds(self, other: "Capacity") -> bool:
        """Whether `other` fits in here."""
        return other.cpu <= self.cpu and other.memory <= self.memory


def free(nodes: Iterable[Object], pods: Iterable[Object], objects: Iterable[Object]) -> Capacity:
    """Return what `nodes` have left for `objects`: pods that run already for one of them do not count against it."""
    mine = [(_namespace(item), item["metadata"]["name"]) for item in objects if item.get("kind") in WORKLOADS]
    others = (
        pod
        for pod in pods
        if not any(
            _namespace(pod) == namespace and pod["metadata"]["name"].startswith(f"{name}-") for namespace, name in mine
        )
    )
    return _sum(_allocatable(node) for node in nodes) - _sum(requests_of(pod["spec"]) for pod in others)


def needs_of(objects: Iterable[Object], nodes: Sequence[Object]) -> Capacity:
    """Sum what the workloads among `objects` ask for; a DaemonSet counts once for each of `nodes` that it selects."""
    total = Capacity()
    for item in objects:
        spec = item.get("spec") or {}
        template = (spec.get("template") or {}).get("spec")
        if item.get("kind") in WORKLOADS and template:
            on_each_node = item["kind"] == "DaemonSet"
            pods = sum(selects(template, node) for node in nodes) if on_each_node else int(spec.get("replicas", 1))
            pod = requests_of(template)
            total += Capacity(pod.cpu * pods, pod.memory * pods)
    return total


def selects(pod_spec: Object, node: Object) -> bool:
    """Whether node selector and required node affinity of a pod admit a node, by its labels."""
    labels = node["metadata"].get("labels") or {}
    affinity = (pod_spec.get("affinity") or {}).get("nodeAffinity") or {}
    terms = (affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}).get("nodeSelectorTerms") or [{}]
    return (pod_spec.get("nodeSelector") or {}).items() <= labels.items() and any(
        all(matches(rule, labels) for rule in term.get("matchExpressions") or []) for term in terms
    )


def requests_of(pod_spec: Object) -> Capacity:
    """Sum what the containers of one pod ask for."""
    requests = [
        (container.get("resources") or {}).get("requests") or {} for container in pod_spec.get("containers") or []
    ]
    return _sum(Capacity(_quantity(request, "cpu"), _quantity(request, "memory")) for request in requests)


def _allocatable(node: Object) -> Capacity:
    allocatable = node["status"].get("allocatable") or {}
    return Capacity(_quantity(allocatable, "cpu"), _quantity(allocatable, "memory"))


def _quantity(amounts: Object, resource: str) -> Decimal:
    return parse_quantity(str(amounts[resource])) if resource in amounts else Decimal(0)


def _namespace(item: Object) -> str:
    return str(item["metadata"].get("namespace", ""))


def _sum(parts: Iterable[Capacity]) -> Capacity:
    return sum(parts, Capacity())
