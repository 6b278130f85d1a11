"""The node whose pods are read: its agent, and pods that are on the API server and on its disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components._collector_roles import Role
from components.telemetry import TelemetryArgs
from components.telemetry.labels import otlp_index_labels
from components.telemetry.spec import TelemetrySettings
from tests.e2e.collection.collectors import Collector
from tests.e2e.collection.node import Container, ContainerLog, Runtime
from tests.e2e.collection.rendered import Rendered
from tests.e2e.collection.stack import CLUSTER, EXTRA_LABELS, NAMESPACE, NODE, NOWHERE, OPERATIONS, TEAM, LokiPod, pod
from tests.e2e.metrics.cluster import Cluster
from tests.e2e.metrics.programs import Programs

TEAM_NAMESPACE, EXCLUDED_NAMESPACE, JAVA_NAMESPACE = "team-shop", "quiet", "java"
CUSTOMER = r"\bC-\d{8}\b"


def to_loki(loki: str) -> TelemetryArgs:
    """Return the arguments of collectors that send to Loki."""
    return {
        "namespace": NAMESPACE,
        "engine": "otel-collector",
        "cluster": CLUSTER,
        "logs_push_url": f"http://{loki}/loki/api/v1/push",
        "logs_otlp_url": f"http://{loki}/otlp",
        "logs_tenant": OPERATIONS,
        "extra_labels": EXTRA_LABELS,
    }


def telemetry_args(loki: str) -> TelemetryArgs:
    """Return the arguments of collectors with every kind of processor of logs."""
    return {
        **to_loki(loki),
        "namespace_tenants": {TEAM_NAMESPACE: TEAM},
        "index_labels": [
            *("namespace", "pod", "container", "app", "job", "container_runtime", "stream", "node_name", "pod_ip"),
        ],
        "sources": {
            "pods": {"kind": "containers", "exclude_namespaces": [EXCLUDED_NAMESPACE, JAVA_NAMESPACE]},
            "java-pods": {"kind": "containers", "namespaces": [JAVA_NAMESPACE]},
        },
        "processors": {
            "stack-traces": {"kind": "multiline", "pattern": r"^\S"},
            "fields": {
                "kind": "json",
                "labels": {"team": "team"},
                "metadata": {"trace_id": "trace_id", "order": "order"},
            },
            "health": {"kind": "drop", "pattern": "GET /health"},
            "secrets": {"kind": "redact", "patterns": {"customer": CUSTOMER}},
        },
        "pipelines": {
            "containers": {"sources": ["pods"], "processors": ["secrets", "fields", "level", "health"]},
            "java": {"signal": "logs", "sources": ["java-pods"], "processors": ["stack-traces", "level"]},
            "logs": {"processors": ["level", "health", "secrets"]},
        },
    }


def index_labels() -> list[str]:
    """Return the attributes that a stack has Loki index for these collectors."""
    set_by_stack = ("index_labels", "extra_labels", "processors")
    stated = {name: value for name, value in telemetry_args(NOWHERE).items() if name in set_by_stack}
    return otlp_index_labels(TelemetrySettings.model_validate(stated))


@dataclass(frozen=True)
class Agent:
    """The Collector of a node, and the node."""

    cluster: Cluster
    collector: Collector
    root: Path

    def run_pod(
        self,
        namespace: str,
        name: str,
        *,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> Container:
        """Run a pod, and return its container once the pod has an address."""
        path = f"/api/v1/namespaces/{namespace}/pods/{name}"
        self.cluster.apply([pod(namespace, name, labels or {}, annotations or {})])
        self.cluster.wait_until(lambda: "podIP" in self._status(path), f"the address of {name}")
        found = self.cluster.sandbox.get(path)
        return Container(namespace, name, uid=found["metadata"]["uid"], address=found["status"]["podIP"])

    def _status(self, path: str) -> Mapping[str, Any]:
        return dict(self.cluster.sandbox.get(path)["status"])

    def log_of(self, container: Container, runtime: Runtime = Runtime.CONTAINERD) -> ContainerLog:
        """Return the log of a container, which is empty."""
        return ContainerLog(self.root, container, runtime)


def start_agent(cluster: Cluster, loki: LokiPod, programs: Programs) -> Agent:
    """Start the agent of an empty node with the rights of its service account."""
    rendered = Rendered(telemetry_args(loki.address))
    cluster.apply(rendered.access)
    root = programs.directory / "node"
    (root / "var/log/pods").mkdir(parents=True)
    kubeconfig = cluster.kubeconfig(rendered.name(Role.AGENTS))
    environment = {"KUBECONFIG": str(kubeconfig), "OTEL_K8S_NODE_NAME": NODE, "OTEL_K8S_POD_NAME": "agent-a"}
    collector = Collector("agent", rendered, Role.AGENTS, programs, node=root, environment=environment)
    return Agent(cluster, collector, root)
