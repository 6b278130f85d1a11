"""The real blackbox exporter with the modules that are rendered, on servers of this machine."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from sandbox.commands import HOST, free_ports
from tests.e2e.metrics.exposition import Exposition
from tests.e2e.metrics.programs import Program, Programs
from tests.e2e.metrics.releases import BLACKBOX, PROBES, Renderer
from tests.e2e.metrics.servers import serving
from tests.e2e.metrics.workloads import Pod

pytestmark = pytest.mark.e2e

DAYS = 9
"""After how many days the certificate of the server expires."""


@dataclass(frozen=True)
class Servers:
    """The addresses of an HTTP server in the clear and of one with a certificate that expires soon."""

    clear: str
    secure: str
    authority: Path


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", not_after=datetime.now(UTC) + timedelta(days=DAYS)).configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    with serving({"/": ""}) as clear, serving({"/": ""}, context) as secure:
        yield Servers(f"localhost:{clear}", f"localhost:{secure}", tmp_path / "authority.pem")


@pytest.fixture
def exporter(renderer: Renderer, programs: Programs, servers: Servers, tmp_path: Path) -> Program:
    """The exporter as its pod runs it, in a machine that trusts the authority of the servers."""
    rendered = renderer(PROBES)
    pod = Pod(rendered.one("Deployment", BLACKBOX), rendered, tmp_path / "pod")
    pod.write_files()
    (port,) = free_ports(1)
    arguments = pod.arguments({"--web.listen-address": f"{HOST}:{port}"})
    trusted = {"SSL_CERT_FILE": str(servers.authority)}
    return programs.start("blackbox_exporter", arguments, port, ready="/-/healthy", environment=trusted)


def test_the_days_of_a_certificate_that_expires_are_shown(exporter: Program, servers: Servers) -> None:
    for module, target in (("http_2xx", f"https://{servers.secure}/"), ("tcp_tls", servers.secure)):
        probed = _probe(exporter, module, target)
        assert probed.value("probe_success") == 1
        left = probed.value("probe_ssl_earliest_cert_expiry") - datetime.now(UTC).timestamp()
        assert DAYS - 1 < left / timedelta(days=1).total_seconds() < DAYS


def test_a_probe_of_http_shows_its_phases_and_what_it_does_not_accept(exporter: Program, servers: Servers) -> None:
    found = _probe(exporter, "http_2xx", f"http://{servers.clear}/")
    assert found.value("probe_success") == 1
    phases = {sample.labels["phase"] for sample in found.find("probe_http_duration_seconds")}
    assert phases >= {"resolve", "connect", "processing", "transfer"}
    assert found.value("probe_http_status_code") == 200

    failed = _probe(exporter, "http_2xx", f"http://{servers.clear}/broken")
    assert failed.value("probe_success") == 0
    assert failed.value("probe_http_status_code") == 503


def test_a_probe_of_tcp_tells_an_open_port_from_a_closed_one(exporter: Program, servers: Servers) -> None:
    (closed,) = free_ports(1)
    assert _probe(exporter, "tcp_connect", servers.clear).value("probe_success") == 1
    assert _probe(exporter, "tcp_connect", f"{HOST}:{closed}").value("probe_success") == 0


def _probe(exporter: Program, module: str, target: str) -> Exposition:
    return exporter.metrics("/probe", module=module, target=target)
