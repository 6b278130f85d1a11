"""The pods that objects would make, and their namespaces."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from tools.prometheus_operator import stateful_set
from tools.render import RenderedObject

ENFORCE = "pod-security.kubernetes.io/enforce"


class Level(IntEnum):
    """The Pod Security Standards, from the strictest (https://kubernetes.io/docs/concepts/security/pod-security-standards/)."""

    RESTRICTED = 0
    BASELINE = 1
    PRIVILEGED = 2


@dataclass(frozen=True)
class Pod:
    """A pod, as the object that owns it describes it."""

    owner: RenderedObject
    spec: Mapping[str, Any]
    labels: Mapping[str, str]

    @property
    def containers(self) -> list[Mapping[str, Any]]:
        """Every container, those that initialise included."""
        return [container for field in ("initContainers", "containers") for container in self.spec.get(field) or []]

    @property
    def replicas(self) -> int | None:
        """How many there are at once; `None` where the number of nodes decides."""
        if self.owner.kind == "DaemonSet":
            return None
        count = (self.owner.manifest.get("spec") or {}).get("replicas")
        return 1 if count is None else int(count)

    def reference(self, container: Mapping[str, Any] | None = None) -> str:
        """Name the pod, or one container of it."""
        return f"{self.owner}: container {container['name']}" if container else str(self.owner)


def pods_of(objects: Iterable[RenderedObject]) -> Iterator[Pod]:
    """Yield the pod of every workload."""
    for item in objects:
        spec = item.manifest.get("spec") or {}
        if item.kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"):
            template = spec.get("template") or {}
        elif item.kind == "CronJob":
            template = (spec.get("jobTemplate") or {}).get("spec", {}).get("template") or {}
        elif item.kind == "Pod":
            template = item.manifest
        elif made := stateful_set(item.manifest):
            template = made["spec"]["template"]
        else:
            continue
        labels = (template.get("metadata") or {}).get("labels") or {}
        yield Pod(item, template.get("spec") or {}, labels)


def levels_of(objects: Iterable[RenderedObject]) -> dict[str, Level]:
    """Return the level that each namespace of the stack enforces; one without a label is not among them."""
    return {
        item.name: Level[str(labels[ENFORCE]).upper()]
        for item in objects
        if item.kind == "Namespace" and ENFORCE in (labels := item.manifest["metadata"].get("labels") or {})
    }


def matches(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether labels meet an expression of a selector; `Gt` and `Lt`, for whole numbers, count as met."""
    value, values = labels.get(expression["key"]), expression.get("values") or []
    match expression["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    return True
