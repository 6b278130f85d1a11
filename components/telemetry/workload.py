"""What the workloads of both engines have in common: names, sizes, mounted Secrets, nodes of agents, security."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from .._collector_roles import Role
from .._http_client import DIRECTORY, VOLUME, secret_volume
from .._workload import NO_PRIVILEGES, SECCOMP_PROFILE
from ..units import parse_quantity
from .engines import Engine
from .model import CollectorResources, LogSource, SourceKind
from .pipelines import RECEIVED, flows, flows_of, log_source_of
from .spec import TelemetrySpec

TLS_DIRECTORY = "/etc/collector-tls"
LOGIN_DIRECTORY = "/etc/collector-login"
DESTINATIONS_DIRECTORY = "/etc/collector-destinations"
"""Directory with a directory of secrets for each destination beside the stores of the stack."""
CA_FILE = {"ca_file": f"{TLS_DIRECTORY}/ca.crt"}
OWN_FILES = {"cert_file": f"{TLS_DIRECTORY}/tls.crt", "key_file": f"{TLS_DIRECTORY}/tls.key"}
RELOAD_INTERVAL = "10m"
"""Time until a renewed certificate is read."""
STORAGE_VOLUME = "storage"
LOG_SOURCES = "observability/log-sources"
"""The annotation of agents that tells where they, or the singleton, read the containers of which namespaces.

Without it all containers are read where the workload says: from files by one on each node.
"""
CONFIG_KEYS = {Engine.ALLOY: "config.alloy", Engine.OTEL_COLLECTOR: "relay"}
"""The key of the configuration in its ConfigMap."""
DEFAULT_QUEUE = "512Mi"
"""Size of each queue on disk of the Collector."""

KUBERNETES_ATTRIBUTES = (
    "k8s.namespace.name",
    "k8s.pod.name",
    "k8s.pod.uid",
    "k8s.node.name",
    "k8s.deployment.name",
    "k8s.statefulset.name",
    "k8s.daemonset.name",
)
"""The attributes that OTLP data gets of the pod that it comes from."""

NODES_WITH_LOG_FILES = {
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


def workload_name(spec: TelemetrySpec, role: Role) -> str:
    """Return the name of the Helm release, the workload and the Service of a role."""
    return spec.release_name if role is Role.AGENTS else f"{spec.release_name}-{role.value}"


def config_map_name(spec: TelemetrySpec, role: Role) -> str:
    """Return the name of the ConfigMap with the configuration of a role.

    It is the same for both engines, so that another engine is an update of it, which the guard can refuse.
    """
    name = "collectors" if spec.release_name in list(Engine) else spec.release_name
    return f"{name}-config" if role is Role.AGENTS else f"{name}-{role.value}-config"


def cluster_role_name(spec: TelemetrySpec, role: Role) -> str:
    """Return the name of the cluster role of a workload, one for each release of the cluster."""
    return f"{spec.namespace}-{workload_name(spec, role)}"


def sized_by(spec: TelemetrySpec, role: Role) -> TelemetrySpec | CollectorResources:
    """Return the settings with the requests and the memory limit of each collector of a role."""
    if role is Role.SINGLETON:
        return spec.singleton
    return spec.gateway if role is Role.GATEWAY and spec.gateway else spec


def memory_limit(spec: TelemetrySpec, role: Role) -> str:
    """Return the memory limit of each collector of a role."""
    return sized_by(spec, role).memory_limit


def refused_from_mib(spec: TelemetrySpec, role: Role) -> int:
    """Return the memory in MiB from which a collector refuses data, 80 % of its limit; senders retry."""
    return int(parse_quantity(memory_limit(spec, role)) * 80 // 100) // 2**20


def resources(spec: TelemetrySpec, role: Role) -> dict[str, Any]:
    """Return the requests and limits of each collector of a role."""
    sized = sized_by(spec, role)
    return {
        "requests": {"cpu": sized.cpu_request, "memory": sized.memory_request},
        "limits": {"memory": sized.memory_limit},
    }


def runs_on_nodes(spec: TelemetrySpec, role: Role) -> bool:
    """Whether the collectors of a role are one on each node, which reads the node's files as user 0."""
    return role is Role.AGENTS and spec.reads_files


def gateway_host(spec: TelemetrySpec) -> str:
    """Return the host of the gateway's headless Service, which resolves to the addresses of its replicas."""
    return f"{workload_name(spec, Role.GATEWAY)}.{spec.namespace}"


def destination_directory(name: str) -> str:
    """Return the directory with the secrets of a destination."""
    return f"{DESTINATIONS_DIRECTORY}/{name}"


def mounted_secrets(spec: TelemetrySpec, role: Role) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the volumes and the mounts of the Secrets of a role."""
    secrets = {"tls": (spec.tls_secret, TLS_DIRECTORY), "login": (spec.login_secret, LOGIN_DIRECTORY)}
    volumes: list[dict[str, Any]] = [
        {"name": name, "secret": {"secretName": secret}} for name, (secret, _) in secrets.items() if secret
    ]
    mounts = [{"name": name, "mountPath": path, "readOnly": True} for name, (secret, path) in secrets.items() if secret]
    if source := secret_volume(spec.metrics_client):
        volumes.append({"name": VOLUME, "projected": source})
        mounts.append({"name": VOLUME, "mountPath": DIRECTORY, "readOnly": True})
    if sources := _destination_secrets(spec, role):
        volumes.append({"name": "destinations", "projected": {"sources": sources}})
        mounts.append({"name": "destinations", "mountPath": DESTINATIONS_DIRECTORY, "readOnly": True})
    return volumes, mounts


def _destination_secrets(spec: TelemetrySpec, role: Role) -> list[dict[str, Any]]:
    """Return the sources of a projected volume with the secrets of each destination in its own directory."""
    found = {name: destination for flow in flows_of(spec, role) for name, destination in flow.destinations.items()}
    return [
        {
            "secret": {
                "name": reference.secret,
                "items": [{"key": reference.key, "path": f"{name}/{file}"}],
            }
        }
        for name, destination in sorted(found.items())
        if destination
        for file, reference in destination.client.secrets.items()
    ]


def container_security(user: int) -> dict[str, Any]:
    """Return the security context of a container; log files of containers are readable by user 0 alone."""
    return {
        "runAsUser": user,
        "runAsGroup": user,
        "runAsNonRoot": user != 0,
        "privileged": False,
        **NO_PRIVILEGES,
        **SECCOMP_PROFILE,
    }


def node_selector(spec: TelemetrySpec, role: Role) -> dict[str, str]:
    """Return the labels of the nodes of a workload."""
    others = spec.cluster_node_selector
    return dict(spec.node_selector if role is Role.AGENTS or others is None else others)


def tolerations(spec: TelemetrySpec, role: Role) -> list[dict[str, Any]]:
    """Return the tolerations of a workload: all taints for agents that read files, unless the settings name others."""
    if runs_on_nodes(spec, role) and spec.tolerations is None:
        return [{"operator": "Exists"}]
    own = role is Role.AGENTS or spec.cluster_tolerations is None
    return [dict(toleration) for toleration in (spec.tolerations if own else spec.cluster_tolerations) or ()]


def storage_volume(spec: TelemetrySpec, role: Role) -> dict[str, Any]:
    """Return the volume of positions and queues: of the node for agents that read its files, else of the pod.

    That of the pod holds two full queues for each destination, one of lines and one of other data, and a gibibyte more:
    the kubelet evicts a pod that fills it.
    """
    if runs_on_nodes(spec, role) and spec.positions_directory:
        return {"name": STORAGE_VOLUME, "hostPath": {"path": spec.positions_directory, "type": "DirectoryOrCreate"}}
    queue = spec.queue_size or (DEFAULT_QUEUE if spec.engine is Engine.OTEL_COLLECTOR else "0")
    destinations = len({name for flow in flows_of(spec, role) for name in flow.destinations})
    size = 1 + -(-2 * destinations * int(parse_quantity(queue)) // 2**30)
    return {"name": STORAGE_VOLUME, "emptyDir": {"sizeLimit": f"{size}Gi"}}


def claims_volume(spec: TelemetrySpec, role: Role) -> bool:
    """Whether each collector of a role has a volume of its own."""
    return role is Role.GATEWAY and spec.gateway is not None and spec.gateway.volume_size is not None


def gateway_claim(size: str) -> dict[str, Any]:
    """Return the claim of the volume of each gateway."""
    request = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    return {"metadata": {"name": STORAGE_VOLUME}, "spec": request}


def pod_annotations(spec: TelemetrySpec, role: Role, config: str) -> dict[str, str]:
    """Return what rolls the pods out again with another configuration, and what the guard reads of agents."""
    chosen = _chosen_namespaces(spec)
    default = [{"log_source": spec.log_source.value}]
    return {
        "checksum/config": hashlib.sha256(config.encode()).hexdigest(),
        **({LOG_SOURCES: json.dumps(chosen)} if role is Role.AGENTS and chosen != default else {}),
    }


def _chosen_namespaces(spec: TelemetrySpec) -> list[dict[str, Any]]:
    """Return for each source of containers where it reads, and the namespaces that it names or else leaves out."""
    sources = {name: source for flow in flows(spec) for name, source in flow.sources.items()}
    found = []
    for _, source in sorted(sources.items()):
        if source.kind is SourceKind.CONTAINERS:
            left_out = {*source.exclude_namespaces}
            named = {*source.namespaces} - left_out
            choice = {"namespaces": named} if source.namespaces else {"exclude_namespaces": left_out}
            chosen = {key: sorted(names) for key, names in choice.items() if names}
            found.append({"log_source": log_source_of(spec, source).value, **chosen})
    return found


def disruption_budget(count: int) -> dict[str, Any]:
    """Return the budget of a workload, which one pod alone has not: no node could be drained."""
    return {"enabled": True, "maxUnavailable": 1} if count > 1 else {"enabled": False}


def holds_lease(spec: TelemetrySpec, role: Role) -> bool:
    """Whether a workload reads events only while it holds the lease that has its name.

    Alloy has no lease: its reader of events is one pod, which ends before the next one begins.
    """
    return spec.engine is Engine.OTEL_COLLECTOR and any(flow.reads(SourceKind.EVENTS) for flow in flows_of(spec, role))


def readable_resources(spec: TelemetrySpec, role: Role) -> Mapping[str, list[str]]:
    """Return the resources, by API group, that a workload reads; docs/collection.md has the reason of each."""
    running = flows_of(spec, role)
    sources = [source for flow in running for source in flow.sources.values()]
    containers = {log_source_of(spec, source) for source in sources if source.kind is SourceKind.CONTAINERS}
    senders = role is Role.AGENTS and spec.kubernetes_attributes and any(source.kind in RECEIVED for source in sources)
    events = any(source.kind is SourceKind.EVENTS for source in sources)
    core = {
        "pods": bool(containers) or senders,
        "pods/log": LogSource.API in containers,
        "events": events and spec.engine is Engine.ALLOY,
    }
    found = {
        "": [name for name, is_read in core.items() if is_read],
        "events.k8s.io": ["events"] if holds_lease(spec, role) else [],
    }
    return {group: names for group, names in found.items() if names}
