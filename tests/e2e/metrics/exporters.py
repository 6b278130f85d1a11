"""The exporters of the stack, each as its pod runs it."""

from __future__ import annotations

from pathlib import Path

import yaml

from sandbox.commands import HOST, free_ports
from sandbox.documents import load
from tests.e2e.metrics.cluster import Cluster
from tests.e2e.metrics.programs import Program, Programs
from tests.e2e.metrics.workloads import Contents, Objects, Pod, moved, relocated


def start_state_metrics(rendered: Objects, cluster: Cluster, programs: Programs) -> Program:
    """Start kube-state-metrics with the rights of its service account."""
    port, own_port = free_ports(2)
    workload = rendered.workload("kube-state-metrics/kube-state-metrics")
    pod = Pod(workload, cluster, programs.directory / "kube-state-metrics-pod")
    flags = {"--host": HOST, "--port": str(port), "--telemetry-host": HOST, "--telemetry-port": str(own_port)}
    flags |= {"--kubeconfig": str(cluster.kubeconfig(pod.account))}
    return programs.start("kube-state-metrics", pod.arguments(flags), port, ready="/healthz")


def start_node_exporter(rendered: Objects, programs: Programs) -> Program:
    """Start node_exporter on the directories of this machine."""
    (port,) = free_ports(1)
    workload = rendered.workload("prometheus/node-exporter")
    pod = Pod(workload, rendered, programs.directory / "node-exporter-pod")
    return programs.start("node_exporter", pod.arguments({"--web.listen-address": f"{HOST}:{port}"}), port, ready="/")


def start_blackbox_exporter(rendered: Objects, contents: Contents, programs: Programs) -> Program:
    """Start the blackbox exporter with its modules, whose certificates are where this machine has them."""
    (port,) = free_ports(1)
    workload = rendered.workload("prometheus/blackbox-exporter")
    pod = Pod(workload, contents, programs.directory / "blackbox-exporter-pod")
    pod.write_files()
    file = Path(moved(pod.flag("--config.file"), pod.places()))
    file.write_text(yaml.safe_dump(relocated(load(file.read_text()), pod.places())))
    arguments = pod.arguments({"--web.listen-address": f"{HOST}:{port}"})
    return programs.start("blackbox_exporter", arguments, port, ready="/-/healthy", environment=pod.environment())
