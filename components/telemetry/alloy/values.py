"""Chart values: a DaemonSet that reads the node's files, or a Deployment that reads through the API server."""

import hashlib
from typing import Any

from ..._merge import deep_merge
from ..._pods import pod_values, pull_secrets
from ...urls import OTLP_GRPC_PORT, OTLP_HTTP_PORT
from ..pipelines import Role
from ..spec import TelemetrySpec
from ..workload import (
    NODES_WITH_LOG_FILES,
    STORAGE_VOLUME,
    agent_tolerations,
    config_map_name,
    container_security,
    mounted_secrets,
    storage_volume,
)
from .config import alloy_config

CONFIG_KEY = "config.alloy"
UI_PORT = 12345
_ALLOY_USER = 473
_STORAGE = "/var/lib/alloy"


def alloy_values(spec: TelemetrySpec, role: Role = Role.AGENTS) -> dict[str, Any]:
    """Return the values of chart alloy.

    The configuration is rolled out by a changed annotation and not by the chart's reloading sidecar: a wrong one stops
    the rollout at the first nodes and fails the update, where a failed reload would go unnoticed.
    """
    volumes, mounts = mounted_secrets(spec, role)
    values = {
        "fullnameOverride": spec.release_name,
        "crds": {"create": False},
        "alloy": {
            "configMap": {"create": False, "name": config_map_name(spec, role), "key": CONFIG_KEY},
            "clustering": _clustering(spec),
            "enableReporting": False,
            **({"listenAddr": spec.any_address} if spec.listens_on_ipv6 else {}),
            "storagePath": _STORAGE,
            "extraPorts": [_port("otlp-grpc", OTLP_GRPC_PORT), _port("otlp-http", OTLP_HTTP_PORT)],
            "mounts": {"varlog": spec.reads_files, "extra": [{"name": STORAGE_VOLUME, "mountPath": _STORAGE}, *mounts]},
            "resources": {
                "requests": {"cpu": spec.cpu_request, "memory": spec.memory_request},
                "limits": {"memory": spec.memory_limit},
            },
            "securityContext": container_security(0 if spec.reads_files else _ALLOY_USER),
        },
        "configReloader": {"enabled": False},
        "global": {} if spec.reads_files else {"podSecurityContext": {"fsGroup": _ALLOY_USER}},
        "controller": {
            "podAnnotations": {"checksum/config": hashlib.sha256(alloy_config(spec, role).encode()).hexdigest()},
            "nodeSelector": dict(spec.node_selector),
            "tolerations": agent_tolerations(spec),
            "volumes": {"extra": [storage_volume(spec), *volumes]},
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


def _daemon_set(spec: TelemetrySpec) -> dict[str, Any]:
    unavailable = int(spec.max_unavailable) if spec.max_unavailable.isdigit() else spec.max_unavailable
    return {
        "type": "daemonset",
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": NODES_WITH_LOG_FILES}},
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": unavailable}},
    }


def _deployment(spec: TelemetrySpec) -> dict[str, Any]:
    disruption = {"enabled": True, "maxUnavailable": 1} if spec.replicas > 1 else {"enabled": False}
    return {"type": "deployment", "replicas": spec.replicas, "podDisruptionBudget": disruption}
