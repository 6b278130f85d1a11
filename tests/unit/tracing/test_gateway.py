"""The gateway of distributed Tempo with TLS, client certificates and logins."""

import re
from typing import Any

import pytest

from components.tracing.gateway import gateway_file
from components.tracing.modes import TEMPO_2_VERSIONS
from components.tracing.security import network_policy_spec
from components.tracing.values import tempo_values

from .specs import KAFKA, ON_PREMISES, spec

TLS: dict[str, Any] = {"tls_secret": "tempo-tls"}
MTLS: dict[str, Any] = {**TLS, "client_certificates": True}
LOGINS: dict[str, Any] = {"logins_secret": "tempo-logins"}
OPEN: dict[str, Any] = {**ON_PREMISES, "service_monitor": False}
ALL_PROTOCOLS = ["otlp", "jaeger", "zipkin"]
VERSIONS: list[dict[str, Any]] = [*({**OPEN, "chart_version": version} for version in TEMPO_2_VERSIONS), KAFKA]
every_version = pytest.mark.parametrize("base", VERSIONS, ids=lambda base: base["chart_version"])


def gateway(base: dict[str, Any] = OPEN, **args: Any) -> Any:
    return tempo_values(spec(base, **args))["gateway"]


def test_without_these_arguments_the_chart_configures_the_gateway() -> None:
    assert gateway()["enabled"] is False
    assert not {"nginxConfig", "service", "basicAuth", "extraVolumes"} & set(gateway(gateway=True))
    assert gateway(gateway=True)["replicas"] == 1


@every_version
def test_with_tls_there_are_two_gateways(base: dict[str, Any]) -> None:
    values = gateway(base, **TLS)
    assert values["enabled"] is True and values["replicas"] == 2
    assert values["service"]["port"] == 443
    assert values["livenessProbe"] == values["readinessProbe"] == {"httpGet": {"scheme": "HTTPS"}}
    assert values["extraVolumes"][0]["secret"]["secretName"] == "tempo-tls"


@every_version
def test_both_ports_use_tls_and_require_certificates_and_logins(base: dict[str, Any]) -> None:
    values = gateway(base, **MTLS, **LOGINS)
    file = values["nginxConfig"]["file"]
    assert re.findall(r"listen (.*);", file) == ["8080 ssl", "4317 ssl http2"]
    assert file.count("if ($unproven) { return 403; }") == file.count("auth_basic_user_file") == 2
    assert values["basicAuth"] == {"enabled": True, "existingSecret": "tempo-logins"}


@every_version
def test_only_spans_and_queries_are_proxied(base: dict[str, Any]) -> None:
    file = gateway_file(spec(base, **TLS, receivers=ALL_PROTOCOLS))
    proxied = re.findall(r"location (?:= |\^~ )?(\S+) \{ (?:proxy|grpc)_pass (\S+);", file)
    assert dict(proxied) == {
        "/v1/traces": "http://$distributor:4318/v1/traces",
        "/api": "http://$query_frontend:3200$request_uri",
        "/tempopb.StreamingQuerier/": "grpc://$query_frontend:3200",
        "/jaeger/api/traces": "http://$distributor:14268/api/traces$is_args$args",
        "/zipkin/api/v2/spans": "http://$distributor:9411/api/v2/spans",
        "/opentelemetry.proto.collector.trace.v1.TraceService/": "grpc://$distributor:4317",
        "/jaeger.api_v2.CollectorService/": "grpc://$distributor:14250",
    }
    assert file.count("location / { return 404; }") == 2
    assert '"tempo-distributor.tracing.svc.cluster.local"' in file
    assert '"tempo-query-frontend.tracing.svc.cluster.local"' in file


def test_disabled_protocols_are_not_proxied() -> None:
    file = gateway_file(spec(OPEN, **TLS))
    assert "jaeger" not in file and "zipkin" not in file


def test_logins_alone_do_not_enable_tls() -> None:
    values = gateway(**LOGINS)
    assert re.findall(r"listen (.*);", values["nginxConfig"]["file"]) == ["8080", "4317 http2"]
    assert "ssl" not in values["nginxConfig"]["file"] and "service" not in values and "extraVolumes" not in values


@every_version
def test_jaeger_datagrams_do_not_bypass_the_gateway(base: dict[str, Any]) -> None:
    receivers = tempo_values(spec(base, **TLS, receivers=ALL_PROTOCOLS))["traces"]["jaeger"]
    assert set(receivers) == {"grpc", "thriftHttp"}


def test_a_single_ingester_has_a_single_gateway() -> None:
    assert gateway({**OPEN, "replicas": 1}, **TLS)["replicas"] == 1


def test_only_the_release_and_prometheus_reach_the_pods_behind_the_gateway() -> None:
    own, scrapers = network_policy_spec(spec(OPEN, **LOGINS, metrics_namespaces=["monitoring"]))["ingress"]
    assert own == {"from": [{"podSelector": {"matchLabels": {"app.kubernetes.io/instance": "tempo"}}}]}
    assert [port["port"] for port in scrapers["ports"]] == [3200, 9150]
