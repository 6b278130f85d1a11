"""The real Prometheus and Thanos with certificates: who presents none is refused, who presents one is answered."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme

from components.metrics import tls_hosts as prometheus_hosts
from components.metrics.gateway import GATEWAY_PORT, PORT
from components.thanos import tls_hosts as thanos_hosts
from components.thanos.gateway import GATEWAY_PORT as THANOS_PORT
from components.thanos.gateway import HTTP_PORT, REMOTE_WRITE_PATH, REMOTE_WRITE_PORT
from sandbox.commands import HOST, free_ports
from sandbox.documents import load
from tests.e2e.metrics.cluster import running
from tests.e2e.metrics.operated import Operated, Replica, start_operator
from tests.e2e.metrics.programs import SECONDS, ClientTls, Program, Programs
from tests.e2e.metrics.prometheus import Prometheus
from tests.e2e.metrics.pushing import push_otlp, push_remotely
from tests.e2e.metrics.servers import Shop
from tests.e2e.metrics.stack import existing, render_stack, settings
from tests.e2e.metrics.workloads import Object, Objects, Pod, moved, write
from tests.installed_tools import require

pytestmark = pytest.mark.e2e

HTTP_2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000")


@dataclass(frozen=True)
class Certificates:
    """The certificates of a stack, of one authority."""

    authority: trustme.CA
    directory: Path

    def secret(self, name: str, hosts: list[str]) -> Object:
        """Return the Secret of a component; its certificate is valid at this machine too."""
        made = self.authority.issue_cert(*hosts, HOST)
        data = {
            "tls.crt": b"".join(part.bytes() for part in made.cert_chain_pems),
            "tls.key": made.private_key_pem.bytes(),
            "ca.crt": self.authority.cert_pem.bytes(),
        }
        for key, content in data.items():
            write(content, self.directory / name / key)
        text = {key: content.decode() for key, content in data.items()}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": text}

    def client(self, authority: trustme.CA | None = None) -> ClientTls:
        """Return a client with a certificate of the authority, or of another."""
        file = self.directory / f"client-{'other' if authority else 'own'}.pem"
        write((authority or self.authority).issue_cert("grafana").private_key_and_cert_chain_pem.bytes(), file)
        return ClientTls(self.directory / "prometheus-tls" / "ca.crt", file)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    require("nginx")
    return Certificates(trustme.CA(), tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def secured(store: str, shop: Shop) -> Objects:
    """The objects of the metrics of a stack with client certificates."""
    changes: Mapping[str, Any] = {
        "observability:security": {"tls": "existing", "authentication": "mtls"},
        "observability:caching": {},
        "observability:metrics": {"scrape_interval": "15s", "long_term": {"receive": True}},
    }
    return render_stack({**settings(store, shop), **changes})


@pytest.fixture(scope="module")
def operated(
    secured: Objects,
    shop: Shop,
    certificates: Certificates,
    module_programs: Programs,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Operated]:
    """What the operator makes of them on a control plane of their own."""
    secrets = [
        certificates.secret("prometheus-tls", prometheus_hosts()),
        certificates.secret("thanos-tls", thanos_hosts()),
    ]
    with running([*existing(shop), *secrets, *secured.manifests], tmp_path_factory.mktemp("cluster")) as cluster:
        start_operator(secured, cluster, module_programs)
        yield Operated(secured, cluster)


class Secured:
    """One Prometheus and its nginx, the sidecar, a querier, a receiver and the nginx of Thanos."""

    def __init__(self, operated: Operated, secured: Objects, certificates: Certificates, programs: Programs) -> None:
        self.objects = secured
        self.certificates = certificates
        self._directory = programs.directory
        self._programs = programs
        self._cluster = operated.cluster
        self._places = {"/tls": str(certificates.directory / "thanos-tls")}
        replica = Replica(operated, 0, {}, programs.directory / "pods")
        prometheus = replica.start(programs)
        replica.start_sidecar(programs)
        self.sidecar_address = replica.sidecar_address
        config = (Path(replica.pod.places("gateway")["/etc/nginx/nginx.conf"]), replica.pod.places("gateway"))
        replica.pod.write_files("gateway")
        upstreams = {f"127.0.0.1:{PORT}": prometheus.program.address}
        self.prometheus = Prometheus(self._nginx("prometheus", *config, GATEWAY_PORT, upstreams))
        self._receive()
        self.query = self._query(replica)
        self.thanos = self._gateway()

    def _nginx(
        self, label: str, file: Path, places: Mapping[str, str], port: int, upstreams: Mapping[str, str]
    ) -> Program:
        """Start nginx with the configuration of a pod, on a port of this machine."""
        (here,) = free_ports(1)
        text = file.read_text()
        for pod, place in [*upstreams.items(), (f"listen {port}", f"listen {HOST}:{here}"), ("/dev/stderr", "stderr")]:
            assert pod in text, f"{pod} is not in the configuration"
            text = text.replace(pod, place)
        for pod, place in places.items():
            text = text.replace(f" {pod}", f" {place}")
        write(text.encode(), file)
        arguments = ["-e", "stderr", "-c", str(file), "-g", "daemon off; master_process off;"]
        tls = self.certificates.client()
        return self._programs.start("nginx", arguments, here, label=f"nginx-{label}", ready="/", tls=tls)

    def _thanos(self, workload: str, flags: Mapping[str, str]) -> tuple[Program, int]:
        """Start a workload of Thanos, of whose flags some are replaced."""
        (http,) = free_ports(1)
        pod = Pod(self._workload(workload), self._cluster, self._directory / workload)
        pod.write_files()
        given = [moved(each, self._places) for each in pod.arguments({"--http-address": f"{HOST}:{http}", **flags})]
        program = self._programs.start("thanos", given, http, label=workload, environment=pod.environment())
        return program, http

    def _workload(self, name: str) -> Object:
        kinds = ("Deployment", "StatefulSet")
        (found,) = (each for kind in kinds for each in self.objects.of(kind) if each["metadata"]["name"] == name)
        return found

    def _query(self, replica: Replica) -> Prometheus:
        (grpc,) = free_ports(1)
        pod = Pod(self._workload("thanos-query"), self._cluster, self._directory)
        stores = json.loads(pod.flag("--endpoint.sd-config"))
        here = {"prometheus-thanos-discovery": replica.sidecar_address, "thanos-receive-ingestor-headless": self._store}
        for endpoint in stores["endpoints"]:
            endpoint["address"] = here.get(endpoint["client_config"]["server_name"].partition(".")[0], f"{HOST}:1")
        client = stores["default_client_config"]["tls_config"]
        stores["default_client_config"]["tls_config"] = {
            key: moved(value, self._places) if isinstance(value, str) else value for key, value in client.items()
        }
        flags = {"--grpc-address": f"{HOST}:{grpc}", "--endpoint.sd-config": json.dumps(stores)}
        program, self._query_port = self._thanos("thanos-query", flags)
        return Prometheus(program)

    def _receive(self) -> None:
        store, router, write_port, other = free_ports(4)
        self._store = f"{HOST}:{store}"
        # Label, volume and hashring are what the stand-in chart leaves out.
        receives = "--remote-write.address"
        common = {"--receive.capnproto-address": f"{HOST}:0", "--label": 'receive_replica="one"'}
        ingestor = {"--grpc-address": self._store, receives: f"{HOST}:{other}", "--receive.local-endpoint": self._store}
        volume = {"--tsdb.path": str(self._directory / "received")}
        self._thanos("thanos-receive-ingestor", ingestor | common | volume)
        hashring = self._directory / "hashrings.json"
        write(json.dumps([{"endpoints": [self._store]}]).encode(), hashring)
        flags = {"--grpc-address": f"{HOST}:{router}", receives: f"{HOST}:{write_port}", **common}
        self._thanos("thanos-receive-router", {**flags, "--receive.hashrings-file": str(hashring)})
        self._write_port = write_port

    def _gateway(self) -> Program:
        directory = self._directory / "thanos-gateway"
        frontend = {"--query-frontend.downstream-url": f"http://{HOST}:{self._query_port}"}
        _, query = self._thanos("thanos-query-frontend", frontend)
        text = self.objects.config_map("thanos-gateway")["nginx.conf"].replace("include /tmp/resolver.conf;", "")
        write(text.encode(), directory / "nginx.conf")
        (directory / "tmp").mkdir()
        places = {"/tmp": str(directory / "tmp"), "/tls": self._places["/tls"]}
        upstreams = {
            f"$frontend:{HTTP_PORT}": f"{HOST}:{query}",
            f"$router:{REMOTE_WRITE_PORT}": f"{HOST}:{self._write_port}",
        }
        return self._nginx("thanos", directory / "nginx.conf", places, THANOS_PORT, upstreams)


@pytest.fixture(scope="module")
def platform(operated: Operated, secured: Objects, certificates: Certificates, module_programs: Programs) -> Secured:
    return Secured(operated, secured, certificates, module_programs)


def status(platform: Secured, program: Program, path: str, client: ClientTls | None = None) -> int:
    """Return the status of the answer to a client, by default one that presents no certificate."""
    tls = client or ClientTls(platform.certificates.client().authority)
    found = requests.get(
        f"https://{program.address}{path}",
        verify=str(tls.authority),
        cert=str(tls.certificate) if tls.certificate else None,
        timeout=SECONDS,
    )
    return found.status_code


@pytest.mark.parametrize("server", ["prometheus", "thanos"])
def test_a_query_is_answered_to_a_certificate_of_the_authority_alone(platform: Secured, server: str) -> None:
    program = platform.thanos if server == "thanos" else platform.prometheus.program
    path = "/api/v1/query?query=1"
    assert status(platform, program, path, platform.certificates.client()) == 200
    assert status(platform, program, path) == 403
    assert status(platform, program, path, platform.certificates.client(trustme.CA())) == 400
    assert status(platform, program, "/") == 200, "the kubelet presents none"
    assert status(platform, program, "/-/quit", platform.certificates.client()) == 404


def test_a_push_by_otlp_is_stored_and_the_sidecar_answers_the_querier_by_tls(platform: Secured) -> None:
    push_otlp(platform.prometheus, "orders", 3, time.time_ns(), {"service.name": "shop"})
    _, value = platform.prometheus.one("orders_total")
    assert value == 3
    platform.query.wait_until(lambda: platform.query.stores().keys() == {"sidecar", "receive"}, "both stores")
    assert [found for _, found in platform.query.query("orders_total")] == [3]


def test_a_write_to_thanos_reaches_an_ingestor_by_tls(platform: Secured, tmp_path: Path) -> None:
    address, labels = platform.thanos.address, {"job": "tempo"}
    push_remotely(address, "written", 4, labels, tmp_path, REMOTE_WRITE_PATH, platform.certificates.client())
    platform.query.wait_until(lambda: platform.query.query("written"), "the sample")
    through = Prometheus(platform.thanos)
    assert [value for _, value in through.query("written")] == [4]
    assert status(platform, platform.thanos, REMOTE_WRITE_PATH) == 403


def test_grpc_refuses_clients_without_a_certificate(platform: Secured) -> None:
    context = ssl.create_default_context(cafile=str(platform.certificates.client().authority))
    host, _, port = platform.sidecar_address.partition(":")
    with (
        socket.create_connection((host, int(port)), SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=prometheus_hosts()[0]) as secured,
        pytest.raises(ssl.SSLError, match="certificate required"),
    ):
        secured.sendall(HTTP_2)
        while secured.recv(4096):
            pass


def test_prometheus_scrapes_itself_by_tls_with_its_own_certificate(operated: Operated) -> None:
    jobs = {job["job_name"]: job for job in load(operated.configuration)["scrape_configs"]}
    web = jobs["serviceMonitor/monitoring/prometheus-tls/0"]
    assert web["scheme"] == "https" and {"ca_file", "cert_file", "key_file"} <= web["tls_config"].keys()
    assert jobs["serviceMonitor/monitoring/prometheus-tls/1"].get("scheme", "http") == "http"
