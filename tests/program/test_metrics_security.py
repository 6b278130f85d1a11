"""Prometheus and Thanos with certificates and logins: every client presents what they ask for."""

from typing import Any

import pytest
import yaml

from tests.program.programs import collectors, datasource, refused, stack
from tests.program.test_security import BASIC, DISTRIBUTED, LOGINS, MTLS, certificates, values
from tools.program import Recording

PAIR: dict[str, Any] = {"replicas": 2, "long_term": {"receive": True, "ruler": True}}
STACKS: dict[str, dict[str, Any]] = {
    "one": {},
    "pair": {"metrics": {"replicas": 2, "long_term": {}}},
    "receivers": {"metrics": PAIR},
}


def addresses(recording: Recording) -> set[str]:
    """Every address of metrics that a client is told."""
    generator = yaml.safe_dump(values(recording, "tracing-tempo"))
    texts = (collectors(recording), generator, datasource(recording, "metrics")["url"])
    words = {word.strip("\"',") for text in texts for word in text.split()}
    return {word for word in words if "prometheus" in word or "thanos" in word if "://" in word}


@pytest.mark.parametrize("topology", STACKS)
def test_every_address_of_metrics_is_one_that_a_certificate_is_good_for(topology: str) -> None:
    recording = stack(security=MTLS, **STACKS[topology])
    hosts = {
        host for name, spec in certificates(recording).items() for host in spec["dnsNames"] if _is_of_metrics(name)
    }
    found = addresses(recording)
    assert len(found) >= 2
    for address in found:
        scheme, _, place = address.partition("://")
        assert scheme == "https" and place.partition("/")[0].partition(":")[0] in hosts, address


def _is_of_metrics(name: tuple[str, str]) -> bool:
    return name in (("monitoring", "prometheus-tls"), ("monitoring", "thanos-tls"))


def test_thanos_has_a_certificate_only_where_it_runs() -> None:
    assert ("monitoring", "thanos-tls") not in certificates(stack(security=MTLS))
    external = {"kind": "external", "remote_write_url": "https://m.example.org/w", "query_url": "https://m.example.org"}
    made = {name for _, name in certificates(stack(security=MTLS, metrics=external))}
    assert made == {"loki-tls", "tempo-tls", "alloy-tls", "grafana-tls"}


def test_the_collectors_and_tempo_present_their_own_certificate() -> None:
    recording = stack(security=MTLS)
    config = collectors(recording)
    exporter = config[config.index('otelcol.exporter.otlphttp "prometheus"') :].partition("\n}\n")[0]
    assert 'cert_file       = "/etc/metrics-client/tls.crt"' in exporter and "include_system" not in exporter
    alloy = yaml.safe_dump(values(recording, "telemetry-agents"))
    assert alloy.count("name: alloy-tls") == 3, "the keys for metrics, beside the directory for Loki and Tempo"
    (write,) = values(recording, "tracing-tempo")["tempo"]["metricsGenerator"]["storage"]["remote_write"]
    assert write["tls_config"] == {
        "ca_file": "/etc/metrics-client/ca.crt",
        "cert_file": "/etc/metrics-client/tls.crt",
        "key_file": "/etc/metrics-client/tls.key",
    }


def test_each_client_has_a_login_that_prometheus_knows() -> None:
    recording = stack(security=BASIC, tracing=DISTRIBUTED)
    places = {
        (plain["metadata"]["namespace"], plain["metadata"]["name"]): plain.get("stringData")
        for secret in recording.of_type("v1:Secret")
        for plain in [secret.plain()]
    }
    users = places["monitoring", "prometheus-logins"][".htpasswd"].splitlines()
    assert [line.partition(":")[0] for line in users] == ["alloy", "grafana", "tempo"]
    assert places["tracing", "tempo-login"]["username"] == "tempo"
    assert len(places["tracing", "tempo-logins"][".htpasswd"].splitlines()) == 2, "Tempo does not send to itself"
    (write,) = values(recording, "tracing-tempo")["metricsGenerator"]["config"]["storage"]["remote_write"]
    assert write["basic_auth"] == {
        "username_file": "/etc/metrics-client/username",
        "password_file": "/etc/metrics-client/password",
    }
    config = collectors(recording)
    assert "auth     = otelcol.auth.basic.metrics.handler" in config
    assert 'filename = "/etc/metrics-client/username"' in config
    assert datasource(recording, "metrics")["basicAuthUser"] == "$__file{/etc/grafana-login/username}"


def test_with_receivers_remote_write_logs_in_too() -> None:
    config = collectors(stack(security=BASIC, tracing=DISTRIBUTED, metrics=PAIR))
    assert 'url = "https://thanos-gateway.monitoring/api/v1/receive"' in config
    assert "username      = local.file.metrics_username.content" in config


def test_an_external_store_is_presented_nothing_of_the_stack() -> None:
    url = "https://m.example.org"
    external = {"kind": "external", "remote_write_url": f"{url}/w", "query_url": url, "otlp_url": f"{url}/otlp"}
    recording = stack(security=MTLS, metrics=external)
    assert "metrics-client" not in collectors(recording)
    assert "secureJsonData" not in datasource(recording, "metrics")
    message = refused(security={**BASIC, "logins": LOGINS}, tracing=DISTRIBUTED, metrics=external)
    assert "security.logins.prometheus" in message and "is not used: metrics.kind is external" in message


def test_only_nginx_is_open_to_the_clients_of_prometheus_and_thanos() -> None:
    recording = stack(security=MTLS, metrics=PAIR)
    policies = {
        plain["metadata"]["name"]: plain["spec"]
        for policy in recording.of_type(":NetworkPolicy")
        for plain in [policy.plain()]
        if plain["metadata"]["namespace"] == "monitoring"
    }
    own, near, clients = policies["prometheus-secured"]["ingress"]
    assert own == {"from": [{"podSelector": {"matchLabels": {"operator.prometheus.io/name": "prometheus"}}}]}
    for rule in (near, clients):
        assert {port["port"] for port in rule["ports"]} == {9091, 10901}
    assert "telemetry" in yaml.safe_dump(clients) and "tracing" in yaml.safe_dump(clients)
    assert policies["thanos-secured"]["podSelector"]["matchExpressions"][0]["values"] == ["gateway"]
    (admitted,) = policies["thanos-clients"]["ingress"]
    assert [port["port"] for port in admitted["ports"]] == [8080]


def test_tls_alone_restricts_no_client() -> None:
    recording = stack(security={"tls": "existing"}, metrics=PAIR)
    assert not [p for p in recording.of_type(":NetworkPolicy") if p.plain()["metadata"]["namespace"] == "monitoring"]
    assert "tlsClientKey" not in datasource(recording, "metrics")["secureJsonData"]
    assert "tls.crt" not in yaml.safe_dump(values(recording, "tracing-tempo")["tempo"]["metricsGenerator"])
    arguments = values(recording, "long-term-thanos")["storeGateway"]["extraArgs"]
    assert "--grpc-server-tls-cert=/tls/tls.crt" in arguments
    assert not [argument for argument in arguments if "client-ca" in argument]


ALERTED: dict[str, Any] = {
    "receivers": {"team": {"kind": "webhook", "url": "http://team.example.org"}},
    "default_receiver": "team",
    "alertmanager": {"replicas": 2},
}


def test_every_ruler_sends_its_alerts_with_a_certificate_for_the_name_that_alertmanager_has() -> None:
    recording = stack(security=MTLS, metrics=PAIR, alerting=ALERTED)
    loki = values(recording, "logging-loki")["loki"]["structuredConfig"]["ruler"]
    (target, _) = yaml.safe_load(values(recording, "long-term-thanos")["rule"]["alertmanagersConfig"]["value"])[
        "alertmanagers"
    ]
    chart = values(recording, "metrics-prometheus")
    (endpoint,) = chart["prometheus"]["prometheusSpec"]["alertingEndpoints"]
    names = {
        loki["alertmanager_client"]["tls_server_name"],
        target["http_config"]["tls_config"]["server_name"],
        endpoint["tlsConfig"]["serverName"],
    }
    assert names == {"prometheus-alertmanager.monitoring.svc"}
    assert names < {*certificates(recording)["monitoring", "prometheus-tls"]["dnsNames"]}
    pods = [f"alertmanager-prometheus-{index}.alertmanager-operated.monitoring.svc.cluster.local" for index in (0, 1)]
    assert loki["alertmanager_url"] == ",".join(f"https://{pod}:9095" for pod in pods)
    assert target["static_configs"] == [f"{pods[0]}:9095"]


def test_a_ruler_that_sends_to_another_alertmanager_has_no_certificate_for_it() -> None:
    url = "https://alerts.example.org"
    recording = stack(security=MTLS, alerting=ALERTED, logging={"ruler": True, "alertmanager_url": url})
    ruler = values(recording, "logging-loki")["loki"]["structuredConfig"]["ruler"]
    assert ruler["alertmanager_url"] == url and "alertmanager_client" not in ruler


def test_without_tls_alerts_are_sent_as_they_are() -> None:
    recording = stack(security=BASIC | {"tls": "none"}, alerting=ALERTED, tracing=DISTRIBUTED)
    ruler = values(recording, "logging-loki")["loki"]["structuredConfig"]["ruler"]
    assert (
        ruler["alertmanager_url"].startswith("http://alertmanager-prometheus-0.")
        and ":9093" in ruler["alertmanager_url"]
    )
    assert "alertmanager_client" not in ruler
