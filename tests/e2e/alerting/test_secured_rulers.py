"""The ruler of a real Loki sends its alerts to what asks for a client certificate, as Alertmanager's nginx does."""

from __future__ import annotations

import json
import shutil
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from sandbox.commands import HOST
from tests.e2e.loki.configuration import Renderer, release_of_stack
from tests.e2e.loki.machine import TENANT, Ports, on_this_machine
from tests.e2e.loki.process import Loki
from tests.installed_tools import require
from tools.local_sink import QuietServer, running

pytestmark = pytest.mark.e2e

NAME = "prometheus-alertmanager.monitoring.svc"
STACK: Mapping[str, Any] = {
    "observability:cluster": {"name": "dev"},
    "observability:storage": {"kind": "filesystem"},
    "observability:security": {"tls": "existing", "authentication": "mtls"},
    "observability:logging": {"chunks_cache_mib": 0, "results_cache_mib": 0},
    "observability:alerting": {
        "receivers": {"team": {"kind": "webhook", "url": "http://team.example.org"}},
        "default_receiver": "team",
    },
}
RULES = {"groups": [{"name": "g", "interval": "1s", "rules": [{"alert": "Always", "expr": "vector(1) > 0"}]}]}


@contextmanager
def gateway(authority: trustme.CA, name: str, taken: list[tuple[str, Any]]) -> Iterator[str]:
    """Serve with a certificate of this name and only clients with one of the authority; yield host and port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.path, json.loads(body)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Write nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    with QuietServer((HOST, 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        with running(server):
            yield f"{HOST}:{server.server_port}"


def certificates(authority: trustme.CA, directory: Path) -> None:
    """Write the files of the Secret of Loki."""
    directory.mkdir()
    own = authority.issue_cert("loki-gateway.logging")
    authority.cert_pem.write_to_path(directory / "ca.crt")
    own.private_key_pem.write_to_path(directory / "tls.key")
    (directory / "tls.crt").write_bytes(b"".join(blob.bytes() for blob in own.cert_chain_pems))


@contextmanager
def ruler(address: str, files: Path, directory: Path) -> Iterator[Loki]:
    """Run Loki with an alert that always fires; only the addresses and the directory of its files are others."""
    ports = Ports.free()
    here = on_this_machine(Renderer(directory / "charts")(release_of_stack(STACK)), ports, directory / "loki", cache="")
    client = here["ruler"]["alertmanager_client"]
    for key in ("tls_ca_path", "tls_cert_path", "tls_key_path"):
        client[key] = str(files / Path(client[key]).name)
    here["ruler"] |= {"alertmanager_url": f"https://{address}", "evaluation_interval": "1s", "poll_interval": "1s"}
    folder = directory / "loki" / "rules" / TENANT
    folder.mkdir(parents=True)
    (folder / "rules.yaml").write_text(yaml.safe_dump(RULES))
    loki = Loki(shutil.which("loki") or "loki", here, ports, directory / "loki", {})
    try:
        yield loki
    finally:
        loki.kill()


def test_loki_presents_its_certificate_and_checks_the_name_of_alertmanager(tmp_path: Path) -> None:
    require("loki", "helm")
    authority = trustme.CA()
    certificates(authority, tmp_path / "files")
    taken: list[tuple[str, Any]] = []
    with gateway(authority, NAME, taken) as address, ruler(address, tmp_path / "files", tmp_path) as loki:
        loki.wait_until(lambda: bool(taken), "an alert")
    path, (alert, *_) = taken[0]
    assert (path, alert["labels"]["alertname"]) == ("/api/v2/alerts", "Always")


def test_loki_sends_nothing_to_a_certificate_of_another_name(tmp_path: Path) -> None:
    require("loki", "helm")
    authority = trustme.CA()
    certificates(authority, tmp_path / "files")
    taken: list[tuple[str, Any]] = []
    with (
        gateway(authority, "other.example.org", taken) as address,
        ruler(address, tmp_path / "files", tmp_path) as loki,
    ):
        loki.wait_until(lambda: loki.metric("loki_prometheus_notifications_errors_total") > 0, "an alert that fails")
    assert taken == []
