"""What the Collectors of these tests send to and ask: Loki, Prometheus and an API server with pods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from components.logging import Logging, LoggingArgs
from components.metrics.spec import MetricsSpec
from components.metrics.values import metrics_values
from sandbox.commands import HOST
from tests.e2e.loki.configuration import Renderer, release_of
from tests.e2e.loki.machine import Ports, on_this_machine
from tests.e2e.loki.process import Loki
from tests.e2e.metrics.programs import Programs
from tests.e2e.metrics.prometheus import Prometheus
from tests.e2e.metrics.workloads import Object

NAMESPACE = "telemetry"
NODE = "worker-a"
OPERATIONS, TEAM = "operations", "team-a"
"""The tenants: of everything, and of one namespace."""
CLUSTER = "sandbox"
EXTRA_LABELS = {"environment": "production"}
NOWHERE = "http://127.0.0.1:1"
"""An address that refuses connections."""
NO_LOGS: Mapping[str, Any] = {"containers": {"enabled": False}, "logs": {"enabled": False}}
"""Of the settings of pipelines."""


class LokiPod:
    """Loki on a volume, as its chart configures it; it can be away for a while."""

    def __init__(self, command: str, renderer: Renderer, directory: Path, index_labels: Sequence[str]) -> None:
        args: LoggingArgs = {
            "namespace": "logging",
            "store": "filesystem",
            "tenants": [OPERATIONS, TEAM],
            "otlp_index_labels": index_labels,
            "limits": {"max_label_names_per_series": len(index_labels)},
            "chunks_cache_mib": 0,
            "results_cache_mib": 0,
        }
        rendered = renderer(release_of(lambda: {"query_url": Logging("logs", args).query_url}))
        self._command = command
        self._directory = directory
        self._ports = Ports.free()
        self._configuration = on_this_machine(rendered, self._ports, directory, "")
        self.address = f"{HOST}:{self._ports.http}"
        self.start()

    def start(self) -> None:
        """Start it on the volume as that is."""
        self._running = Loki(self._command, self._configuration, self._ports, self._directory, {})

    def end(self) -> None:
        """Ask it to end, and wait until it has."""
        self._running.end()

    def kill(self) -> None:
        """Leave nothing running."""
        self._running.kill()


def start_prometheus(programs: Programs, port: int, targets: Mapping[str, str]) -> Prometheus:
    """Start Prometheus as the stack sets it up for pushes, with targets by job that are scraped each second."""
    spec = MetricsSpec.check("Metrics", {"namespace": "monitoring"})
    values = metrics_values(spec)["prometheus"]["prometheusSpec"]
    assert values["enableOTLPReceiver"] and values["enableRemoteWriteReceiver"]
    jobs = [
        {"job_name": job, "scrape_interval": "1s", "static_configs": [{"targets": [address]}]}
        for job, address in targets.items()
    ]
    otlp = {
        "promote_resource_attributes": values["otlp"]["promoteResourceAttributes"],
        "translation_strategy": values["otlp"]["translationStrategy"],
    }
    window = {"tsdb": {"out_of_order_time_window": values["tsdb"]["outOfOrderTimeWindow"]}}
    file = programs.directory / "prometheus.yaml"
    file.write_text(yaml.safe_dump({"otlp": otlp, "storage": window, "scrape_configs": jobs}))
    flags = [f"--config.file={file}", f"--storage.tsdb.path={programs.directory / 'samples'}"]
    flags += ["--web.enable-otlp-receiver", "--web.enable-remote-write-receiver", f"--web.listen-address={HOST}:{port}"]
    return Prometheus(programs.start("prometheus", flags, port))


def pod(namespace: str, name: str, labels: Mapping[str, str], annotations: Mapping[str, str], *names: str) -> Object:
    """Return a pod on the node."""
    containers = [{"name": each, "image": "registry.example.org/app:1"} for each in names or ("main",)]
    metadata = {"namespace": namespace, "name": name, "labels": dict(labels), "annotations": dict(annotations)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"nodeName": NODE, "containers": containers},
    }
