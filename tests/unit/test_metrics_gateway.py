"""The nginx in front of Prometheus and Thanos: a real one that asks for logins, and its container."""

import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from components._htpasswd import line_for_machine
from components._metrics_gateway import checksum, gateway_container, gateway_volumes
from components.metrics.gateway import GATEWAY_PORT, PORT, nginx_config
from components.metrics.spec import MetricsSpec
from sandbox.commands import HOST, free_ports
from tests.installed_tools import require

MTLS: dict[str, Any] = {"tls_secret": "prometheus-tls", "client_certificates": True}


def spec(**args: Any) -> MetricsSpec:
    return MetricsSpec.check('Metrics "m"', {"namespace": "monitoring", **args})


class Upstream(BaseHTTPRequestHandler):
    """A Prometheus that answers everything."""

    def do_GET(self) -> None:
        """Answer with nothing."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[str]:
    """The address of an nginx that knows one login."""
    require("nginx")
    (port,) = free_ports(1)
    (tmp_path / ".htpasswd").write_text(line_for_machine("grafana", "secret") + "\n")
    with ThreadingHTTPServer((HOST, 0), Upstream) as upstream:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        text = nginx_config(spec(logins_secret="prometheus-logins"))
        text = text.replace(f"127.0.0.1:{PORT}", f"{HOST}:{upstream.server_port}").replace("/tmp", str(tmp_path))
        text = text.replace(f"listen {GATEWAY_PORT}", f"listen {HOST}:{port}").replace("/dev/stderr", "stderr")
        text = text.replace("/etc/nginx/secrets", str(tmp_path))
        file = tmp_path / "nginx.conf"
        file.write_text(("user root;\n" if os.geteuid() == 0 else "") + text)
        command = ["nginx", "-e", f"{tmp_path}/error.log", "-c", str(file)]
        # As a daemon it comes back once it listens.
        subprocess.run(command, check=True, timeout=30)
        yield f"http://{HOST}:{port}"
        subprocess.run([*command, "-s", "stop"], check=True, timeout=30)
        upstream.shutdown()


def test_queries_and_pushes_need_a_login_and_nothing_else_is_passed_on(gateway: str) -> None:
    def status(path: str, *login: str) -> int:
        return requests.get(f"{gateway}{path}", auth=(login[0], login[1]) if login else None, timeout=30).status_code

    for path in ("/api/v1/query?query=up", "/api/v1/write", "/api/v1/otlp/v1/metrics", "/federate"):
        assert status(path) == status(path, "grafana", "wrong") == 401
        assert status(path, "grafana", "secret") == 200
    assert status("/metrics") == 200, "Prometheus itself scrapes it without a login"
    assert status("/") == 200, "the kubelet has none"
    for path in ("/-/quit", "/-/reload", "/debug/pprof/heap"):
        assert status(path, "grafana", "secret") == 404


def test_the_pod_restarts_with_another_configuration_and_not_with_a_renewed_certificate() -> None:
    plain, secured = nginx_config(spec(logins_secret="l")), nginx_config(spec(**MTLS))
    assert checksum(plain) != checksum(secured)
    mounts = {mount["name"]: mount for mount in gateway_container(spec(**MTLS), GATEWAY_PORT)["volumeMounts"]}
    assert "subPath" not in mounts["tls"], "a mount by subPath is never updated"


def test_the_image_is_of_the_registry_of_the_stack() -> None:
    image = gateway_container(spec(**MTLS, image_registry="registry.example.com/mirror"), GATEWAY_PORT)["image"]
    assert image.startswith("registry.example.com/mirror/nginxinc/nginx-unprivileged:")


def test_only_what_is_asked_for_is_mounted() -> None:
    secrets = {
        volume["secret"]["secretName"]
        for volume in gateway_volumes(spec(logins_secret="prometheus-logins"), "prometheus-gateway")
        if "secret" in volume
    }
    assert secrets == {"prometheus-logins"}
    assert gateway_container(spec(logins_secret="l"), GATEWAY_PORT)["readinessProbe"]["httpGet"]["scheme"] == "HTTP"
    assert gateway_container(spec(**MTLS), GATEWAY_PORT)["readinessProbe"]["httpGet"]["scheme"] == "HTTPS"
