"""Stores of logs and traces that exist already: what a stack then does not create, and who reaches them, and how."""

import re
from typing import Any

import pytest
import yaml

from config import load
from tests.checkout import ROOT
from tests.program.programs import collectors, datasource, record_stack, refused
from tests.unit.config.stacks import COLLECTORS_ONLY, EXTERNAL_LOGS, EXTERNAL_TRACES, source
from tools.program import Recording, record
from tools.program.stacks import program_of
from wiring.load import recommended, report

PASSWORD = {"secret": "central-login", "key": "password"}
CLIENT = {"tenant": "edge-1", "basic_auth": {"username": "edge", "password": PASSWORD}}
LOGS = {**EXTERNAL_LOGS, "client": CLIENT}
TRACES = {**EXTERNAL_TRACES, "query_url": "https://tempo.example.org:3200", "client": CLIENT}


def stack(**areas: Any) -> Recording:
    return record_stack({"cluster": {"name": "edge-1"}, **areas})


def components(recording: Recording) -> set[str]:
    found = {each.request.type for each in recording.resources}
    return {kind.removeprefix("observability:index:") for kind in found if kind.startswith("observability:")}


def namespaces(recording: Recording) -> set[str]:
    return {each.plain()["metadata"]["name"] for each in recording.of_type("core/v1:Namespace")}


@pytest.mark.parametrize("grafana", [{"enabled": False}, {"enabled": False, "namespace": "monitoring"}])
def test_a_stack_of_collectors_alone_creates_nothing_else(grafana: dict[str, Any]) -> None:
    recording = stack(**{**COLLECTORS_ONLY, "grafana": grafana})
    assert components(recording) == {"Namespace", "Telemetry"}
    assert namespaces(recording) == {"telemetry"}
    assert recording.outputs["buckets"] == {} and recording.outputs["datasources"] == {}


def test_the_committed_stack_of_collectors_ships_everything_and_reads_events() -> None:
    recording = record(program_of(ROOT, "agent"), preview=True, stack="agent")
    assert components(recording) == {"Namespace", "Telemetry"}
    assert recording.outputs["logs"]["push"] == "https://loki.example.org/loki/api/v1/push"
    assert recording.outputs["traces"]["otlp_http"] == "https://tempo.example.org:4318"
    assert {each.plain()["name"] for each in recording.of_type(":Release")} == {"alloy", "alloy-singleton"}


def test_the_collectors_send_to_the_stores_that_the_settings_name() -> None:
    config = collectors(stack(**COLLECTORS_ONLY))
    for address in ("https://loki.example.org/loki/api/v1/push", "https://loki.example.org/otlp"):
        assert f'"{address}"' in config
    assert f'"{EXTERNAL_TRACES["otlp_endpoint"]}"' in config
    assert '"https://metrics.example.org/otlp"' in config


def test_an_external_store_gets_its_own_login_and_none_of_the_stack() -> None:
    tenants = {"namespace_tenants": {"shop": "team-a"}}
    security = {"authentication": "basic", "tls": "existing"}
    tracing = {"mode": "distributed"}
    config = collectors(stack(logging=LOGS, tracing=tracing, security=security, telemetry=tenants))
    push = config[config.index('loki.write "') :].partition("\n}")[0]
    assert 'tenant_id           = "edge-1"' in push
    assert 'password_file = "/etc/collector-destinations/loki/password"' in push and "collector-tls" not in push
    assert "__tenant_id__" not in config, "the tenant of a namespace is one of the only Loki"


def test_both_engines_log_in_to_external_stores() -> None:
    telemetry = {"engine": "otel-collector", "namespace_tenants": {"shop": "team-a"}}
    config = yaml.safe_load(collectors(stack(**{**COLLECTORS_ONLY, "logging": LOGS}, telemetry=telemetry)))
    assert config["extensions"]["basicauth/loki"]["client_auth"]["password_file"].endswith("destinations/loki/password")
    sent = {
        (exporter["endpoint"], exporter["headers"]["X-Scope-OrgID"], exporter["auth"]["authenticator"])
        for name, exporter in config["exporters"].items()
        if "/loki" in name
    }
    assert sent == {("https://loki.example.org/otlp", tenant, "basicauth/loki") for tenant in ("edge-1", "team-a")}


def test_an_external_loki_has_no_bucket_and_no_certificate_beside_a_tempo_of_the_stack() -> None:
    security = {"tls": "cert-manager", "issuer": {"name": "ca"}, "authentication": "basic"}
    recording = stack(logging=EXTERNAL_LOGS, tracing={"mode": "distributed"}, security=security)
    assert list(recording.outputs["buckets"]) == ["traces"]
    assert recording.one(":InClusterObjectStorage").plain()["buckets"] == {"traces": "tempo"}
    certificates = {each.request.name for each in recording.of_type(":index:Certificate")}
    names = ("tempo", "collectors", "grafana", "prometheus")
    assert certificates == {f"{name}-certificate" for name in names}
    assert {each.request.name for each in recording.of_type(":GatewayLogins")} == {"tempo-logins", "prometheus-logins"}
    assert "Logging" not in components(recording) and "logging" not in namespaces(recording)


CERT_MANAGER = {"tls": "cert-manager", "issuer": {"name": "ca"}}


@pytest.mark.parametrize("engine", ["alloy", "otel-collector"])
@pytest.mark.parametrize("authentication", ["basic", "mtls"])
def test_a_protected_prometheus_beside_external_stores_is_the_only_one_that_gets_credentials(
    engine: str, authentication: str
) -> None:
    security = {**CERT_MANAGER, "authentication": authentication}
    recording = stack(logging=EXTERNAL_LOGS, tracing=TRACES, security=security, telemetry={"engine": engine})
    names = {"collectors", "grafana", "prometheus"}
    assert {each.request.name for each in recording.of_type(":index:Certificate")} == {
        f"{name}-certificate" for name in names
    }
    basic = authentication == "basic"
    assert {each.request.name for each in recording.of_type(":ClientLogin")} == (
        {"alloy-login", "grafana-login"} if basic else set()
    )
    assert {each.request.name for each in recording.of_type(":GatewayLogins")} == (
        {"prometheus-logins"} if basic else set()
    )
    values = yaml.safe_dump(recording.one(":Release", "telemetry-agents").plain()["values"])
    config = collectors(recording)
    for directory in ("/etc/collector-tls", "/etc/collector-login"):
        assert directory not in values and directory not in config, (
            "the credentials for a Loki and a Tempo of the stack"
        )
    found = {"username", "password", "ca.crt"} if basic else {"tls.crt", "tls.key", "ca.crt"}
    assert {file for file in re.findall(r"/etc/metrics-client/([\w.]+)", config)} == found
    for signal in ("logs", "traces"):
        source = datasource(recording, signal)
        assert "grafana-login" not in str(source) and "grafana-tls" not in str(source)
    of_metrics = str(datasource(recording, "metrics"))
    assert ("/etc/grafana-login/password" in of_metrics) is basic
    assert ("/etc/grafana-tls/tls.key" in of_metrics) is not basic and "/etc/grafana-tls/ca.crt" in of_metrics


@pytest.mark.parametrize(
    ("security", "sentence"),
    [
        (
            {"logins": {"collectors": "c", "grafana": "g", "prometheus": "p", "generator": "t"}},
            'security.logins.generator = "t": is not used: tracing.kind is external; remove it',
        ),
        (
            {"metrics_namespaces": ["monitoring"]},
            'security.metrics_namespaces = ["monitoring"]: is not used: the stack runs no Loki and no Tempo; remove it',
        ),
    ],
)
def test_what_only_a_loki_or_a_tempo_of_the_stack_uses_is_refused(security: dict[str, Any], sentence: str) -> None:
    areas: dict[str, Any] = {"logging": EXTERNAL_LOGS, "tracing": TRACES}
    basic = {"tls": "existing", "authentication": "basic"}
    message = refused(**areas, security={**basic, **security})
    assert f"observability:{sentence}" in message and "1 problem" in message


def test_existing_logins_beside_external_stores_are_those_of_prometheus_and_its_clients() -> None:
    logins = {"collectors": "c", "grafana": "g", "prometheus": "p"}
    security = {"tls": "existing", "authentication": "basic", "logins": logins}
    recording = stack(logging=EXTERNAL_LOGS, tracing=TRACES, security=security)
    assert recording.one(":index:Metrics").plain()["logins_secret"] == "p"


def test_grafana_of_the_stack_logs_in_to_external_stores() -> None:
    recording = stack(logging=LOGS, tracing=TRACES)
    for signal, url in (("logs", EXTERNAL_LOGS["url"]), ("traces", TRACES["query_url"])):
        found = datasource(recording, signal)
        assert (found["url"], found["basicAuthUser"]) == (url, "edge")
        assert found["secureJsonData"] == {
            "httpHeaderValue1": "edge-1",
            "basicAuthPassword": f"$__file{{/etc/{signal}-client/password}}",
        }
    mounts = recording.one(":Release", "grafana-grafana").plain()["values"]["extraSecretMounts"]
    assert {mount["mountPath"] for mount in mounts} == {"/etc/logs-client", "/etc/traces-client"}
    assert all("central-login" in str(mount) for mount in mounts)


def test_grafana_reads_every_tenant_that_the_collectors_write() -> None:
    recording = stack(logging=LOGS, telemetry={"namespace_tenants": {"shop": "team-a"}})
    assert datasource(recording, "logs")["secureJsonData"]["httpHeaderValue1"] == "edge-1|team-a"


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        ({"logging": LOGS, "tracing": EXTERNAL_TRACES}, {"datasources-metrics"}),
        ({"logging": {**LOGS, "provision_datasource": True}}, {"logs", "traces", "metrics"}),
        ({"logging": LOGS}, {"traces", "metrics"}),
        ({"tracing": TRACES}, {"logs", "metrics"}),
        ({"tracing": {**TRACES, "provision_datasource": True}}, {"logs", "traces", "metrics"}),
    ],
)
def test_an_existing_grafana_has_the_datasources_of_external_stores(areas: dict[str, Any], expected: set[str]) -> None:
    names = stack(**areas, grafana={"enabled": False}).names()
    created = {name.removeprefix("datasources-") for name in names if name.startswith("datasources-")}
    assert created == {name.removeprefix("datasources-") for name in expected}


@pytest.mark.parametrize(
    ("areas", "problem"),
    [
        ({"logging": {"kind": "external"}}, "observability:logging.url: is missing: kind external requires url"),
        ({"logging": {**LOGS, "url": "https://loki.example.org/otlp"}}, "must have no path"),
        ({"logging": {**LOGS, "client": {"sigv4": {"region": "eu-west-1"}}}}, "logging.client.sigv4"),
        (
            {"logging": {**LOGS, "client": {**CLIENT, "headers": {"X-Key": PASSWORD}}}},
            "observability:logging.client.headers",
        ),
        (
            {"logging": {**EXTERNAL_LOGS, "url": "http://loki.example.org", "client": {"tls": {"ca": PASSWORD}}}},
            "observability:logging.client.tls",
        ),
        (
            {"logging": EXTERNAL_LOGS, "telemetry": {"namespace_tenants": {"shop": "team-a"}}},
            "requires logs_client.tenant",
        ),
        (
            {"tracing": {**TRACES, "otlp_endpoint": "tempo.example.org:4317"}},
            "observability:tracing.client.basic_auth",
        ),
        ({"tracing": EXTERNAL_TRACES}, "observability:tracing.query_url: is missing: the stack's own Grafana"),
        ({"tracing": {"otlp_endpoint": "t:4317"}}, "must not be set with kind own"),
    ],
)
def test_a_wrong_external_store_is_reported_once_at_its_setting(areas: dict[str, Any], problem: str) -> None:
    message = refused(**areas)
    assert problem in message and "have 1 problem;" in message


def test_what_a_client_lacks_is_set_in_it_and_not_in_its_place() -> None:
    message = refused(logging=EXTERNAL_LOGS, telemetry={"namespace_tenants": {"shop": "team-a"}})
    command = "pulumi config set --path --type string observability:logging.client.tenant '<logs_tenant>' --stack test"
    assert command in message


def test_a_client_of_grpc_with_tls_may_log_in() -> None:
    client = {**CLIENT, "tls": {"ca": {"secret": "central-login", "key": "ca.crt"}}}
    endpoint = "tempo.example.org:4317"
    assert endpoint in collectors(stack(tracing={**TRACES, "otlp_endpoint": endpoint, "client": client}))


def test_a_load_sizes_the_collectors_alone() -> None:
    settings = load(source(**COLLECTORS_ONLY, load={"logs_gb_per_day": 200, "spans_per_second": 500}))
    assert {path[0] for path in recommended(settings)} == {"telemetry"}
    lines = report(settings).splitlines()
    assert any(line.strip().startswith("Alloy") for line in lines)
    assert not any(line.strip().startswith(("Loki", "Tempo", "SeaweedFS")) for line in lines)
