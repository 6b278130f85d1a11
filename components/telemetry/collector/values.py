"""Values of chart opentelemetry-collector: agents on each node or a Deployment, the reader of events, the gateway."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..._collector_roles import Role
from ..._merge import deep_merge
from ..._pods import pod_values, pull_secrets
from ..model import SourceKind
from ..pipelines import EXPORTER_PORT, OTLP_PORTS, ReceiverPort, flows_of, receiver_ports
from ..spec import TelemetrySpec
from ..workload import (
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
from .config import HEALTH_PORT, METRICS_PORT, STORAGE_DIRECTORY, collector_config, collector_text

"""The key of the ConfigMap that the chart mounts."""
FEATURE_GATES = ("+stanza.synchronousLogEmitter",)
"""Without this gate up to 100 lines of each file wait in memory, after their position was saved.

https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/pkg/stanza
"""

_REGISTRY = "ghcr.io"
_REPOSITORY = "open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-contrib"
"""The distribution with every component of `config.py`; that of Docker Hub ends with version 0.123.

https://github.com/open-telemetry/community/issues/2641
"""
_COMMAND = "otelcol-contrib"
_USER = 10001
_PORTS_OF_CHART = ("otlp", "otlp-http", "jaeger-compact", "jaeger-thrift", "jaeger-grpc", "zipkin")
_PROBE = {"httpGet": {"path": "/", "port": HEALTH_PORT}}


def collector_values(spec: TelemetrySpec, role: Role) -> dict[str, Any]:
    """Return the values of chart opentelemetry-collector; a changed configuration is rolled out by an annotation."""
    on_nodes = runs_on_nodes(spec, role)
    volumes, mounts = mounted_secrets(spec, role)
    claimed = claims_volume(spec, role)
    storage = [] if claimed else [storage_volume(spec, role)]
    files = list(_log_directories(spec, role)) if on_nodes else []
    values = {
        "fullnameOverride": workload_name(spec, role),
        "image": {"repository": f"{_REGISTRY}/{_REPOSITORY}"},
        "command": {"name": _COMMAND, "extraArgs": [f"--feature-gates={','.join(FEATURE_GATES)}"]},
        "configMap": {"create": False, "existingName": config_map_name(spec, role)},
        "enableConfigChecksumAnnotation": False,
        "podAnnotations": pod_annotations(spec, role, collector_text(spec, role)),
        "serviceAccount": {
            "create": True,
            "name": workload_name(spec, role),
            "automountServiceAccountToken": _asks_the_api(spec, role),
        },
        "clusterRole": {"create": False},
        "podSecurityContext": {} if on_nodes else {"fsGroup": _USER},
        "securityContext": container_security(0 if on_nodes else _USER),
        "resources": resources(spec, role),
        "ports": _ports(spec, role),
        "livenessProbe": _PROBE,
        "readinessProbe": _PROBE,
        # The pods of the node are asked for, and the queue is compacted, before the collector is ready.
        "startupProbe": {**_PROBE, "periodSeconds": 2, "failureThreshold": 60},
        "extraVolumes": [*storage, *(volume for volume, _ in files), *volumes],
        "extraVolumeMounts": [
            {"name": STORAGE_VOLUME, "mountPath": STORAGE_DIRECTORY},
            *(mount for _, mount in files),
            *mounts,
        ],
        "nodeSelector": node_selector(spec, role),
        "tolerations": tolerations(spec, role),
        "service": _service(spec, role),
        "serviceMonitor": {
            "enabled": spec.service_monitor,
            "extraLabels": dict(spec.service_monitor_labels),
            "metricsEndpoints": _scraped_ports(spec, role),
        },
        **_workload(spec, role),
    }
    images = pod_values(
        spec,
        image_registry={"image": {"repository": f"{spec.image_registry}/{_REPOSITORY}"}},
        image_pull_secrets={"imagePullSecrets": pull_secrets(spec)},
        priority_class={"priorityClassName": spec.priority_class},
    )
    return deep_merge(values, images)


def _scraped_ports(spec: TelemetrySpec, role: Role) -> list[dict[str, Any]]:
    """Return the ports that a Prometheus scrapes: own metrics, and those of `prometheus_exporter` with their labels."""
    exported = (
        [{"port": EXPORTER_PORT.name, "honorLabels": True}] if EXPORTER_PORT in receiver_ports(spec, role) else []
    )
    return [{"port": "metrics"}, *exported]


def _asks_the_api(spec: TelemetrySpec, role: Role) -> bool:
    """Whether a component of the configuration asks the Kubernetes API."""
    config = collector_config(spec, role)
    names = (*config.get("processors", {}), *config["receivers"])
    return any(name.startswith("k8s_") for name in names)


def _log_directories(spec: TelemetrySpec, role: Role) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield the volume and the mount of the directory of logs, and of that into which Docker's are links."""
    if not any(flow.reads(SourceKind.CONTAINERS) for flow in flows_of(spec, role)):
        return
    for name, path in (("varlog", "/var/log"), ("dockercontainers", "/var/lib/docker/containers")):
        yield {"name": name, "hostPath": {"path": path}}, {"name": name, "mountPath": path, "readOnly": True}


def _ports(spec: TelemetrySpec, role: Role) -> dict[str, Any]:
    """Return the ports of the receivers, and that of the collector's own metrics; the others of the chart are off."""
    found = {port.name: _port(port, on_host=_on_host(spec, role, port)) for port in receiver_ports(spec, role)}
    unused = {name: {"enabled": False} for name in _PORTS_OF_CHART if name not in found}
    return {**unused, **found, "metrics": _port(ReceiverPort("metrics", METRICS_PORT), on_host=False)}


def _on_host(spec: TelemetrySpec, role: Role, port: ReceiverPort) -> bool:
    return spec.host_ports and runs_on_nodes(spec, role) and port in OTLP_PORTS


def _port(port: ReceiverPort, *, on_host: bool) -> dict[str, Any]:
    return {
        "enabled": True,
        "containerPort": port.number,
        "servicePort": port.number,
        # The chart has a port of the node for each of its own, and leaves out 0.
        "hostPort": port.number if on_host else 0,
        "protocol": port.protocol,
    }


def _service(spec: TelemetrySpec, role: Role) -> dict[str, Any]:
    if role is Role.GATEWAY:
        # Agents choose one replica for each trace by the addresses of all of them.
        return {"enabled": True, "clusterIP": "None", "internalTrafficPolicy": "Cluster"}
    local = spec.node_local_otlp and role is Role.AGENTS
    return {"enabled": True, "internalTrafficPolicy": "Local" if local else "Cluster"}


def _workload(spec: TelemetrySpec, role: Role) -> Mapping[str, Any]:
    if runs_on_nodes(spec, role):
        unavailable = int(spec.max_unavailable) if spec.max_unavailable.isdigit() else spec.max_unavailable
        return {
            "mode": "daemonset",
            "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": NODES_WITH_LOG_FILES}},
            "rollout": {"strategy": "RollingUpdate", "rollingUpdate": {"maxUnavailable": unavailable}},
        }
    if role is Role.SINGLETON:
        # The old one ends before the new one begins: two would scrape each target twice.
        return {"mode": "deployment", **_replicas(1), "rollout": {"strategy": "Recreate"}}
    count = spec.gateway.replicas if role is Role.GATEWAY and spec.gateway else spec.replicas
    volume = spec.gateway.volume_size if role is Role.GATEWAY and spec.gateway else None
    if volume is None:
        return {"mode": "deployment", **_replicas(count)}
    return {"mode": "statefulset", **_replicas(count), "statefulset": {"volumeClaimTemplates": [gateway_claim(volume)]}}


def _replicas(count: int) -> dict[str, Any]:
    return {"replicaCount": count, "podDisruptionBudget": disruption_budget(count)}
