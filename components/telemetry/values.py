"""Chart values: a DaemonSet that reads the node's files, or a Deployment that reads through the API server."""

import hashlib
from typing import Any

from .._http_client import DIRECTORY, VOLUME, secret_volume
from .._merge import deep_merge
from .._pods import pod_values, pull_secrets
from .._workload import NO_PRIVILEGES, SECCOMP_PROFILE
from .alloy_config import GRPC_PORT, HTTP_PORT, LOGIN_DIRECTORY, TLS_DIRECTORY, alloy_config
from .spec import TelemetrySpec

CONFIG_KEY = "config.alloy"
UI_PORT = 12345
_ALLOY_USER = 473
_STORAGE = "/var/lib/alloy"
_NODES_WITH_LOG_FILES = {
    "nodeSelectorTerms": [
        {
            "matchExpressions": [
                # https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-os
                {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
                # https://docs.aws.amazon.com/eks/latest/userguide/fargate.html
                {"key": "eks.amazonaws.com/compute-type", "operator": "NotIn", "values": ["fargate"]},
                # https://learn.microsoft.com/azure/aks/virtual-nodes-cli
                {"key": "type", "operator": "NotIn", "values": ["virtual-kubelet"]},
                # https://github.com/liqotech/liqo/blob/master/pkg/consts/node.go
                {"key": "liqo.io/type", "operator": "NotIn", "values": ["virtual-node"]},
            ]
        }
    ]
}
"""The nodes on which a pod that mounts log files can run.

A DaemonSet that tolerates all taints has a pod on every other node too, never becomes ready, and Helm waits for it.
"""
STORAGE_VOLUME = "storage"


def alloy_values(spec: TelemetrySpec) -> dict[str, Any]:
    """Return the values of chart alloy.

    The configuration is rolled out by a changed annotation and not by the chart's reloading sidecar: a wrong one stops
    the rollout at the first nodes and fails the update, where a failed reload would go unnoticed.
    """
    volumes, mounts = _mounted_secrets(spec)
    values = {
        "fullnameOverride": spec.release_name,
        "crds": {"create": False},
        "alloy": {
            "configMap": {"create": False, "name": spec.config_map, "key": CONFIG_KEY},
            "clustering": _clustering(spec),
            "enableReporting": False,
            **({"listenAddr": spec.any_address} if spec.listens_on_ipv6 else {}),
            "storagePath": _STORAGE,
            "extraPorts": [_port("otlp-grpc", GRPC_PORT), _port("otlp-http", HTTP_PORT)],
            "mounts": {"varlog": spec.reads_files, "extra": [{"name": STORAGE_VOLUME, "mountPath": _STORAGE}, *mounts]},
            "resources": {
                "requests": {"cpu": spec.cpu_request, "memory": spec.memory_request},
                "limits": {"memory": spec.memory_limit},
            },
            "securityContext": _container_security(spec),
        },
        "configReloader": {"enabled": False},
        "global": {} if spec.reads_files else {"podSecurityContext": {"fsGroup": _ALLOY_USER}},
        "controller": {
            "podAnnotations": {"checksum/config": hashlib.sha256(alloy_config(spec).encode()).hexdigest()},
            "nodeSelector": dict(spec.node_selector),
            "tolerations": _tolerations(spec),
            "volumes": {"extra": [_storage_volume(spec), *volumes]},
            **(_daemon_set(spec) if spec.reads_files else _deployment(spec)),
        },
        "rbac": {"create": False},
        "service": {"internalTrafficPolicy": "Local" if spec.node_local_otlp else "Cluster"},
        "serviceMonitor": {"enabled": spec.service_monitor, "additionalLabels": dict(spec.service_monitor_labels)},
    }
    images = pod_values(
        spec,
        image_registry={"global": {"image": {"registry": spec.image_registry}}},
        image_pull_secrets={"global": {"image": {"pullSecrets": pull_secrets(spec)}}},
        priority_class={"controller": {"priorityClassName": spec.priority_class}},
    )
    return deep_merge(values, images)


def _clustering(spec: TelemetrySpec) -> dict[str, Any]:
    """Return the cluster of collectors that share the work; its name is the label of their memberlist."""
    if spec.reads_files:
        return {"enabled": False}
    return {"enabled": True, "name": f"{spec.release_name}.{spec.namespace}"}


def _port(name: str, number: int) -> dict[str, Any]:
    return {"name": name, "port": number, "targetPort": number, "protocol": "TCP"}


def _mounted_secrets(spec: TelemetrySpec) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the volumes and the mounts of the Secrets."""
    secrets = {"tls": (spec.tls_secret, TLS_DIRECTORY), "login": (spec.login_secret, LOGIN_DIRECTORY)}
    volumes: list[dict[str, Any]] = [
        {"name": name, "secret": {"secretName": secret}} for name, (secret, _) in secrets.items() if secret
    ]
    mounts = [{"name": name, "mountPath": path, "readOnly": True} for name, (secret, path) in secrets.items() if secret]
    if source := secret_volume(spec.metrics_client):
        volumes.append({"name": VOLUME, "projected": source})
        mounts.append({"name": VOLUME, "mountPath": DIRECTORY, "readOnly": True})
    return volumes, mounts


def _container_security(spec: TelemetrySpec) -> dict[str, Any]:
    user = 0 if spec.reads_files else _ALLOY_USER
    return {
        "runAsUser": user,
        "runAsGroup": user,
        "runAsNonRoot": user != 0,
        "privileged": False,
        **NO_PRIVILEGES,
        **SECCOMP_PROFILE,
    }


def _tolerations(spec: TelemetrySpec) -> list[dict[str, Any]]:
    if spec.tolerations is not None:
        return [dict(toleration) for toleration in spec.tolerations]
    return [{"operator": "Exists"}] if spec.reads_files else []


def _storage_volume(spec: TelemetrySpec) -> dict[str, Any]:
    if spec.reads_files and spec.positions_directory:
        return {"name": STORAGE_VOLUME, "hostPath": {"path": spec.positions_directory, "type": "DirectoryOrCreate"}}
    return {"name": STORAGE_VOLUME, "emptyDir": {"sizeLimit": "1Gi"}}


def _daemon_set(spec: TelemetrySpec) -> dict[str, Any]:
    unavailable = int(spec.max_unavailable) if spec.max_unavailable.isdigit() else spec.max_unavailable
    return {
        "type": "daemonset",
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": _NODES_WITH_LOG_FILES}},
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": unavailable}},
    }


def _deployment(spec: TelemetrySpec) -> dict[str, Any]:
    disruption = {"enabled": True, "maxUnavailable": 1} if spec.replicas > 1 else {"enabled": False}
    return {"type": "deployment", "replicas": spec.replicas, "podDisruptionBudget": disruption}


def readable_resources(spec: TelemetrySpec) -> dict[str, list[str]]:
    """Return the resources, by API group, that the configuration of the collectors reads."""
    logs = [] if spec.reads_files else ["pods/log"]
    return {"": ["namespaces", "pods", *logs], "apps": ["replicasets"] if spec.kubernetes_attributes else []}
