"""An object of each kind that kube-state-metrics counts, in the states that it tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.e2e.metrics.workloads import Object

NAMESPACE = "everything"
_LABELS = {"app": "shop"}
_CONTAINER = {
    "name": "shop",
    "image": "shop:1",
    "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "20m", "memory": "32Mi"}},
}
_INIT = {**_CONTAINER, "name": "prepare"}
_POD = {"containers": [_CONTAINER], "initContainers": [_INIT]}
_ENDED = {"startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:01:00Z"}


def objects() -> Iterator[Object]:
    """Yield the objects."""
    template = {"metadata": {"labels": _LABELS}, "spec": {"containers": [_CONTAINER]}}
    selected = {"selector": {"matchLabels": _LABELS}, "template": template}
    job = {"template": {**template, "spec": {"containers": [_CONTAINER], "restartPolicy": "Never"}}}
    yield _object("apps/v1", "Deployment", "shop", {**selected, "replicas": 1})
    yield _object("apps/v1", "StatefulSet", "store", {**selected, "serviceName": "shop", "replicas": 1})
    yield _object("apps/v1", "DaemonSet", "agent", selected)
    yield _object("batch/v1", "Job", "once", {**job, "completions": 1, "parallelism": 1, "activeDeadlineSeconds": 600})
    # It ends by its deadline, and is failed then.
    yield _object("batch/v1", "Job", "late", {**job, "activeDeadlineSeconds": 1})
    yield _object("batch/v1", "CronJob", "nightly", {"schedule": "0 3 * * *", "jobTemplate": {"spec": job}})
    own = {"app": "bare"}
    of_nobody = {"metadata": {"labels": own}, "spec": template["spec"]}
    bare = {"selector": {"matchLabels": own}, "template": of_nobody, "replicas": 0}
    yield _object("apps/v1", "ReplicaSet", "bare", bare, own)
    yield _object("v1", "ReplicationController", "old", {"selector": _LABELS, "replicas": 0, "template": template})
    yield _object("v1", "Service", "shop", {"selector": _LABELS, "ports": [{"port": 80}]})
    yield _object("v1", "Service", "outside", {"type": "ExternalName", "externalName": "shop.example.org"})
    yield _object("v1", "ResourceQuota", "quota", {"hard": {"pods": "10", "requests.cpu": "4"}})
    limit = {"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "10m"}, "max": {"cpu": "2"}}
    yield _object("v1", "LimitRange", "limits", {"limits": [limit]})
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    yield _object("v1", "PersistentVolumeClaim", "data", claim)
    volume = {
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "1Gi"},
        "csi": {"driver": "csi.example.org", "volumeHandle": "volume-1"},
        "persistentVolumeReclaimPolicy": "Delete",
        "claimRef": {"kind": "PersistentVolumeClaim", "namespace": NAMESPACE, "name": "data"},
    }
    yield {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "volume-1"}, "spec": volume}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"}
    used = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
    }
    scaled = {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 3, "metrics": [used]}
    yield _object("autoscaling/v2", "HorizontalPodAutoscaler", "shop", scaled)
    budget = {"selector": {"matchLabels": _LABELS}, "minAvailable": 1}
    yield _object("policy/v1", "PodDisruptionBudget", "shop", budget)
    backend = {"service": {"name": "shop", "port": {"number": 80}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    rule = {"host": "shop.example.org", "http": {"paths": [path]}}
    tls = [{"hosts": ["shop.example.org"], "secretName": "shop"}]
    yield _object("networking.k8s.io/v1", "Ingress", "shop", {"rules": [rule], "tls": tls})
    allowed: Any = {"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}]}], "egress": [{}]}
    yield _object("networking.k8s.io/v1", "NetworkPolicy", "shop", allowed)
    yield {**_object("v1", "Secret", "shop", {}), "stringData": {"key": "text"}}
    yield {**_object("v1", "ConfigMap", "shop", {}), "data": {"key": "text"}}
    lease = {"holderIdentity": "shop-0", "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.000000Z"}
    yield _object("coordination.k8s.io/v1", "Lease", "shop", lease)
    for name, status in _statuses().items():
        # Nothing schedules or adopts them: a node of the sandbox would report states of its own.
        pod = _object("v1", "Pod", name, {**_POD, "schedulerName": "nobody"}, {"app": name})
        yield pod | {"status": status}
    taint = {"key": "reserved", "value": "shop", "effect": "NoSchedule"}
    yield {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "reserved", "labels": {"node-role.kubernetes.io/shop": ""}},
        "spec": {"taints": [taint], "unschedulable": True},
    }


def _object(version: str, kind: str, name: str, spec: Any, labels: Mapping[str, str] = _LABELS) -> dict[str, Any]:
    metadata = {"name": name, "namespace": NAMESPACE, "labels": dict(labels)}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **({"spec": spec} if spec else {})}


def _statuses() -> dict[str, dict[str, Any]]:
    """Return the states of pods that no kubelet is there to report."""
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}
    killed = {"terminated": {"exitCode": 137, "reason": "OOMKilled", **_ENDED}}
    running = {"running": {"startedAt": _ENDED["startedAt"]}}
    return {
        "waiting": _status("Pending", waiting, killed),
        "killed": _status("Failed", killed, killed) | {"reason": "Evicted"},
        "running": _status("Running", running, killed),
    }


def _status(phase: str, state: Any, last: Any) -> dict[str, Any]:
    container = {"image": "shop:1", "imageID": "shop@sha256:1", "restartCount": 3, "containerID": "containerd://1"}
    states = {
        **container,
        "ready": phase == "Running",
        "started": phase == "Running",
        "state": state,
        "lastState": last,
    }
    conditions = [{"type": kind, "status": "False"} for kind in ("PodScheduled", "Ready", "ContainersReady")]
    return {
        "phase": phase,
        "startTime": _ENDED["startedAt"],
        "conditions": conditions,
        "containerStatuses": [{**states, "name": "shop"}],
        "initContainerStatuses": [{**states, "name": "prepare"}],
        "podIP": "10.244.9.9",
        "hostIP": "10.0.0.9",
    }
