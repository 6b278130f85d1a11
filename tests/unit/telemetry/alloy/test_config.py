"""Alloy's configuration: the recorded texts, and the rules that any choice of arguments keeps."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components._collector_roles import Role
from components._spec import InvalidArgsError
from components.telemetry.alloy.processors import memory_limiter
from components.telemetry.labels import log_labels
from tests.alloyfmt import alloyfmt
from tests.checkout import ROOT
from tests.unit.telemetry.alloy.examples import ALLOY_VARIANTS, CONFIGURATIONS, text_of
from tests.unit.telemetry.examples import AGAIN, GOLDEN, component, config_of, telemetry_spec

RAW: str = yaml.safe_load((ROOT / "Pulumi.docker.yaml").read_text())["config"]["observability:telemetry"]["raw_config"]
"""The user's own part of a stack, which is indented as the user likes."""
ALL = pytest.mark.parametrize("changes", ALLOY_VARIANTS.values(), ids=ALLOY_VARIANTS.keys())

EVERY_ROLE = pytest.mark.parametrize(("role", "changes"), CONFIGURATIONS.values(), ids=CONFIGURATIONS.keys())


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_configuration_is_the_recorded_one(name: str) -> None:
    recorded = (GOLDEN / f"telemetry-{name}.alloy").read_text()
    assert text_of(name) == recorded, AGAIN


@pytest.mark.parametrize("golden", sorted(GOLDEN.rglob("*.alloy")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_alloys_own_formatter_leaves_the_recorded_text_as_it_is(golden: Path) -> None:
    text = golden.read_text().replace(RAW, alloyfmt(RAW))
    assert alloyfmt(text) == text


@EVERY_ROLE
def test_every_reference_names_a_component_of_the_configuration(role: Role, changes: dict[str, Any]) -> None:
    config = config_of(role=role, **changes)
    components = {f"{name}.{label}" for name, label in re.findall(r'^([a-z0-9_.]+) "(\w+)" \{', config, re.MULTILINE)}
    exports = "receiver|input|output|targets|rules|handler|content"
    references = re.findall(rf"\b((?:discovery|local|loki|otelcol|prometheus)\.[a-z0-9_.]+)\.(?:{exports})\b", config)
    assert references
    assert set(references) <= components


PROMISED: dict[str, dict[str, Any]] = {
    "discovery.relabel.pod.output": {},
    "discovery.relabel.source_NAME.output": {
        "sources": {"far-away": {"kind": "containers"}},
        "pipelines": {"containers": {"sources": ["far-away"]}},
    },
    "discovery.relabel.docker_default.output": {"pipelines": {"host": {"signal": "logs", "sources": ["docker"]}}},
    "discovery.relabel.docker_source_NAME.output": {
        "sources": {"far-away": {"kind": "docker"}},
        "pipelines": {"host": {"signal": "logs", "sources": ["far-away"]}},
    },
    "loki.write.endpoint.receiver": {},
    "loki.write.destination_loki.receiver": {
        "logs_push_url": "https://loki.example.org/loki/api/v1/push",
        "logs_otlp_url": "https://loki.example.org/otlp",
        "logs_client": {"tenant": "shop"},
    },
    "loki.write.destination_NAME.receiver": {
        "destinations": {"far-away": {"kind": "loki", "url": "https://loki.example.org"}},
        "pipelines": {"containers": {"destinations": ["far-away"]}},
    },
    "prometheus.remote_write.metrics.receiver": {
        "metrics_otlp_url": "",
        "metrics_remote_write_url": "http://prometheus:9090/api/v1/write",
    },
    "prometheus.remote_write.destination_NAME.receiver": {
        "destinations": {"far-away": {"kind": "prometheus", "url": "https://mimir.example.org/api/v1/push"}},
        "pipelines": {"metrics": {"destinations": ["far-away"]}},
    },
    "otelcol.processor.memory_limiter.default.input": {},
}
"""What raw configuration can refer to, and arguments with which it is there."""


def documented_exports() -> set[str]:
    """Return the exports that docs/collection.md promises."""
    section = (ROOT / "docs" / "collection.md").read_text().partition("## Raw configuration\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {export for row in rows for export in re.findall("`([^`]+)`", row)}


def test_raw_configuration_can_refer_to_what_the_docs_promise() -> None:
    assert documented_exports() == set(PROMISED)
    for export, changes in PROMISED.items():
        name, label = export.replace("NAME", "far_away").rpartition(".")[0].rsplit(".", 1)
        assert re.search(rf'^{re.escape(name)} "{label}" \{{', config_of(**changes), re.MULTILINE), export


def test_the_stack_docker_refers_to_nothing_else() -> None:
    referred = set(re.findall(r"\b(?:discovery|loki|otelcol|prometheus)(?:\.\w+){3,}", RAW))
    assert referred and referred <= documented_exports()


@EVERY_ROLE
def test_every_component_but_the_sources_receives_from_another(role: Role, changes: dict[str, Any]) -> None:
    config = config_of(role=role, **changes)
    components = {f"{name}.{label}" for name, label in re.findall(r'^([a-z0-9_.]+) "(\w+)" \{', config, re.MULTILINE)}
    unused = {name for name in components if f"{name}." not in config}
    assert {re.sub(r"\.\w+$", "", name) for name in unused} <= {
        "loki.source.file",
        "loki.source.journal",
        "loki.source.kubernetes",
        "loki.source.kubernetes_events",
        "loki.source.syslog",
        "loki.source.docker",
        "otelcol.receiver.jaeger",
        "otelcol.receiver.otlp",
        "otelcol.receiver.zipkin",
        "prometheus.scrape",
    }


def test_only_lines_from_files_have_the_runtimes_prefix_taken_off() -> None:
    assert "stage.cri" in config_of()
    assert "stage.cri" not in config_of(log_source="api"), "the API server has taken the prefix off already"


def test_a_reader_of_files_discovers_only_its_own_node() -> None:
    selector = component(config_of(), 'discovery.kubernetes "pod"')
    assert '"spec.nodeName=" + coalesce(sys.env("HOSTNAME"), constants.hostname)' in selector


def test_readers_through_the_api_share_the_pods_among_them() -> None:
    config = config_of(log_source="api")
    assert "selectors" not in component(config, 'discovery.kubernetes "pod"')
    assert re.search(r"clustering \{\s+enabled = true", component(config, 'loki.source.kubernetes "pod"'))


def test_trace_ids_of_json_lines_become_structured_metadata_and_never_labels() -> None:
    config = config_of()
    stages = component(config, 'loki.process "pod"')
    for field in ("trace_id", "span_id", "TraceId", "SpanId"):
        assert re.search(rf"stage\.json \{{[^}}]*\b{field}\b", stages)
        assert re.search(rf"stage\.structured_metadata \{{[^}}]*\b{field}\b", stages)
        assert field not in log_labels(telemetry_spec())
    assert "stage.labels" not in config
    assert "instance" not in config_of(log_source="api").replace('values = ["instance"]', "")


def test_lines_wait_for_loki_instead_of_being_given_up() -> None:
    assert "max_backoff_retries = 0" in component(config_of(), 'loki.write "endpoint"')


def test_the_paths_of_static_pods_come_from_the_hash_of_their_manifest() -> None:
    rules = re.findall(r"rule \{.*?\n\t\}", component(config_of(), 'discovery.relabel "pod"'), re.DOTALL)
    paths = [rule for rule in rules if '"__path__"' in rule]
    assert ["pod_uid" in rule for rule in paths] == [True, False]
    assert "kubernetes_io_config_hash" in paths[1], "it overrides the path of the uid where there is such a hash"


@pytest.mark.parametrize(
    ("endpoint", "name", "plain"),
    [
        ("tempo.tracing:4317", "otelcol.exporter.otlp", True),
        ("http://tempo.tracing:4318", "otelcol.exporter.otlphttp", False),
        ("https://tempo.tracing:4318", "otelcol.exporter.otlphttp", False),
    ],
)
def test_the_notation_of_the_trace_endpoint_chooses_the_protocol(endpoint: str, name: str, plain: bool) -> None:
    exporter = component(config_of(traces_otlp_endpoint=endpoint), f'{name} "tempo"')
    assert f'endpoint = "{endpoint}"' in exporter
    assert ("insecure = true" in exporter) is plain


def test_a_signal_without_a_backend_is_not_received() -> None:
    receiver = component(config_of(metrics_otlp_url=""), 'otelcol.receiver.otlp "default"')
    assert "traces" in receiver
    assert "metrics" not in receiver


def test_a_store_without_otlp_is_written_to_by_remote_write() -> None:
    url = "https://aps.example.org/workspaces/ws-0/api/v1/remote_write"
    config = config_of(metrics_otlp_url="", metrics_remote_write_url=url)
    for source in ('otelcol.receiver.otlp "default"', 'otelcol.processor.batch "default"'):
        assert "metrics" in component(config, source)
    assert "otelcol.exporter.prometheus.metrics.input" in component(config, 'otelcol.processor.batch "default"')
    converted = component(config, 'otelcol.exporter.prometheus "metrics"')
    assert re.search(r"forward_to\s+= \[prometheus.remote_write.metrics.receiver\]", converted)
    assert "resource_to_telemetry_conversion = true" in converted, "else no series names its pod"
    assert f'url = "{url}"' in component(config, 'prometheus.remote_write "metrics"')
    assert 'otelcol.exporter.otlphttp "prometheus"' not in config


def test_the_tenant_goes_with_logs_on_both_ways() -> None:
    config = config_of(logs_tenant="acme")
    assert 'tenant_id           = "acme"' in component(config, 'loki.write "endpoint"')
    assert '"X-Scope-OrgID" = "acme"' in component(config, 'otelcol.exporter.otlphttp "loki"')


def test_a_label_value_cannot_leave_its_string() -> None:
    config = config_of(cluster='a"), drop() where ("b')
    assert '\\"a\\\\\\"), drop() where (\\\\\\"b\\"' in component(config, 'otelcol.processor.transform "default"')
    assert 'cluster = "a\\"), drop() where (\\"b"' in component(config, 'loki.process "pod"')


def test_the_memory_limiter_acts_before_the_container_is_killed() -> None:
    attributes = memory_limiter(telemetry_spec(memory_limit="1Gi"), Role.AGENTS, "default", {}).attributes
    assert attributes["limit"] == "819MiB"


@ALL
def test_every_label_that_the_configuration_sets_is_reported(changes: dict[str, Any]) -> None:
    config, labels = config_of(**changes), set(log_labels(telemetry_spec(**changes)))
    relabelling = "".join(
        re.findall(r'^discovery\.relabel "(?:pod|source_\w+)" .*?^}', config, re.MULTILINE | re.DOTALL)
    )
    targets = set(re.findall(r'target_label\s+= "(\w+)"', relabelling)) - {"__path__"}
    stages = component(config, 'loki.process "pod"')
    static = set(re.findall(r"(\w+)\s+= ", re.findall(r"static_labels \{\s+values = \{(.*?)\}", stages, re.DOTALL)[0]))
    parsed = set(re.findall(r'(\w+) = "level"', stages))
    assert targets | static | parsed <= labels
    assert labels - targets - static - parsed <= {"filename", "stream", "service_name", "tier"}


def test_the_lines_of_a_namespace_go_to_its_tenant_and_all_others_to_the_default_one() -> None:
    config = config_of(logs_tenant="ops", namespace_tenants={"shop": "team-a", "cart": "team-a", "search": "team-b"})
    stages = component(config, 'loki.process "pod"')
    matches = re.findall(r'selector = "(.*)"\n\n\t\tstage\.tenant \{\n\t\t\tvalue = "(.*)"', stages)
    assert matches == [
        (r"{namespace=~\"cart|shop\"}", "team-a"),
        (r"{namespace=~\"search\"}", "team-b"),
    ]
    assert 'tenant_id           = "ops"' in component(config, 'loki.write "endpoint"')
    assert '"X-Scope-OrgID" = "ops"' in component(config, 'otelcol.exporter.otlphttp "loki"')


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({"logs_tenant": "a|b"}, "use no other characters"),
        ({"logs_tenant": "a", "namespace_tenants": {"shop": ".."}}, "must not be . or .."),
        (
            {"logs_tenant": "a", "namespace_tenants": {"Shop": "b"}},
            'namespace_tenants.Shop.[key] = "Shop": must be at most 63',
        ),
        ({"namespace_tenants": {"shop": "a"}}, 'namespace_tenants = {"shop": "a"}: requires logs_tenant'),
    ],
)
def test_a_tenant_that_loki_would_refuse_stops_the_preview(args: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        telemetry_spec(**args)
    assert sentence in str(raised.value)
