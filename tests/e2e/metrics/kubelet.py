"""A kubelet as Prometheus sees it: the images of Kubernetes run none here, and kwok's lets everyone in.

It asks the API server who a token is of and whether they may read `nodes/metrics`, as a kubelet does. The nodes of the
sandbox have one address, so the operator finds one kubelet for all of them.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests
import trustme

from sandbox.commands import HOST
from tests.e2e.metrics.cluster import Cluster
from tools.local_sink import running

WORKING_SET = 40_000_000
_REVIEW: Any = {
    "apiVersion": "authorization.k8s.io/v1",
    "kind": "SelfSubjectAccessReview",
    "spec": {"resourceAttributes": {"verb": "get", "resource": "nodes", "subresource": "metrics"}},
}


class _Server(ThreadingHTTPServer):
    pages: Mapping[str, Callable[[], str]]
    cluster: Cluster


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        page = self.server.pages.get(self.path)
        status = self._denied() or (404 if page is None else 200)
        body = page().encode() if page and status == 200 else b""
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _denied(self) -> int:
        """Return the status with which the sender is refused, 0 where it may read metrics of nodes."""
        sandbox = self.server.cluster.sandbox
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                f"{sandbox.api.connection.server}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                json=_REVIEW,
                headers={"Authorization": self.headers.get("Authorization", "")},
                verify=str(sandbox.layout.ca_certificate),
            )
        if not answer.ok:
            return 401
        return 0 if answer.json()["status"]["allowed"] else 403

    def log_message(self, format: str, *args: object) -> None:
        pass


def _pages(namespace: str, pod: str, container: str) -> Mapping[str, Callable[[], str]]:
    """Return what a kubelet exposes by path, for one container that uses half a CPU; cAdvisor states times itself."""
    place = f'namespace="{namespace}",pod="{pod}"'

    def measured() -> str:
        now = time.time()
        of_pod = f'id="/kubepods/pod1",{place}'
        of_container = f'container="{container}",id="/kubepods/pod1/c1",image="shop:1",name="c1",{place}'
        samples = {
            f'container_cpu_usage_seconds_total{{{of_container},cpu="total"}}': f"{now / 2:.3f}",
            f'container_memory_working_set_bytes{{container="",image="",name="",{of_pod}}}': "41000000",
            f"container_memory_working_set_bytes{{{of_container}}}": str(WORKING_SET),
            f'container_network_receive_bytes_total{{container="",image="pause:3",interface="eth0",{of_pod}}}': "9000",
        }
        return "".join(f"{series} {value} {now * 1000:.0f}\n" for series, value in samples.items())

    probe = f'prober_probe_total{{container="{container}",{place},probe_type="Liveness",result="successful"}} 3\n'
    return {
        "/metrics": lambda: "kubelet_running_pods 1\n",
        "/metrics/cadvisor": measured,
        "/metrics/probes": lambda: probe,
    }


@contextmanager
def serving_kubelet(cluster: Cluster, *, namespace: str, pod: str, container: str) -> Iterator[str]:
    """Serve the metrics of the kubelet of a container; yield host and port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(HOST).configure_cert(context)
    with _Server((HOST, 0), _Handler) as server:
        server.pages, server.cluster = _pages(namespace, pod, container), cluster
        server.socket = context.wrap_socket(server.socket, server_side=True)
        with running(server):
            yield f"{HOST}:{server.server_port}"
