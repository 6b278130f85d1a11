"""TLS of monolithic Tempo, and the refused combinations of TLS and logins."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.tracing import tls_hosts
from components.tracing.security import network_policy_spec, tls_service_monitor_spec
from components.tracing.values import tempo_values

from .specs import LAPTOP, ON_PREMISES, spec

TLS: dict[str, Any] = {"tls_secret": "tempo-tls"}
MTLS: dict[str, Any] = {**TLS, "client_certificates": True}
LOGINS: dict[str, Any] = {"logins_secret": "tempo-logins"}
ALL_PROTOCOLS = ["otlp", "jaeger", "zipkin"]
FILES = {"cert_file": "/tls/tls.crt", "key_file": "/tls/tls.key"}


def test_without_a_certificate_there_is_no_tls() -> None:
    values = tempo_values(spec(LAPTOP))
    assert "extraVolumes" not in values and not {"server", "livenessProbe", "readinessProbe"} & set(values["tempo"])


def test_every_port_for_clients_uses_tls() -> None:
    values = tempo_values(spec(LAPTOP, **TLS, receivers=ALL_PROTOCOLS))
    tempo, receivers = values["tempo"], values["tempo"]["receivers"]
    tls = {**FILES, "reload_interval": "1m"}
    assert tempo["server"]["http_tls_config"] == FILES
    assert receivers["otlp"]["protocols"] == {"grpc": {"tls": tls}, "http": {"tls": tls}}
    jaeger = receivers["jaeger"]["protocols"]
    assert jaeger["grpc"] == jaeger["thrift_http"] == {"tls": tls}
    assert jaeger["thrift_compact"] == jaeger["thrift_binary"] == {"endpoint": None}, "datagrams have no TLS"
    assert receivers["zipkin"] == {"endpoint": "0.0.0.0:9411", "tls": tls}
    assert values["podAnnotations"] == {"prometheus.io/scheme": "https"}
    assert values["extraVolumes"] == [{"name": "tls", "secret": {"secretName": "tempo-tls"}}]
    assert tempo["extraVolumeMounts"][0]["mountPath"] == "/tls"
    assert tempo["readinessProbe"] == tempo["livenessProbe"] == {"httpGet": {"scheme": "HTTPS"}}


def test_every_port_for_clients_requires_a_certificate_but_probes_have_none() -> None:
    values = tempo_values(spec(LAPTOP, **MTLS))
    tempo = values["tempo"]
    assert values["podAnnotations"] == {"prometheus.io/scrape": "false"}, "it would have no certificate"
    authority = {"client_ca_file": "/tls/ca.crt"}
    api = {**FILES, **authority, "client_auth_type": "RequireAndVerifyClientCert"}
    assert tempo["server"]["http_tls_config"] == api
    receiver = {**FILES, **authority, "reload_interval": "1m", "client_ca_file_reload": True}
    assert tempo["receivers"]["otlp"]["protocols"]["grpc"] == {"tls": receiver}
    assert tempo["readinessProbe"] == {"httpGet": None, "grpc": {"port": 9095}}


def test_jaeger_stays_disabled() -> None:
    jaeger = tempo_values(spec(LAPTOP, **TLS))["tempo"]["receivers"]["jaeger"]["protocols"]
    assert all(protocol == {"endpoint": None} for protocol in jaeger.values())


def test_only_the_ports_that_require_a_certificate_are_open() -> None:
    _release, everybody = network_policy_spec(spec(LAPTOP, **MTLS, receivers=ALL_PROTOCOLS, metrics_namespaces=["m"]))[
        "ingress"
    ]
    assert "from" not in everybody
    assert [port["port"] for port in everybody["ports"]] == [3200, 4317, 4318, 14250, 14268, 9411]


@pytest.mark.parametrize(("args", "presented"), [(TLS, False), (MTLS, True)])
def test_prometheus_scrapes_by_tls_and_presents_a_certificate_if_required(args: Any, presented: bool) -> None:
    ((endpoint,), selector) = (tls_service_monitor_spec(spec(LAPTOP, **args))[key] for key in ("endpoints", "selector"))
    assert endpoint["scheme"] == "https" and endpoint["tlsConfig"]["serverName"] in tls_hosts(
        "tempo", "tracing", "monolithic"
    )
    assert endpoint["tlsConfig"]["ca"] == {"secret": {"name": "tempo-tls", "key": "ca.crt"}}
    assert ("keySecret" in endpoint["tlsConfig"]) is presented
    assert selector["matchLabels"]["app.kubernetes.io/instance"] == "tempo"
    assert tempo_values(spec(LAPTOP, **args, service_monitor=True))["serviceMonitor"]["enabled"] is False


def test_the_certificate_is_valid_for_the_service_of_each_mode() -> None:
    assert tls_hosts("tempo", "tracing", "monolithic")[1] == "tempo.tracing"
    assert tls_hosts("traces", "o", "distributed", "example.internal") == [
        "traces-gateway",
        "traces-gateway.o",
        "traces-gateway.o.svc",
        "traces-gateway.o.svc.example.internal",
    ]


@pytest.mark.parametrize(
    ("base", "args", "place"),
    [
        (LAPTOP, LOGINS, "logins_secret"),
        (LAPTOP, {"client_certificates": True}, "client_certificates"),
        (ON_PREMISES, LOGINS, "metrics_namespaces"),
        (LAPTOP, {**TLS, "values": {"tempo": {"receivers": {"kafka": {}}}}}, "values.tempo.receivers"),
        (
            {**ON_PREMISES, "service_monitor": False},
            {**TLS, "values": {"gateway": {"nginxConfig": {"serverSnippet": "x"}}}},
            "values.gateway.nginxConfig",
        ),
    ],
)
def test_ineffective_security_is_refused(base: Any, args: Any, place: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(base, **args)
    (problem,) = raised.value.problems
    assert problem.field == place


def test_monolithic_tempo_needs_no_metrics_namespaces() -> None:
    assert spec(LAPTOP, **MTLS, service_monitor=True).authenticates
