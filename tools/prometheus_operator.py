"""What the Prometheus operator makes of custom resources: the StatefulSets of a Prometheus and of an Alertmanager.

https://github.com/prometheus-operator/prometheus-operator/blob/v0.93.1/pkg/prometheus/server/statefulset.go
https://github.com/prometheus-operator/prometheus-operator/blob/v0.93.1/pkg/alertmanager/statefulset.go
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from components._workload import NO_PRIVILEGES

Object = Mapping[str, Any]
_OF_THE_POD = (
    *("securityContext", "nodeSelector", "tolerations", "affinity", "imagePullSecrets", "priorityClassName"),
    *("serviceAccountName", "automountServiceAccountToken"),
)
_PORTS = {"prometheus": 9090, "alertmanager": 9093}


def with_stateful_sets(objects: Iterable[Object]) -> Iterator[Object]:
    """Yield the objects, and behind each custom resource the StatefulSet that the operator makes of it."""
    for item in objects:
        yield item
        if made := stateful_set(item):
            yield made


def stateful_set(resource: Object) -> dict[str, Any] | None:
    """Return the StatefulSet of a custom resource, as far as that decides it; `None` for another object.

    The container that reloads the configuration, whose resources are flags of the operator, is not among its own.
    """
    if resource.get("kind") == "Prometheus":
        labels = {"app.kubernetes.io/name": "prometheus", "operator.prometheus.io/name": resource["metadata"]["name"]}
        return _stateful_set(resource, "prometheus", labels)
    if resource.get("kind") == "Alertmanager":
        labels = {"app.kubernetes.io/name": "alertmanager", "alertmanager": resource["metadata"]["name"]}
        return _stateful_set(resource, "alertmanager", labels)
    return None


def _stateful_set(resource: Object, program: str, labels: Mapping[str, str]) -> dict[str, Any]:
    metadata, spec = resource["metadata"], resource["spec"]
    name = f"{program}-{metadata['name']}"
    about = spec.get("podMetadata") or {}
    claim = (spec.get("storage") or {}).get("volumeClaimTemplate")
    secrets = [{"name": f"secret-{secret}", "secret": {"secretName": secret}} for secret in spec.get("secrets") or []]
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": name, "namespace": metadata.get("namespace", "default")},
        "spec": {
            "replicas": spec.get("replicas", 1),
            "serviceName": spec.get("serviceName") or f"{program}-operated",
            "selector": {"matchLabels": dict(labels)},
            "template": {
                "metadata": {**about, "labels": {**(about.get("labels") or {}), **labels}},
                "spec": {
                    **{field: spec[field] for field in _OF_THE_POD if field in spec},
                    "containers": list(_containers(spec, program)),
                    "volumes": [*secrets, *(spec.get("volumes") or [])],
                },
            },
            "volumeClaimTemplates": [{"metadata": {"name": f"{name}-db"}, **claim}] if claim else [],
        },
    }


def _containers(spec: Object, program: str) -> Iterator[dict[str, Any]]:
    """Yield the operator's own containers, each merged with that of its name, and the further ones."""
    further = {container["name"]: container for container in spec.get("containers") or []}
    for container in _own_containers(spec, program):
        yield {**container, **further.pop(container["name"], {})}
    yield from further.values()


def _own_containers(spec: Object, program: str) -> Iterator[dict[str, Any]]:
    yield {
        "name": program,
        "image": spec["image"],
        "args": [f"--{argument['name']}={argument.get('value', '')}" for argument in spec.get("additionalArgs") or []],
        "resources": spec.get("resources") or {},
        "securityContext": NO_PRIVILEGES,
        "ports": [{"name": spec.get("portName", "web"), "containerPort": _PORTS[program]}],
    }
    if sidecar := spec.get("thanos"):
        yield {
            "name": "thanos-sidecar",
            "resources": sidecar.get("resources") or {},
            "securityContext": NO_PRIVILEGES,
            "ports": [{"name": "http", "containerPort": 10902}, {"name": "grpc", "containerPort": 10901}],
        }
