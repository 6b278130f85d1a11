"""The real blackbox exporter with the modules that `Probes` renders, on servers of this machine."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.probes import Probes
from sandbox.commands import HOST, free_ports
from tests.e2e.metrics.exporters import start_blackbox_exporter
from tests.e2e.metrics.exposition import Exposition
from tests.e2e.metrics.programs import Program, Programs
from tests.e2e.metrics.servers import Shop, name_server
from tests.e2e.metrics.stack import NAMESPACE, existing, render, secure_target
from tests.e2e.metrics.workloads import Objects

pytestmark = pytest.mark.e2e


class Prober:
    """The exporter, and the `Probe` of each target."""

    def __init__(self, exporter: Program, probes: Mapping[str, Mapping[str, Any]]) -> None:
        self._exporter = exporter
        self._probes = probes

    def probe(self, target: str) -> Exposition:
        """Probe a target as Prometheus does."""
        spec = self._probes[target]
        (address,) = spec["targets"]["staticConfig"]["static"]
        return self._exporter.metrics("/probe", module=spec["module"], target=address)


@pytest.fixture(scope="module")
def prober(shop: Shop, module_programs: Programs) -> Iterator[Prober]:
    """The exporter of probes of every kind."""
    (closed,) = free_ports(1)
    with name_server() as names:
        targets: Any = {
            "secure": secure_target(shop),
            "untrusted": {"address": f"https://{shop.secure}/"},
            "clear": {"address": f"http://{shop.clear}/"},
            "broken": {"address": f"http://{shop.clear}/broken"},
            "broken-as-it-must-be": {"address": f"http://{shop.clear}/broken", "accepted_codes": [503]},
            "posted": {"kind": "post", "address": f"http://{shop.clear}/"},
            "open": {"kind": "tcp", "address": shop.clear},
            "closed": {"kind": "tcp", "address": f"{HOST}:{closed}"},
            "secure-port": {**secure_target(shop), "kind": "tcp", "address": shop.secure},
            "host": {"kind": "icmp", "address": HOST},
            "name": {"kind": "dns", "address": names, "query_name": "shop.example.org"},
        }
        rendered = render(lambda: {"prober": Probes("probes", {"namespace": NAMESPACE, "targets": targets}).prober})
        contents = Objects([*rendered.manifests, *existing(shop)])
        probes = {
            each["spec"]["targets"]["staticConfig"]["labels"]["probe"]: each["spec"] for each in rendered.of("Probe")
        }
        yield Prober(start_blackbox_exporter(rendered, contents, module_programs), probes)


@pytest.mark.parametrize("target", ["secure", "secure-port"])
def test_the_days_of_a_certificate_that_expires_are_shown(prober: Prober, shop: Shop, target: str) -> None:
    probed = prober.probe(target)
    assert probed.value("probe_success") == 1
    left = timedelta(seconds=probed.value("probe_ssl_earliest_cert_expiry") - datetime.now(UTC).timestamp())
    assert shop.days - 1 < left / timedelta(days=1) < shop.days


def test_a_certificate_of_an_unknown_authority_fails_the_probe(prober: Prober) -> None:
    assert prober.probe("untrusted").value("probe_success") == 0


def test_a_probe_of_http_shows_its_phases_and_what_it_does_not_accept(prober: Prober) -> None:
    found = prober.probe("clear")
    assert (found.value("probe_success"), found.value("probe_http_status_code")) == (1, 200)
    phases = {sample.labels["phase"] for sample in found.find("probe_http_duration_seconds")}
    assert phases == {"resolve", "connect", "tls", "processing", "transfer"}
    failed = prober.probe("broken")
    assert (failed.value("probe_success"), failed.value("probe_http_status_code")) == (0, 503)


@pytest.mark.parametrize(
    ("target", "success"),
    [("broken-as-it-must-be", 1), ("posted", 1), ("open", 1), ("closed", 0), ("name", 1)],
)
def test_each_kind_of_probe_tells_success_from_failure(prober: Prober, target: str, success: int) -> None:
    assert prober.probe(target).value("probe_success") == success


def test_a_host_is_probed_by_icmp_without_a_capability(prober: Prober) -> None:
    if not _groups_may_ping():
        pytest.skip("needs this user's group in net.ipv4.ping_group_range, as the pod has it")
    assert prober.probe("host").value("probe_success") == 1


def _groups_may_ping() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP).close()
    except PermissionError:
        return os.geteuid() == 0
    return True
