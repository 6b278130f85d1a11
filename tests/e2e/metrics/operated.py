"""What the operator makes of a `Prometheus`: the configuration and the pods, run on this machine."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

import yaml

from sandbox.commands import HOST, free_ports
from sandbox.documents import DUMPER
from tests.e2e.metrics.cluster import Cluster
from tests.e2e.metrics.machine import Machine
from tests.e2e.metrics.programs import ClientTls, Program, Programs
from tests.e2e.metrics.prometheus import Prometheus
from tests.e2e.metrics.stack import NAMESPACE
from tests.e2e.metrics.workloads import ACCOUNT, Object, Objects, Pod, moved, write


def start_operator(
    rendered: Objects,
    cluster: Cluster,
    programs: Programs,
    certificate: Path | None = None,
    authority: Path | None = None,
) -> Program:
    """Start the operator as its Deployment runs it, with the rights of its service account.

    With a certificate, in one file with its key, it serves its metrics and webhooks by TLS.
    """
    (port,) = free_ports(1)
    workload = rendered.workload("prometheus-operator/prometheus-operator")
    pod = Pod(workload, cluster, programs.directory / "operator")
    environment = {**pod.environment(), "KUBECONFIG": str(cluster.kubeconfig(pod.account))}
    flags = {"--web.listen-address": f"{HOST}:{port}"}
    if certificate:
        flags |= {"--web.enable-tls": "true", "--web.cert-file": str(certificate), "--web.key-file": str(certificate)}
    tls = ClientTls(authority) if authority else None
    listening = pod.arguments(flags)
    return programs.start("operator", listening, port, ready="/healthz", environment=environment, tls=tls)


class Operated:
    """The objects that the operator writes for the only `Prometheus`."""

    def __init__(self, rendered: Objects, cluster: Cluster) -> None:
        (prometheus,) = rendered.of("Prometheus")
        self.cluster = cluster
        self.name = str(prometheus["metadata"]["name"])
        cluster.wait_until(self._is_reconciled, "a reconciled Prometheus")

    @property
    def configuration(self) -> str:
        """The configuration, as the operator has written it."""
        return gzip.decompress(self.cluster.secret(f"prometheus-{self.name}")["prometheus.yaml.gz"]).decode()

    @property
    def workload(self) -> Object:
        """The StatefulSet."""
        found = self.cluster.find(f"/apis/apps/v1/namespaces/{NAMESPACE}/statefulsets/prometheus-{self.name}")
        assert found, "the operator has written no StatefulSet"
        return found

    def _is_reconciled(self) -> bool:
        path = f"/apis/monitoring.coreos.com/v1/namespaces/{NAMESPACE}/prometheuses/{self.name}"
        status = (self.cluster.find(path) or {}).get("status") or {}
        conditions = {each["type"]: each["status"] for each in status.get("conditions") or []}
        return conditions.get("Reconciled") == conditions.get("Available") == "True"


class Replica:
    """One pod of the StatefulSet: Prometheus, and its sidecar where it has one."""

    def __init__(self, operated: Operated, number: int, addresses: Mapping[str, str], directory: Path) -> None:
        self.name = f"prometheus-{operated.name}-{number}"
        self._operated = operated
        self._addresses = addresses
        self._pod = Pod(operated.workload, operated.cluster, directory / self.name, self.name)
        self._port, self._sidecar_port, self._grpc_port = free_ports(3)

    @property
    def volume(self) -> Path:
        """The directory of its samples."""
        return Path(self._pod.places("prometheus")[self._pod.flag("--storage.tsdb.path", "prometheus")])

    @property
    def pod(self) -> Pod:
        """The pod on this machine."""
        return self._pod

    @property
    def sidecar_address(self) -> str:
        """Where the sidecar answers queries."""
        return f"{HOST}:{self._grpc_port}"

    def start(self, programs: Programs) -> Prometheus:
        """Start Prometheus as its container runs it, on the volume as that is."""
        places, cluster = self._pod.places("prometheus"), self._operated.cluster
        self._pod.write_files("prometheus")
        for key, content in cluster.account_files(self._pod.account).items():
            write(content, Path(places[ACCOUNT], key))
        machine = Machine(cluster.sandbox.api.connection.server, places, self._addresses)
        here = machine.here(self._operated.configuration, self._pod.environment("config-reloader"))
        file = Path(moved(self._pod.flag("--config.file", "prometheus"), places))
        write(yaml.dump(here, Dumper=DUMPER).encode(), file)
        arguments = self._pod.arguments({"--web.listen-address": f"{HOST}:{self._port}"}, "prometheus")
        return Prometheus(programs.start("prometheus", arguments, self._port, label=self.name))

    def start_sidecar(self, programs: Programs) -> Program:
        """Start the sidecar as its container runs it."""
        self._pod.write_files("thanos-sidecar")
        addresses = {
            "--prometheus.url": f"http://{HOST}:{self._port}/",
            "--http-address": f"{HOST}:{self._sidecar_port}",
            "--grpc-address": self.sidecar_address,
        }
        arguments = self._pod.arguments(addresses, "thanos-sidecar")
        return programs.start("thanos", arguments, self._sidecar_port, label=f"{self.name}-sidecar")
