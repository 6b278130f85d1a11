"""`Tracing` as a program registers it with TLS, client certificates or logins."""

from typing import Any

import pulumi
import pytest

from components.tracing import Tracing, TracingArgs
from tests.components.tracing_args import DISTRIBUTED, KAFKA, LAPTOP, RECEIVERS
from tests.recording import UNKNOWN, outputs_of, record, record_component

MTLS: TracingArgs = {**LAPTOP, "tls_secret": "tempo-tls", "client_certificates": True}


def test_monolithic_tempo_uses_tls_on_its_usual_ports() -> None:
    found = record_component(Tracing, {**LAPTOP, "tls_secret": "tempo-tls", "receivers": RECEIVERS}).outputs
    assert found["query_url"] == "https://tempo.tracing:3200"
    assert found["otlp_grpc_endpoint"] == "tempo.tracing:4317"
    assert found["otlp_http_url"] == "https://tempo.tracing:4318"
    assert found["jaeger_http_url"] == "https://tempo.tracing:14268/api/traces"
    assert found["zipkin_url"] == "https://tempo.tracing:9411/api/v2/spans"


@pytest.mark.parametrize("base", [DISTRIBUTED, KAFKA])
@pytest.mark.parametrize(
    ("security", "url"),
    [
        ({"tls_secret": "tempo-tls"}, "https://tempo-gateway.tracing"),
        ({"logins_secret": "tempo-logins"}, "http://tempo-gateway.tracing"),
    ],
)
def test_clients_of_distributed_tempo_use_the_gateway_alone(base: TracingArgs, security: Any, url: str) -> None:
    args: TracingArgs = {**base, **security, "service_monitor": False, "receivers": RECEIVERS}
    recording = record_component(Tracing, args)
    found = recording.outputs
    assert found["query_url"] == found["otlp_http_url"] == url
    assert found["otlp_grpc_endpoint"] == found["jaeger_grpc_endpoint"] == "tempo-gateway.tracing:4317"
    assert found["jaeger_http_url"] == f"{url}/jaeger/api/traces"
    assert found["zipkin_url"] == f"{url}/zipkin/api/v2/spans"
    assert recording.one(":Release").plain()["values"]["gateway"]["enabled"] is True


def test_authentication_comes_with_a_network_policy() -> None:
    recording = record_component(Tracing, MTLS)
    policy = recording.one(":NetworkPolicy")
    assert policy.parent == recording.one("observability:index:Tracing").urn
    assert recording.one(":Namespace").urn in policy.request.dependencies
    assert policy.plain()["metadata"]["name"] == "tempo-secured"
    assert record_component(Tracing, {**LAPTOP, "tls_secret": "tempo-tls"}).of_type(":NetworkPolicy") == []


def test_prometheus_has_a_service_monitor_with_tls() -> None:
    args: TracingArgs = {**MTLS, "service_monitor": True, "service_monitor_labels": {"release": "prometheus"}}
    recording = record_component(Tracing, args)
    monitor = recording.one(":ServiceMonitor")
    assert recording.one(":Release").urn in monitor.request.dependencies
    assert monitor.plain()["metadata"]["labels"]["release"] == "prometheus"
    assert monitor.plain()["spec"]["endpoints"][0]["tlsConfig"]["keySecret"] == {"name": "tempo-tls", "key": "tls.key"}
    plain: TracingArgs = {**LAPTOP, "service_monitor": True}
    assert record_component(Tracing, plain).of_type(":ServiceMonitor") == [], "without TLS the chart has one"


def test_the_secret_of_logins_may_be_unknown_at_preview() -> None:
    def build() -> dict[str, Any]:
        unknown = pulumi.Output.from_input(UNKNOWN).apply(lambda name: name)
        return outputs_of(Tracing("traces", {**DISTRIBUTED, "tls_secret": "tempo-tls", "logins_secret": unknown}))

    assert record(build, preview=True).outputs["query_url"] == "https://tempo-gateway.tracing"


def test_logins_without_tls_come_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, *_: messages.append(message))
    args: TracingArgs = {**DISTRIBUTED, "logins_secret": "tempo-logins"}
    record_component(Tracing, args)
    assert any("unencrypted" in message for message in messages)


def test_allowed_changes_come_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, *_: messages.append(message))
    args: TracingArgs = {**DISTRIBUTED, "allow_changes": ["location"]}
    record_component(Tracing, args)
    assert any(message.startswith('allow_changes = ["location"]: ') for message in messages)
