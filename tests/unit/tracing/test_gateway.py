"""The gateway of distributed Tempo once clients are asked for anything."""

import re
from typing import Any

import pytest

from components.tracing.gateway import nginx_file
from components.tracing.network import closed_pods
from components.tracing.values import tempo_values

from .specs import KAFKA, ON_PREMISES, spec

TLS: dict[str, Any] = {"tls_secret": "tempo-tls"}
MTLS: dict[str, Any] = {**TLS, "client_certificates": True}
LOGINS: dict[str, Any] = {"logins_secret": "tempo-logins"}
OPEN: dict[str, Any] = {**ON_PREMISES, "service_monitor": False}
ALL_PROTOCOLS = ["otlp", "jaeger", "zipkin"]
GENERATIONS: list[dict[str, Any]] = [{**OPEN, "chart_version": "1.61.0"}, {**OPEN, "chart_version": "2.26.2"}, KAFKA]
everywhere = pytest.mark.parametrize("base", GENERATIONS, ids=lambda base: base["chart_version"])


def gateway(base: dict[str, Any] = OPEN, **args: Any) -> Any:
    return tempo_values(spec(base, **args))["gateway"]


def test_without_these_arguments_the_gateway_is_the_charts_own() -> None:
    assert gateway()["enabled"] is False
    assert not {"nginxConfig", "service", "basicAuth", "extraVolumes"} & set(gateway(gateway=True))
    assert gateway(gateway=True)["replicas"] == 1


@everywhere
def test_a_gateway_that_protects_is_there_unasked_and_twice(base: dict[str, Any]) -> None:
    values = gateway(base, **TLS)
    assert values["enabled"] is True and values["replicas"] == 2
    assert values["service"]["port"] == 443
    assert values["livenessProbe"] == values["readinessProbe"] == {"httpGet": {"scheme": "HTTPS"}}
    assert values["extraVolumes"][0]["secret"]["secretName"] == "tempo-tls"


@everywhere
def test_both_ports_speak_tls_and_ask_for_certificates_and_logins(base: dict[str, Any]) -> None:
    values = gateway(base, **MTLS, **LOGINS)
    file = values["nginxConfig"]["file"]
    assert re.findall(r"listen (.*);", file) == ["8080 ssl", "4317 ssl http2"]
    assert file.count("if ($unproven) { return 403; }") == file.count("auth_basic_user_file") == 2
    assert values["basicAuth"] == {"enabled": True, "existingSecret": "tempo-logins"}


@everywhere
def test_spans_and_queries_are_passed_on_and_nothing_else(base: dict[str, Any]) -> None:
    file = nginx_file(spec(base, **TLS, receivers=ALL_PROTOCOLS))
    passed = re.findall(r"location (?:= |\^~ )?(\S+) \{ (?:proxy|grpc)_pass (\S+);", file)
    assert dict(passed) == {
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


def test_protocols_that_are_off_are_not_passed_on() -> None:
    file = nginx_file(spec(OPEN, **TLS))
    assert "jaeger" not in file and "zipkin" not in file


def test_logins_without_tls_leave_the_ports_plain() -> None:
    values = gateway(**LOGINS)
    assert re.findall(r"listen (.*);", values["nginxConfig"]["file"]) == ["8080", "4317 http2"]
    assert "ssl" not in values["nginxConfig"]["file"] and "service" not in values and "extraVolumes" not in values


@everywhere
def test_no_datagrams_of_jaeger_come_past_the_gateway(base: dict[str, Any]) -> None:
    receivers = tempo_values(spec(base, **TLS, receivers=ALL_PROTOCOLS))["traces"]["jaeger"]
    assert set(receivers) == {"grpc", "thriftHttp"}


def test_a_single_ingester_has_a_single_gateway() -> None:
    assert gateway({**OPEN, "replicas": 1}, **TLS)["replicas"] == 1


def test_the_pods_behind_the_gateway_are_closed_to_all_but_each_other_and_prometheus() -> None:
    own, scrapers = closed_pods(spec(OPEN, **LOGINS, metrics_namespaces=["monitoring"]))["ingress"]
    assert own == {"from": [{"podSelector": {"matchLabels": {"app.kubernetes.io/instance": "tempo"}}}]}
    assert [port["port"] for port in scrapers["ports"]] == [3200, 9150]
