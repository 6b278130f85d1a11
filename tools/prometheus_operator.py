"""What the Prometheus operator makes of a custom resource: the StatefulSet of a Prometheus.

https://github.com/prometheus-operator/prometheus-operator/blob/v0.93.1/pkg/prometheus/server/statefulset.go
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from components._workload import NO_PRIVILEGES

Object = Mapping[str, Any]
_OF_THE_POD = (
    *("securityContext", "nodeSelector", "tolerations", "affinity", "imagePullSecrets", "priorityClassName"),
    *("serviceAccountName", "automountServiceAccountToken"),
)


def with_stateful_sets(objects: Iterable[Object]) -> Iterator[Object]:
    """Yield the objects, and behind each Prometheus the StatefulSet that the operator makes of it."""
    for item in objects:
        yield item
        if item.get("kind") == "Prometheus":
            yield stateful_set(item)


def stateful_set(prometheus: Object) -> dict[str, Any]:
    """Return the StatefulSet of a Prometheus, as far as its custom resource decides it.

    The container that reloads the configuration, whose resources are flags of the operator, is not among its own.
    """
    metadata, spec = prometheus["metadata"], prometheus["spec"]
    name = f"prometheus-{metadata['name']}"
    about = spec.get("podMetadata") or {}
    labels = {"app.kubernetes.io/name": "prometheus", "operator.prometheus.io/name": metadata["name"]}
    claim = (spec.get("storage") or {}).get("volumeClaimTemplate")
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": name, "namespace": metadata.get("namespace", "default")},
        "spec": {
            "replicas": spec.get("replicas", 1),
            "serviceName": spec.get("serviceName") or "prometheus-operated",
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {**about, "labels": {**(about.get("labels") or {}), **labels}},
                "spec": {
                    **{field: spec[field] for field in _OF_THE_POD if field in spec},
                    "containers": list(_containers(spec)),
                    "volumes": spec.get("volumes") or [],
                },
            },
            "volumeClaimTemplates": [{"metadata": {"name": f"{name}-db"}, **claim}] if claim else [],
        },
    }


def _containers(spec: Object) -> Iterator[dict[str, Any]]:
    """Yield the operator's own containers, each merged with that of its name, and the further ones."""
    further = {container["name"]: container for container in spec.get("containers") or []}
    for container in _own_containers(spec):
        yield {**container, **further.pop(container["name"], {})}
    yield from further.values()


def _own_containers(spec: Object) -> Iterator[dict[str, Any]]:
    yield {
        "name": "prometheus",
        "image": spec["image"],
        "args": [f"--{argument['name']}={argument.get('value', '')}" for argument in spec.get("additionalArgs") or []],
        "resources": spec.get("resources") or {},
        "securityContext": NO_PRIVILEGES,
        "ports": [{"name": spec.get("portName", "web"), "containerPort": 9090}],
    }
    if sidecar := spec.get("thanos"):
        yield {
            "name": "thanos-sidecar",
            "resources": sidecar.get("resources") or {},
            "securityContext": NO_PRIVILEGES,
            "ports": [{"name": "http", "containerPort": 10902}, {"name": "grpc", "containerPort": 10901}],
        }
