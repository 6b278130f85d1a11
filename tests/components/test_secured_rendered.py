"""Loki and Tempo with TLS, client certificates and logins, rendered with the real charts of every version."""

import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from components.charts import LOKI, TEMPO, TEMPO_DISTRIBUTED, Chart
from components.logging import Logging
from components.tracing import Tracing
from components.tracing.modes import TEMPO_2_VERSIONS, TEMPO_3_VERSIONS
from components.tracing.security import tls_service_monitor_spec
from components.tracing.spec import TracingSpec
from tests.installed_tools import require
from tests.real_charts import require_renderable
from tests.recording import record
from tools.contract.invariants import INVARIANTS
from tools.render import RenderedObject, Rendering
from tools.render.releases import render_releases

MTLS: dict[str, Any] = {
    "tls_secret": "server-tls",
    "client_certificates": True,
    "service_monitor": True,
    "metrics_namespaces": ["monitoring"],
}
LOGINS: dict[str, Any] = {"logins_secret": "logins"}
STORE: dict[str, Any] = {"bucket": "prod", "endpoint": "https://s3.example.org"}
LOKI_STORE: dict[str, Any] = {"namespace": "logging", **STORE, "tenants": ["team-a", "team-b"]}
TEMPO_STORE: dict[str, Any] = {"namespace": "tracing", **STORE, "receivers": ["otlp", "jaeger", "zipkin"]}
DISTRIBUTED: dict[str, Any] = {**TEMPO_STORE, "mode": "distributed", **MTLS, **LOGINS}
LOKIS = {
    f"{mode}-{version}": {**LOKI_STORE, **MTLS, **LOGINS, "mode": mode, "chart_version": version}
    for mode in ("monolithic", "simple-scalable", "distributed")
    for version in LOKI.versions
}
GATEWAYS = {
    "older tempo": {**DISTRIBUTED, "replicas": 3, "chart_version": TEMPO_2_VERSIONS[-1]},
    "tempo 2": {**DISTRIBUTED, "replicas": 3},
    "tempo 3": {**DISTRIBUTED, "chart_version": TEMPO_3_VERSIONS[0], "kafka_address": "kafka.messaging:9092"},
}
BEHIND_GATEWAYS = LOKIS | GATEWAYS


def chart_of(args: Mapping[str, Any]) -> Chart:
    if args["namespace"] == "logging":
        return LOKI
    return TEMPO_DISTRIBUTED if args.get("mode") == "distributed" else TEMPO


def rendered(args: Mapping[str, Any], cache: Path) -> list[RenderedObject]:
    chart = chart_of(args)
    version = args.get("chart_version", chart.default_version)
    require_renderable(chart, version)
    component: Any = Logging if chart is LOKI else Tracing
    recording = record(lambda: {"query_url": component("secured", args).query_url})
    ((_, objects),) = render_releases(recording, cache, pytest.fail)
    own = {"Namespace": "v1", "NetworkPolicy": "networking.k8s.io/v1"}
    made = [
        RenderedObject({"apiVersion": version, "kind": kind, **recording.one(f":{kind}").plain()}, "the component")
        for kind, version in own.items()
    ]
    return [*made, *objects]


def named(objects: list[RenderedObject], kind: str, name: str) -> dict[str, Any]:
    (found,) = [item for item in objects if (item.kind, item.name) == (kind, name)]
    return dict(found.manifest)


def authority() -> bytes:
    """The certificate of an authority, as nginx wants to see one when it starts."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(start).not_valid_after(start + timedelta(days=1))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def gateway_name(args: Mapping[str, Any]) -> str:
    return "loki-gateway" if chart_of(args) is LOKI else "tempo-gateway"


@pytest.mark.parametrize("topology", BEHIND_GATEWAYS)
def test_every_topology_keeps_what_must_be_true_of_any_stack(topology: str, tmp_path: Path) -> None:
    rendering = Rendering("secured", tuple(rendered(BEHIND_GATEWAYS[topology], tmp_path)), (), (), frozenset())
    found = [str(finding) for invariant in INVARIANTS for finding in invariant(rendering)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("topology", BEHIND_GATEWAYS)
def test_the_policy_closes_every_pod_but_the_gateway_to_others(topology: str, tmp_path: Path) -> None:
    objects = rendered(BEHIND_GATEWAYS[topology], tmp_path)
    (policy,) = [item.manifest["spec"] for item in objects if item.kind == "NetworkPolicy"]
    ((instance,),) = [policy["podSelector"]["matchLabels"].items()]
    workloads = [item for item in objects if item.kind in ("Deployment", "StatefulSet", "Job", "DaemonSet")]
    labels = {item.name: item.manifest["spec"]["template"]["metadata"]["labels"] for item in workloads}
    assert all(instance in of_pod.items() for of_pod in labels.values()), "the release reaches itself by this label"
    open_pods = {name for name, of_pod in labels.items() if of_pod.get("app.kubernetes.io/component") == "gateway"}
    assert open_pods == {gateway_name(BEHIND_GATEWAYS[topology])}


@pytest.mark.parametrize("topology", BEHIND_GATEWAYS)
def test_the_gateway_is_probed_and_reached_by_tls(topology: str, tmp_path: Path) -> None:
    args = BEHIND_GATEWAYS[topology]
    objects = rendered(args, tmp_path)
    ports = {port["port"] for port in named(objects, "Service", gateway_name(args))["spec"]["ports"]}
    assert 443 in ports and 80 not in ports
    pod = named(objects, "Deployment", gateway_name(args))["spec"]["template"]["spec"]
    (nginx,) = [container for container in pod["containers"] if container["name"] == "nginx"]
    probes = [nginx[kind]["httpGet"] for kind in ("readinessProbe", "livenessProbe") if nginx.get(kind)]
    assert probes and all(probe["scheme"] == "HTTPS" and probe["path"] == "/" for probe in probes)
    secrets = {volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume}
    assert secrets == {"server-tls", "logins"}


@pytest.mark.parametrize("topology", BEHIND_GATEWAYS)
def test_nginx_takes_its_configuration(topology: str, tmp_path: Path) -> None:
    args = BEHIND_GATEWAYS[topology]
    file = str(named(rendered(args, tmp_path), "ConfigMap", gateway_name(args))["data"]["nginx.conf"])
    assert file.count("if ($unproven) { return 403; }") == (1 if chart_of(args) is LOKI else 2)
    require("nginx")
    (tmp_path / "ca.crt").write_bytes(authority())
    here = file.replace("/tmp/", f"{tmp_path}/").replace(" /tls", f" {tmp_path}").replace("/dev/stderr", "stderr")
    # The name of the cluster's DNS means nothing outside of it.
    (tmp_path / "nginx.conf").write_text(re.sub(r"resolver [^;]+;", "resolver 127.0.0.1;", here))
    done = subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_monitor_of_monolithic_tempo_finds_its_service(tmp_path: Path) -> None:
    args = {**TEMPO_STORE, **MTLS}
    service = named(rendered(args, tmp_path), "Service", "tempo")
    monitor = tls_service_monitor_spec(TracingSpec.check("Tracing", args))
    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert {endpoint["port"] for endpoint in monitor["endpoints"]} <= {
        port["name"] for port in service["spec"]["ports"]
    }


def test_monolithic_tempo_is_probed_without_a_certificate(tmp_path: Path) -> None:
    objects = rendered({**TEMPO_STORE, **MTLS}, tmp_path)
    (container,) = named(objects, "StatefulSet", "tempo")["spec"]["template"]["spec"]["containers"]
    for probe in (container["livenessProbe"], container["readinessProbe"]):
        assert probe["grpc"] == {"port": 9095} and "httpGet" not in probe, "a probe asks in one way alone"
    assert [item.name for item in objects if item.kind == "ServiceMonitor"] == [], "the chart's own knows no TLS"
    ports = {port["port"] for port in named(objects, "Service", "tempo")["spec"]["ports"]}
    (policy,) = [item.manifest["spec"] for item in objects if item.kind == "NetworkPolicy"]
    _own, everybody = policy["ingress"]
    assert {port["port"] for port in everybody["ports"]} <= ports
