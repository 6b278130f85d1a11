"""TLS of monolithic Tempo, and what no mode of Tempo takes."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.tracing import tls_hosts
from components.tracing.monitor import tls_monitor
from components.tracing.network import closed_pods
from components.tracing.values import tempo_values

from .specs import LAPTOP, ON_PREMISES, spec

TLS: dict[str, Any] = {"tls_secret": "tempo-tls"}
MTLS: dict[str, Any] = {**TLS, "client_certificates": True}
LOGINS: dict[str, Any] = {"logins_secret": "tempo-logins"}
ALL_PROTOCOLS = ["otlp", "jaeger", "zipkin"]
FILES = {"cert_file": "/tls/tls.crt", "key_file": "/tls/tls.key"}


def test_without_a_certificate_everything_stays_as_it_was() -> None:
    values = tempo_values(spec(LAPTOP))
    assert "extraVolumes" not in values and not {"server", "livenessProbe", "readinessProbe"} & set(values["tempo"])


def test_every_port_for_clients_speaks_tls() -> None:
    values = tempo_values(spec(LAPTOP, **TLS, receivers=ALL_PROTOCOLS))
    tempo, receivers = values["tempo"], values["tempo"]["receivers"]
    tls = {**FILES, "reload_interval": "1m"}
    assert tempo["server"]["http_tls_config"] == FILES
    assert receivers["otlp"]["protocols"] == {"grpc": {"tls": tls}, "http": {"tls": tls}}
    jaeger = receivers["jaeger"]["protocols"]
    assert jaeger["grpc"] == jaeger["thrift_http"] == {"tls": tls}
    assert jaeger["thrift_compact"] == jaeger["thrift_binary"] == {"endpoint": None}, "datagrams know no TLS"
    assert receivers["zipkin"] == {"endpoint": "0.0.0.0:9411", "tls": tls}
    assert values["podAnnotations"] == {"prometheus.io/scheme": "https"}
    assert values["extraVolumes"] == [{"name": "tls", "secret": {"secretName": "tempo-tls"}}]
    assert tempo["extraVolumeMounts"][0]["mountPath"] == "/tls"
    assert tempo["readinessProbe"] == tempo["livenessProbe"] == {"httpGet": {"scheme": "HTTPS"}}


def test_every_port_for_clients_asks_for_a_certificate_but_not_the_kubelet() -> None:
    values = tempo_values(spec(LAPTOP, **MTLS))
    tempo = values["tempo"]
    assert values["podAnnotations"] == {"prometheus.io/scrape": "false"}, "who goes by annotations would be refused"
    authority = {"client_ca_file": "/tls/ca.crt"}
    api = {**FILES, **authority, "client_auth_type": "RequireAndVerifyClientCert"}
    assert tempo["server"]["http_tls_config"] == api
    receiver = {**FILES, **authority, "reload_interval": "1m", "client_ca_file_reload": True}
    assert tempo["receivers"]["otlp"]["protocols"]["grpc"] == {"tls": receiver}
    assert tempo["readinessProbe"] == {"httpGet": None, "grpc": {"port": 9095}}


def test_jaeger_stays_off_where_it_was_off() -> None:
    jaeger = tempo_values(spec(LAPTOP, **TLS))["tempo"]["receivers"]["jaeger"]["protocols"]
    assert all(protocol == {"endpoint": None} for protocol in jaeger.values())


def test_only_the_ports_that_ask_for_a_certificate_stay_open() -> None:
    _own, everybody = closed_pods(spec(LAPTOP, **MTLS, receivers=ALL_PROTOCOLS, metrics_namespaces=["m"]))["ingress"]
    assert "from" not in everybody
    assert [port["port"] for port in everybody["ports"]] == [3200, 4317, 4318, 14250, 14268, 9411]


@pytest.mark.parametrize(("args", "shown"), [(TLS, False), (MTLS, True)])
def test_prometheus_scrapes_by_tls_and_shows_a_certificate_where_asked_for_one(args: Any, shown: bool) -> None:
    ((endpoint,), selector) = (tls_monitor(spec(LAPTOP, **args))[key] for key in ("endpoints", "selector"))
    assert endpoint["scheme"] == "https" and endpoint["tlsConfig"]["serverName"] in tls_hosts(
        "tempo", "tracing", "monolithic"
    )
    assert endpoint["tlsConfig"]["ca"] == {"secret": {"name": "tempo-tls", "key": "ca.crt"}}
    assert ("keySecret" in endpoint["tlsConfig"]) is shown
    assert selector["matchLabels"]["app.kubernetes.io/instance"] == "tempo"
    assert tempo_values(spec(LAPTOP, **args, service_monitor=True))["serviceMonitor"]["enabled"] is False


def test_the_certificate_is_good_for_what_clients_of_each_mode_reach() -> None:
    assert tls_hosts("tempo", "tracing", "monolithic")[1] == "tempo.tracing"
    assert tls_hosts("traces", "o", "distributed", "example.internal") == [
        "traces-gateway",
        "traces-gateway.o",
        "traces-gateway.o.svc",
        "traces-gateway.o.svc.example.internal",
    ]


@pytest.mark.parametrize(
    ("base", "args", "sentence"),
    [
        (LAPTOP, LOGINS, "logins_secret = 'tempo-logins': monolithic Tempo has no gateway that could ask for a login"),
        (LAPTOP, {"client_certificates": True}, "a client certificate requires TLS"),
        (ON_PREMISES, LOGINS, "metrics_namespaces: is missing: a NetworkPolicy blocks all ingress to the pods behind"),
        (LAPTOP, {**TLS, "values": {"tempo": {"receivers": {"kafka": {}}}}}, "tempo.receivers would replace"),
        (
            {**ON_PREMISES, "service_monitor": False},
            {**TLS, "values": {"gateway": {"nginxConfig": {"serverSnippet": "x"}}}},
            "gateway.nginxConfig would replace the configuration of TLS and logins: remove it",
        ),
    ],
)
def test_what_cannot_protect_is_refused(base: Any, args: Any, sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(base, **args)
    assert sentence in str(raised.value)


def test_one_process_needs_no_namespace_of_prometheus_as_its_own_port_asks() -> None:
    assert spec(LAPTOP, **MTLS, service_monitor=True).authenticates
