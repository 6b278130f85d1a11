"""The pods that objects would make, and their namespaces."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

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
        elif item.kind == "Prometheus":
            template = _of_prometheus(item.manifest["metadata"]["name"], spec)
        else:
            continue
        labels = (template.get("metadata") or {}).get("labels") or {}
        yield Pod(item, template.get("spec") or {}, labels)


def _of_prometheus(name: str, spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the pod that the operator makes of a Prometheus, with what its custom resource states.

    https://github.com/prometheus-operator/prometheus-operator/blob/v0.93.1/pkg/prometheus/server/statefulset.go
    """
    context = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
    server = {"name": "prometheus", "image": spec["image"], "resources": spec.get("resources") or {}}
    containers = [{**server, "securityContext": context, "ports": [{"name": spec["portName"], "containerPort": 9090}]}]
    if sidecar := spec.get("thanos"):
        ports = [{"name": "http", "containerPort": 10902}, {"name": "grpc", "containerPort": 10901}]
        resources = {"resources": sidecar.get("resources") or {}}
        containers.append({"name": "thanos-sidecar", **resources, "securityContext": context, "ports": ports})
    kept = ("securityContext", "nodeSelector", "tolerations", "affinity", "imagePullSecrets", "priorityClassName")
    labels = {"app.kubernetes.io/name": "prometheus", "operator.prometheus.io/name": name}
    metadata = spec.get("podMetadata") or {}
    return {
        "metadata": {**metadata, "labels": {**(metadata.get("labels") or {}), **labels}},
        "spec": {
            **{field: spec[field] for field in kept if field in spec},
            "serviceAccountName": spec["serviceAccountName"],
            "automountServiceAccountToken": spec.get("automountServiceAccountToken", True),
            "containers": containers,
        },
    }


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
