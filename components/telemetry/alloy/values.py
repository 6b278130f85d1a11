"""Chart values of a role: agents on each node or a Deployment, the reader of events, the gateway."""

from collections.abc import Callable, Mapping
from typing import Any

from ..._collector_roles import Role
from ..._merge import deep_merge
from ..._pods import pod_values, pull_secrets
from ...charts import ALLOY
from ..engines import Engine
from ..model import SourceKind
from ..pipelines import OTLP_PORTS, ReceiverPort, flows_of, receiver_ports
from ..spec import TelemetrySpec
from ..workload import (
    CONFIG_KEYS,
    NODES_WITH_LOG_FILES,
    STORAGE_VOLUME,
    claims_volume,
    config_map_name,
    container_security,
    disruption_budget,
    gateway_claim,
    mounted_secrets,
    node_selector,
    pod_annotations,
    resources,
    runs_on_nodes,
    storage_volume,
    tolerations,
    workload_name,
)
from .config import alloy_config
from .destinations import queue_bytes
from .sources import DOCKER_SOCKET, VOLATILE_JOURNAL_DIRECTORY

UI_PORT = 12345
_ALLOY_USER = 473
_STORAGE = "/var/lib/alloy"
_PREVIEWED_RECEIVER = ALLOY.versions[-1]
"""The version of the chart whose `otelcol.receiver.prometheus` is a public preview."""


def alloy_values(spec: TelemetrySpec, role: Role = Role.AGENTS) -> dict[str, Any]:
    """Return the values of chart alloy.

    The configuration is rolled out by a changed annotation and not by the chart's reloading sidecar: a wrong one stops
    the rollout at the first nodes and fails the update, where a failed reload would go unnoticed.
    """
    volumes, mounts = mounted_secrets(spec, role)
    on_nodes = runs_on_nodes(spec, role)
    host_volumes, host_mounts = _node_files(spec, role)
    storage = [] if claims_volume(spec, role) else [storage_volume(spec, role)]
    values = {
        "fullnameOverride": workload_name(spec, role),
        "crds": {"create": False},
        "alloy": {
            "configMap": {"create": False, "name": config_map_name(spec, role), "key": CONFIG_KEYS[Engine.ALLOY]},
            "clustering": _clustering(spec, role),
            "enableReporting": False,
            **({"listenAddr": spec.any_address} if spec.listens_on_ipv6 else {}),
            **({"stabilityLevel": "public-preview"} if _uses_preview(spec, role) else {}),
            "storagePath": _STORAGE,
            "extraPorts": [_port(spec, role, port) for port in receiver_ports(spec, role)],
            "mounts": {
                "varlog": on_nodes and _reads(spec, role, SourceKind.CONTAINERS, SourceKind.JOURNALD),
                # The log files of Docker are links into this directory.
                "dockercontainers": on_nodes and _reads(spec, role, SourceKind.CONTAINERS),
                "extra": [{"name": STORAGE_VOLUME, "mountPath": _STORAGE}, *host_mounts, *mounts],
            },
            "resources": resources(spec, role),
            "securityContext": container_security(0 if on_nodes else _ALLOY_USER),
        },
        "configReloader": {"enabled": False},
        "global": {} if on_nodes else {"podSecurityContext": {"fsGroup": _ALLOY_USER}},
        "controller": {
            "podAnnotations": pod_annotations(spec, role, alloy_config(spec, role)),
            "nodeSelector": node_selector(spec, role),
            "tolerations": tolerations(spec, role),
            "volumes": {"extra": [*storage, *host_volumes, *volumes]},
            **_controller(spec, role),
        },
        "rbac": {"create": False},
        "service": _service(spec, role),
        "serviceMonitor": {"enabled": spec.service_monitor, "additionalLabels": dict(spec.service_monitor_labels)},
    }
    images = pod_values(
        spec,
        image_registry={"global": {"image": {"registry": spec.image_registry}}},
        image_pull_secrets={"global": {"image": {"pullSecrets": pull_secrets(spec)}}},
        priority_class={"controller": {"priorityClassName": spec.priority_class}},
    )
    return deep_merge(values, images)


def _reads(spec: TelemetrySpec, role: Role, *kinds: SourceKind) -> bool:
    return any(flow.reads(*kinds) for flow in flows_of(spec, role))


def _uses_preview(spec: TelemetrySpec, role: Role) -> bool:
    """Whether a component is a public preview: queues on disk, and in an older version scraped metrics as OTLP."""
    scrapes = spec.chart_version == _PREVIEWED_RECEIVER and _reads(spec, role, SourceKind.PROMETHEUS)
    return bool(queue_bytes(spec, role)) or scrapes


def _clustering(spec: TelemetrySpec, role: Role) -> dict[str, Any]:
    """Return the cluster of collectors that share the work; its name is the label of their memberlist.

    They share containers that are read through the API server; files are read on each node.
    """
    shares = not spec.reads_files and _reads(spec, role, SourceKind.CONTAINERS)
    return {"enabled": True, "name": f"{workload_name(spec, role)}.{spec.namespace}"} if shares else {"enabled": False}


def _port(spec: TelemetrySpec, role: Role, port: ReceiverPort) -> dict[str, Any]:
    on_host = spec.host_ports and role is Role.AGENTS and port in OTLP_PORTS
    return {
        "name": port.name,
        "port": port.number,
        "targetPort": port.number,
        "protocol": port.protocol,
        **({"hostPort": port.number} if on_host else {}),
    }


def _node_files(spec: TelemetrySpec, role: Role) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the volumes and mounts of what is read of the node beside its log files."""
    files = {
        SourceKind.DOCKER: ("docker-socket", DOCKER_SOCKET, "Socket"),
        # A node whose journald stores its journal on disk may have no such directory.
        SourceKind.JOURNALD: ("volatile-journal", VOLATILE_JOURNAL_DIRECTORY, "DirectoryOrCreate"),
    }
    found = [file for kind, file in files.items() if _reads(spec, role, kind)]
    volumes: list[dict[str, Any]] = [
        {"name": name, "hostPath": {"path": path, "type": kind}} for name, path, kind in found
    ]
    return volumes, [{"name": name, "mountPath": path, "readOnly": True} for name, path, _ in found]


def _service(spec: TelemetrySpec, role: Role) -> dict[str, Any]:
    if role is Role.GATEWAY:
        # Agents choose one replica for each trace by the addresses of all of them.
        return {"clusterIP": "None"}
    local = spec.node_local_otlp and role is Role.AGENTS
    return {"internalTrafficPolicy": "Local" if local else "Cluster"}


def _controller(spec: TelemetrySpec, role: Role) -> Mapping[str, Any]:
    if runs_on_nodes(spec, role):
        return _daemon_set(spec)
    return _CONTROLLERS[role](spec)


def _daemon_set(spec: TelemetrySpec) -> dict[str, Any]:
    unavailable = int(spec.max_unavailable) if spec.max_unavailable.isdigit() else spec.max_unavailable
    return {
        "type": "daemonset",
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": NODES_WITH_LOG_FILES}},
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": unavailable}},
    }


def _deployment(spec: TelemetrySpec) -> dict[str, Any]:
    return {"type": "deployment", **_replicas(spec.replicas)}


def _singleton(_: TelemetrySpec) -> dict[str, Any]:
    # The old reader ends before the new one begins: two would send each event twice.
    return {"type": "deployment", **_replicas(1), "updateStrategy": {"type": "Recreate"}}


def _gateway(spec: TelemetrySpec) -> dict[str, Any]:
    if spec.gateway is None:
        return {}
    replicas = _replicas(spec.gateway.replicas)
    if spec.gateway.volume_size is None:
        return {"type": "deployment", **replicas}
    return {"type": "statefulset", **replicas, "volumeClaimTemplates": [gateway_claim(spec.gateway.volume_size)]}


def _replicas(count: int) -> dict[str, Any]:
    return {"replicas": count, "podDisruptionBudget": disruption_budget(count)}


_CONTROLLERS: Mapping[Role, Callable[[TelemetrySpec], dict[str, Any]]] = {
    Role.AGENTS: _deployment,
    Role.SINGLETON: _singleton,
    Role.GATEWAY: _gateway,
}
