"""Where data goes: addresses, logins, queues, and the replicas of the gateway, by the configuration as rendered."""

import re
from typing import Any

import pytest

from components._collector_roles import Role
from components.telemetry.alloy.values import alloy_values
from tests.unit.telemetry.alloy.examples import SAMPLED
from tests.unit.telemetry.examples import VARIANTS, component, config_of, telemetry_spec
from tools.contract.alloy_syntax import Expression, parse


def key(name: str) -> dict[str, str]:
    return {"secret": "central", "key": name}


def sent(destination: dict[str, Any], signal: str = "logs", sources: tuple[str, ...] = ("otlp",)) -> str:
    """Return the configuration of a pipeline to one further destination."""
    return config_of(
        destinations={"central": destination},
        pipelines={"further": {"signal": signal, "sources": list(sources), "destinations": ["central"]}},
    )


def test_a_loki_gets_lines_by_push_and_otlp_at_its_own_path() -> None:
    client = {
        "tenant": "a",
        "headers": {"X-Key": key("api-key")},
        "tls": {"ca": key("ca")},
    }
    text = sent({"kind": "loki", "url": "https://loki.example.org/", "client": client}, sources=("containers", "otlp"))
    push = component(text, 'loki.write "destination_central"')
    assert 'url                 = "https://loki.example.org/loki/api/v1/push"' in push
    assert 'tenant_id           = "a"' in push and "X-Scope-OrgID" not in push
    assert "max_backoff_retries = 0" in push, "lines wait in their files"
    assert '"X-Key" = [local.file.destination_central_header_0.content]' in push
    assert 'ca_file = "/etc/collector-destinations/central/ca.crt"' in push
    exporter = component(text, 'otelcol.exporter.otlphttp "destination_central"')
    assert 'endpoint = "https://loki.example.org/otlp"' in exporter and '"X-Scope-OrgID" = "a"' in exporter


@pytest.mark.parametrize(
    ("url", "exporter", "insecure"),
    [
        ("collector.other:4317", "otelcol.exporter.otlp", True),
        ("http://collector.other:4318", "otelcol.exporter.otlphttp", False),
        ("https://collector.other:4318", "otelcol.exporter.otlphttp", False),
    ],
)
def test_the_notation_of_an_address_chooses_the_protocol(url: str, exporter: str, insecure: bool) -> None:
    found = component(sent({"kind": "otlp", "url": url}, "traces"), f'{exporter} "destination_central"')
    assert f'endpoint = "{url}"' in found and ("insecure = true" in found) is insecure


def test_metrics_are_written_remotely_with_the_files_of_their_login() -> None:
    client = {"tenant": "a", "basic_auth": {"username": "shop", "password": key("password")}}
    text = sent({"kind": "prometheus", "url": "https://mimir.example.org/api/v1/push", "client": client}, "metrics")
    written = component(text, 'prometheus.remote_write "destination_central"')
    assert 'password_file = "/etc/collector-destinations/central/password"' in written
    assert '"X-Scope-OrgID" = "a"' in written
    assert "otelcol.exporter.prometheus.destination_central.input" in text


@pytest.mark.parametrize("role", [Role.AGENTS, Role.GATEWAY])
def test_a_pod_has_the_secrets_of_its_own_destinations_alone(role: Role) -> None:
    logs = {"kind": "otlp", "url": "https://logs.example.org", "client": {"bearer_token": key("token")}}
    traces = {"kind": "otlp", "url": "https://traces.example.org", "client": {"tls": {"ca": key("ca.crt")}}}
    spec = telemetry_spec(
        gateway={},
        destinations={"one": logs, "two": traces},
        pipelines={"logs": {"destinations": ["one"]}, "traces": {"destinations": ["two"]}},
    )
    volumes = {volume["name"]: volume for volume in alloy_values(spec, role)["controller"]["volumes"]["extra"]}
    (source,) = volumes["destinations"]["projected"]["sources"]
    expected = {Role.AGENTS: ("token", "one/token"), Role.GATEWAY: ("ca.crt", "two/ca.crt")}[role]
    assert source["secret"] == {"name": "central", "items": [{"key": expected[0], "path": expected[1]}]}


def test_lines_that_go_by_otlp_block_their_reader_and_are_never_given_up() -> None:
    text = sent({"kind": "otlp", "url": "https://otlp.example.org"}, sources=("containers",))
    exporter = component(text, 'otelcol.exporter.otlphttp "lines_central"')
    assert "block_on_overflow = true" in exporter and 'max_elapsed_time = "0s"' in exporter
    chain = [block for block in parse(text) if block.label == "pipeline_further_otlp"]
    assert [block.name for block in chain] == [
        "otelcol.receiver.loki",
        "otelcol.processor.groupbyattrs",
        "otelcol.processor.transform",
    ], "a memory limiter would drop lines, which nobody sends again"


def test_a_queue_on_disk_is_that_of_every_exporter_and_nothing_batches_before_it() -> None:
    blocks = parse(config_of(queue_size="1Gi"))
    exporters = [block for block in blocks if block.name in ("otelcol.exporter.otlp", "otelcol.exporter.otlphttp")]
    assert len(exporters) == 3
    for exporter in exporters:
        (queue,) = exporter.of("sending_queue")
        assert queue.arguments["storage"] == Expression("otelcol.storage.file.queue.handler")
        assert (queue.arguments["sizer"], queue.arguments["queue_size"]) == ("bytes", 2**30) and queue.of("batch")
        (retry,) = exporter.of("retry_on_failure")
        assert retry.arguments == {"max_elapsed_time": "0s"}
    assert not [block for block in blocks if block.name == "otelcol.processor.batch"]
    assert "otelcol.storage.file" not in config_of()


def test_agents_send_each_trace_to_one_replica_of_the_gateway() -> None:
    (exporter,) = [block for block in parse(config_of(**SAMPLED)) if block.name.endswith("loadbalancing")]
    (resolver,), (protocol,) = exporter.of("resolver"), exporter.of("protocol")
    assert resolver.of("dns")[0].arguments == {"hostname": "alloy-gateway.telemetry"}
    (otlp,) = protocol.of("otlp")
    assert [otlp.of(name)[0].arguments for name in ("queue", "retry")] == [{"enabled": False}] * 2
    assert exporter.of("sending_queue") and exporter.of("retry_on_failure"), "a lost replica is another's work"
    assert "otelcol.exporter.otlp.tempo" not in config_of(**SAMPLED)


def test_a_gateway_with_tls_is_trusted_by_the_name_of_its_certificate() -> None:
    changes = {**VARIANTS["secured"], **SAMPLED}
    exporter = component(config_of(**changes), 'otelcol.exporter.loadbalancing "gateway"')
    assert re.search(r'server_name\s+= "alloy\.telemetry"', exporter) and "insecure" not in exporter
    assert "tls.key" in exporter
    receiver = component(config_of(role=Role.GATEWAY, **changes), 'otelcol.receiver.otlp "default"')
    assert receiver.count("client_ca_file") == 2


def test_a_queue_of_the_gateway_fits_its_volume() -> None:
    text = config_of(role=Role.GATEWAY, **SAMPLED)
    assert f"queue_size = {10 * 2**30 * 8 // 10}" in component(text, 'otelcol.exporter.otlp "tempo"')


def test_a_further_configuration_is_that_of_the_agents() -> None:
    raw = "livedebugging {\n\tenabled = true\n}"
    assert config_of(**SAMPLED, raw_config=raw).endswith(f"}}\n\n{raw}\n")
    assert "livedebugging" not in config_of(role=Role.GATEWAY, **SAMPLED, raw_config=raw)
