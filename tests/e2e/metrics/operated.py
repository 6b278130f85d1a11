"""What the operator makes of a `Prometheus`: the configuration and the pods, run on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.commands import HOST, free_ports
from tests.e2e.metrics.cluster import Cluster
from tests.e2e.metrics.machine import ACCOUNT, Machine
from tests.e2e.metrics.programs import Program, Programs
from tests.e2e.metrics.prometheus import Prometheus
from tests.e2e.metrics.releases import NAME, NAMESPACE
from tests.e2e.metrics.workloads import Object, Objects, arguments_of, replaced

PROMETHEUS = f"{NAME}-prometheus"
"""The name of the `Prometheus` and of its service account."""
_CONFIGURATION = "prometheus.yaml.gz"


def start_operator(rendered: Objects, cluster: Cluster, programs: Programs) -> Program:
    """Start the operator as its Deployment runs it, with the rights of its service account."""
    (port,) = free_ports(1)
    arguments = replaced(
        rendered.arguments("Deployment", f"{NAME}-operator"), {"--web.listen-address": f"{HOST}:{port}"}
    )
    environment = {"KUBECONFIG": str(cluster.kubeconfig(f"{NAME}-operator"))}
    return programs.start("operator", arguments, port, ready="/healthz", environment=environment)


class Operated:
    """The objects that the operator writes for the `Prometheus`."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        cluster.wait_until(self._is_reconciled, "a reconciled Prometheus")

    @property
    def configuration(self) -> bytes:
        """The configuration, compressed as in its Secret."""
        return self.cluster.find_secret(f"prometheus-{PROMETHEUS}")[_CONFIGURATION]

    @property
    def workload(self) -> Object:
        """The StatefulSet."""
        found = self.cluster.find(f"/apis/apps/v1/namespaces/{NAMESPACE}/statefulsets/prometheus-{PROMETHEUS}")
        assert found, "the operator has written no StatefulSet"
        return found

    def files(self, container: str) -> Iterator[tuple[str, str]]:
        """Yield path and content of every file that a container mounts from Secrets and ConfigMaps."""
        spec = self.workload["spec"]["template"]["spec"]
        volumes = {volume["name"]: volume for volume in spec["volumes"]}
        (mounts,) = (each["volumeMounts"] for each in spec["containers"] if each["name"] == container)
        for mount in mounts:
            for key, content in self._data(volumes.get(mount["name"], {})):
                yield mount["mountPath"] if mount.get("subPath") else f"{mount['mountPath']}/{key}", content

    def _data(self, volume: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if "configMap" in volume:
            path = f"/api/v1/namespaces/{NAMESPACE}/configmaps/{volume['configMap']['name']}"
            yield from ((self.cluster.find(path) or {}).get("data") or {}).items()
        if "secret" in volume:
            secret = self.cluster.find_secret(volume["secret"]["secretName"])
            yield from ((key, content.decode()) for key, content in secret.items() if key != _CONFIGURATION)

    def _is_reconciled(self) -> bool:
        path = f"/apis/monitoring.coreos.com/v1/namespaces/{NAMESPACE}/prometheuses/{PROMETHEUS}"
        status = (self.cluster.find(path) or {}).get("status") or {}
        conditions = {each["type"]: each["status"] for each in status.get("conditions") or []}
        return conditions.get("Reconciled") == conditions.get("Available") == "True"


class Replica:
    """One pod of the StatefulSet."""

    def __init__(self, operated: Operated, number: int, addresses: Mapping[str, str], directory: Path) -> None:
        self.name = f"prometheus-{PROMETHEUS}-{number}"
        self._operated = operated
        self._directory = directory / self.name
        cluster = operated.cluster
        self._machine = Machine(self._directory, cluster.sandbox.api.connection.server, addresses)
        self._port, self._sidecar_http, self._sidecar_grpc = free_ports(3)

    @property
    def volume(self) -> Path:
        """The directory of its samples."""
        return self._directory / "volume"

    def start(self, programs: Programs) -> Prometheus:
        """Start Prometheus as its container runs it, on the volume as that is."""
        arguments = arguments_of(self._operated.workload, "prometheus")
        variables = {"POD_NAME": self.name, "SHARD": "0"}
        here = self._machine.here(self._operated.configuration, variables)
        files = {each.partition("=")[0]: each.partition("=")[2] for each in arguments}
        self._machine.write(here, files["--config.file"])
        for path, content in self._operated.files("prometheus"):
            self._machine.write_text(content, path)
        for key, content in self._operated.cluster.account_files(PROMETHEUS).items():
            self._machine.write_text(content, f"{ACCOUNT}/{key}")
        listening = {"--web.listen-address": f"{HOST}:{self._port}"}
        command = replaced(arguments, listening, self._machine.places)
        return Prometheus(programs.start("prometheus", command, self._port, label=self.name))
