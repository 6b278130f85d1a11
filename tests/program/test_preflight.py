"""What only a component knows to be wrong is reported with everything else, before anything is created."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.charts import LOKI, TEMPO
from config import Settings
from tests.checkout import ROOT
from tests.program.programs import record_stack, refused
from tools.program import record
from tools.program.stacks import program_of
from wiring import component_errors
from wiring.planned_components import PlannedComponent, planned_components


def test_problems_of_several_components_are_one_report() -> None:
    message = refused(
        retention={"logs": "1h"}, logging={"replicas": 2, "replication_factor": 3}, tracing={"replicas": 2}
    )
    assert message.startswith("the settings of stack test have 3 problems;")
    assert 'observability:retention.logs = "1h": ' in message
    assert "observability:tracing.replicas = 2" in message
    assert "replication_factor = 3" in message


def test_everything_that_is_wrong_with_the_collection_is_one_report() -> None:
    message = refused(
        logging={"tenants": ["a", "b"]},
        telemetry={
            "logs_tenant": "a",
            "namespace_tenants": {"shop": "team-x"},
            "queue_size": "1Gi",
            "storage_host_path": "",
            "extra_labels": {f"label_{number}": "x" for number in range(8)},
            "sources": {"shop": {"kind": "containers", "namespaces": ["shop"]}},
            "processors": {
                "ahead": {"kind": "drop", "pattern": "(?=x)"},
                "lines": {"kind": "multiline", "pattern": "^x"},
                "health": {"kind": "drop", "pattern": "/health"},
            },
            "pipelines": {
                "containers": {"processors": ["health", "lines"]},
                "more": {"signal": "logs", "sources": ["shop"], "processors": ["ahead"]},
                "traces": {"processors": ["tail_sampling"]},
            },
        },
    )
    assert message.startswith("the settings of stack test have 7 problems;")
    places = {
        "namespace_tenants.shop": "must be one of logging.tenants",
        "processors.ahead.pattern": "must be a regular expression of RE2, and invalid perl operator: (?=",
        "pipelines.containers.processors[1]": "must be the first processor",
        "pipelines.more": "sends the logs of shop to loki, as containers does: each is stored twice",
        "pipelines.traces.processors[0]": "requires gateway",
        "queue_size": "requires a directory of the node",
        "extra_labels": "container logs must have at most 15 index labels",
    }
    for place, sentence in places.items():
        assert re.search(rf"observability:telemetry\.{re.escape(place)} = [^\n]*: {re.escape(sentence)}", message), (
            place
        )


def test_a_queue_of_a_gateway_without_a_volume_is_refused_with_the_command_that_adds_one() -> None:
    traces = {"traces": {"processors": ["tail_sampling"]}}
    message = refused(telemetry={"queue_size": "1Gi", "gateway": {"replicas": 2}, "pipelines": traces})
    assert 'observability:telemetry.queue_size = "1Gi": requires gateway.volume_size' in message
    assert "pulumi config set --path observability:telemetry.gateway.volume_size 10Gi --stack test" in message


def test_a_native_histogram_of_an_application_needs_a_prometheus_that_scrapes_them() -> None:
    declared = {"orders_seconds": {"type": "native-histogram"}}
    message = refused(metrics={"native_histograms": False}, alerting={"application_metrics": declared})
    place = "observability:alerting.application_metrics.orders_seconds.type"
    assert f'{place} = "native-histogram": requires metrics.native_histograms' in message
    assert "pulumi config set --path observability:metrics.native_histograms true --stack test" in message


def test_each_is_at_the_setting_it_comes_from_with_the_command_that_sets_it() -> None:
    message = refused(retention={"logs": "1h"})
    assert "pulumi config set --path observability:retention.logs 24h --stack test" in message


def test_a_chart_missing_in_the_directory_is_reported_with_its_paths(tmp_path: Path) -> None:
    message = refused(charts={"directory": str(tmp_path)})
    assert f"{tmp_path}/loki-{LOKI.default_version}" in message
    assert f"{tmp_path}/tempo-{TEMPO.default_version}" in message


def test_a_chart_directory_of_the_environment_is_overruled_in_the_stack_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OBSERVABILITY_CHARTS", str(tmp_path))
    message = refused()
    assert f"{tmp_path}/loki-{LOKI.default_version}" in message
    assert "pulumi config set --path observability:charts.directory '' --stack test" in message
    assert "pulumi config rm" not in message


def test_a_limit_under_the_request_names_the_request_and_the_limit() -> None:
    message = refused(telemetry={"memory_limit": "200Mi"})
    assert "observability:telemetry.memory_" in message
    assert "256Mi" in message and "200Mi" in message


def test_a_chart_version_that_is_not_supported_is_refused_with_those_that_are() -> None:
    message = refused(logging={"chart_version": "7.0.0"})
    assert 'observability:logging.chart_version = "7.0.0"' in message
    assert ", ".join(LOKI.versions) in message


def test_a_bucket_name_that_the_store_refuses_is_found_before_it_is_asked() -> None:
    store = {"kind": "external", "endpoint": "https://s3.example.org", "shared_bucket": "Acme_Logs"}
    secret = {
        f"{purpose}_{key}": {"secure": "v1:x"}
        for purpose in ("logs", "traces")
        for key in ("access_key_id", "secret_access_key")
    }
    message = refused(storage=store, **secret)
    assert "have 1 problem;" in message
    assert 'observability:storage.shared_bucket = "Acme_Logs": ' in message
    assert "observability:storage.shared_bucket '<shared_bucket>'" in message


def test_keys_in_plain_text_are_reported_once() -> None:
    store = {"kind": "external", "endpoint": "https://s3.example.org", "shared_bucket": "acme"}
    message = refused(storage=store, logs_access_key_id="AKIA", traces_access_key_id={"secure": "v1:x"})
    assert message.startswith("the settings of stack test have 3 problems;")
    assert "storage.credentials:" not in message


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("observabilty:cluster", "is not used; did you mean observability:cluster?"),
        ("Observability:logging", "is not used; did you mean observability:logging?"),
        ("kubernetes:context", "set observability:cluster.context"),
    ],
)
def test_a_setting_that_nothing_reads_is_refused(key: str, sentence: str) -> None:
    message = refused(**{key: "x"})
    assert f"{key}: " in message and sentence in message
    assert f"pulumi config rm {key} --stack test" in message


def test_the_settings_of_other_packages_are_left_to_them() -> None:
    record_stack({"acme:team": "platform", "observability:cluster": {"name": "dev"}}, preview=False)


def test_the_command_for_one_wrong_rule_leaves_the_others() -> None:
    def file(**rule: str) -> str:
        return json.dumps({"groups": [{"name": "g", "rules": [{"alert": "A", **rule}]}]})

    rules = {"sound.yaml": file(expr="vector(1)"), "wrong.yaml": file(), "other.yaml": file(expr="vector(1)")}
    message = refused(logging={"rules": rules, "ruler": True, "alertmanager_url": "http://alertmanager:9093"})
    assert "wrong.yaml" in message
    assert "pulumi config rm --path 'observability:logging.rules[\"wrong.yaml\"]' --stack test" in message


INGRESS = {"kind": "traefik", "domain": "obs.example.org"}


def test_what_a_route_would_refuse_is_reported_before_anything_is_created() -> None:
    message = refused(ingress={**INGRESS, "entry_points": []})
    assert "observability:ingress.entry_points = []: " in message and "have 1 problem;" in message


def test_a_duplicate_datasource_uid_is_reported_before_anything_is_created() -> None:
    message = refused(datasources={"metrics_uid": "loki"})
    assert 'observability:datasources.metrics_uid = "loki": ' in message
    assert "pulumi config rm --path observability:datasources.metrics_uid" in message


def test_a_prefix_that_no_role_can_have_is_reported_once_for_both_roles() -> None:
    store = {"kind": "aws", "account_id": "123456789012", "buckets": {"logs": "acme-logs", "traces": "acme-traces"}}
    message = refused(storage={**store, "role_prefix": "a b"})
    assert 'observability:storage.role_prefix = "a b": must be letters, digits and _+=,.@-' in message
    assert "have 1 problem;" in message, "the roles of Loki and Tempo are named alike"


GENERATED = {"ClientLogin", "GatewayLogins", "CacheAccess"}
"""The components without an argument from the stack file."""


@pytest.mark.parametrize("stack", sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")))
def test_every_component_of_a_stack_is_checked_first(stack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def noted(settings: Settings) -> Iterator[PlannedComponent]:
        for component in planned_components(settings):
            checked.append(component.name)
            yield component

    monkeypatch.setattr(component_errors, "planned_components", noted)
    recording = record(program_of(ROOT, stack), preview=True, stack=stack)
    created = [
        resource.type.rpartition(":")[2] for resource in recording.resources if "observability:index:" in resource.type
    ]
    assert sorted(name for name in created if name not in GENERATED) == sorted(checked)


EXTERNAL = {"kind": "external", "endpoint": "https://s3.example.org", "credentials": {"logs": "l", "traces": "t"}}


@pytest.mark.parametrize(
    ("areas", "parts"),
    [
        (
            {"storage": {**EXTERNAL, "shared_bucket": "My_Bucket"}},
            ['storage.shared_bucket = "My_Bucket": ', "observability:storage.shared_bucket '<shared_bucket>'"],
        ),
        (
            {"logging": {"replicas": 2, "replication_factor": 3}},
            ["logging.replication_factor = 3: ", "set --path observability:logging.replication_factor 2 "],
        ),
        (
            {"logging": {"schema_entries": [{"from": "2025-01-01"}, {"from": "2024-01-01"}]}},
            ['logging.schema_entries = [{"from": "2025-01-01"}', "rm --path 'observability:logging.schema_entries[1]'"],
        ),
        (
            {"telemetry": {"extra_labels": {"bad-label": "x"}}},
            ['extra_labels["bad-label"]: ', "rm --path 'observability:telemetry.extra_labels[\"bad-label\"]'"],
        ),
        (
            {"storage": {**EXTERNAL, "buckets": {"logs": "Bad_", "traces": "acme-traces"}}},
            ['storage.buckets.logs = "Bad_": ', "observability:storage.buckets.logs '<bucket>'"],
        ),
        (
            {"storage": {**EXTERNAL, "shared_bucket": "acme", "prefixes": {"logs": "/x/"}}},
            ['storage.prefixes.logs = "/x/": ', "set --path observability:storage.prefixes.logs x "],
        ),
        (
            {"logging": {"mode": "distributed", "replicas": 4, "ingester_zones": ["a", "b", "c"]}},
            ["logging.ingester_zones = ", "set --path observability:logging.replicas 3 "],
        ),
        (
            {"logging": {"limits": {"ingestion_rate_mb": 10, "ingestion_burst_size_mb": 5}}},
            ["limits.ingestion_burst_size_mb = 5: ", "observability:logging.limits.ingestion_burst_size_mb 10 "],
        ),
        (
            {"logging": {"ruler": True}, "metrics": {"kind": "none"}},
            ["logging.alertmanager_url: is missing", "observability:logging.alertmanager_url '<alertmanager_url>'"],
        ),
        (
            {"storage": {"kind": "filesystem"}, "logging": {"workloads": {"loki": {"replicas": 2}}}},
            ["logging.workloads.loki.replicas = 2: ", "set --path observability:logging.workloads.loki.replicas 1 "],
        ),
        ({"datasources": {"default_uid": "nope"}}, ['default_uid = "nope": ', "rm --path observability:datasources."]),
        (
            {"ingress": {"kind": "traefik", "domain": "obs.example.org", "tls_secret": "A B"}},
            ['ingress.tls_secret = "A B": ', "observability:ingress.tls_secret '<tls_secret>'"],
        ),
    ],
)
def test_a_problem_is_at_its_setting_with_the_command_that_fixes_it(areas: dict[str, Any], parts: list[str]) -> None:
    message = refused(**areas)
    assert "have 1 problem;" in message
    assert all(part in message for part in parts), message


def test_an_existing_middleware_authenticates_for_the_collectors_and_grafana_asks_for_logins_itself() -> None:
    ingress = {**INGRESS, "auth_middleware": {"name": "login", "namespace": "traefik"}}
    record_stack({"observability:ingress": ingress})


def test_what_two_components_refuse_alike_is_reported_once() -> None:
    assert "have 1 problem;" in refused(cluster={"dns_resolver": "Kube DNS"})


def test_an_unknown_aws_region_is_reported_at_its_setting() -> None:
    aws = {"kind": "aws", "account_id": "123456789012", "shared_bucket": "acme"}
    message = refused(**{"storage": aws, "aws:region": "mars"})
    assert 'aws:region = "mars": ' in message
    assert "pulumi config set aws:region '<region>' --stack test" in message


def test_components_are_asked_about_what_is_right_beside_what_is_not() -> None:
    message = refused(retention={"logs": "3x", "traces": "1m"}, load={"query_factor": 2}, tracing={"replicas": 2})
    assert "have 4 problems;" in message
    assert "observability:retention.traces" in message and "observability:tracing.replicas = 2" in message


def test_a_directory_of_charts_that_is_none_is_one_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 'observability:charts.directory = "/nope": ' in refused(charts={"directory": "/nope"})
    monkeypatch.setenv("OBSERVABILITY_CHARTS", "/nope")
    message = refused(logging={})
    assert "have 1 problem;" in message and "OBSERVABILITY_CHARTS" in message
    assert "pulumi config set --path observability:charts.directory ''" in message


@pytest.mark.parametrize(
    ("areas", "sentence"),
    [
        ({"cluster": {"tolerations": [{"kee": "x"}]}}, "kee"),
        ({"cluster": {"image_registry": "https://r.io"}}, 'cluster.image_registry = "https://r.io": '),
        ({"cluster": {"kubernetes_version": "1.28.3"}}, 'cluster.kubernetes_version = "1.28.3": '),
        ({"cluster": {"kubernetes_version": 1.28}}, "cluster.kubernetes_version = 1.28: must be text"),
        (
            {"grafana": {"native_sidecars": True}, "cluster": {"kubernetes_version": "1.28"}},
            "grafana.native_sidecars = true: requires Kubernetes 1.29, and cluster.kubernetes_version is 1.28; ",
        ),
        ({"cluster": {"node_selector": {"a b": "c"}}}, '"a b"'),
        ({"cluster": {"storage_class": "Gp3 X"}}, 'cluster.storage_class = "Gp3 X": '),
        ({"ingress": {**INGRESS, "tls_secret": "Foo Bar"}}, 'ingress.tls_secret = "Foo Bar": '),
        ({"ingress": {**INGRESS, "entry_points": ["a b"]}}, "ingress.entry_points"),
        ({"grafana": {"volume_size": "0"}}, 'grafana.volume_size = "0": '),
        ({"logging": {"replicas": True}}, "logging.replicas = true: "),
        ({"logging": {"memory": "1Mi"}}, 'logging.memory = "1Mi": must be at least 128Mi'),
        (
            {"logging": {"workloads": {"loki": {"memory": "64Mi"}}}},
            'workloads.loki.memory = "64Mi": must be at least 128Mi',
        ),
        ({"demo": {"enabled": "yes"}}, "demo.enabled"),
    ],
)
def test_what_kubernetes_would_refuse_is_reported_at_its_setting(areas: dict[str, Any], sentence: str) -> None:
    message = refused(**areas)
    assert sentence in message
    assert f"observability:{next(iter(areas))}." in message


def test_authentication_is_not_checked_while_what_encrypts_it_is_wrong() -> None:
    message = refused(security={"tls": "certmanager", "authentication": "mtls", "issuer": {"name": "ca"}})
    assert "have 1 problem;" in message and "did you mean cert-manager?" in message


def test_a_rule_on_two_settings_is_reported_at_one_and_fixed_where_possible() -> None:
    message = refused(telemetry={"memory_request": "1Gi", "memory_limit": "128Mi"})
    assert 'telemetry.memory_request = "1Gi": ' in message
    assert "pulumi config set --path observability:telemetry.memory_limit 1Gi" in message
