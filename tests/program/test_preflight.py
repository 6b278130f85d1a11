"""What only a component knows to be wrong is reported with everything else, before anything is created."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import Settings, SettingsError
from tools.program import record
from tools.program.stacks import configured_program, program_of
from wiring import component_errors
from wiring.planned_components import PlannedComponent, planned_components

ROOT = Path(__file__).parents[2]


def problems(**areas: Any) -> str:
    config = {"aws:region": "eu-west-1", **{f"observability:{area}": value for area, value in areas.items()}}
    with pytest.raises(SettingsError) as raised:
        record(configured_program(ROOT, config), preview=True, stack="wrong")
    return str(raised.value)


def test_problems_of_several_components_are_one_report() -> None:
    message = problems(
        retention={"logs": "1h"}, logging={"replicas": 2, "replication_factor": 3}, tracing={"replicas": 2}
    )
    assert message.startswith("the settings of stack wrong have 3 problems; nothing was created or changed")
    assert 'observability:retention.logs = "1h": must be at least 24h' in message
    assert "observability:tracing.replicas = 2" in message
    assert "replication_factor = 3" in message


def test_each_is_at_the_setting_it_comes_from_with_the_command_that_sets_it() -> None:
    message = problems(retention={"logs": "1h"})
    assert "pulumi config set --path observability:retention.logs 24h --stack wrong" in message


def test_a_chart_directory_without_the_chart_says_where_was_looked(tmp_path: Path) -> None:
    message = problems(charts={"directory": str(tmp_path)})
    assert f"chart loki 18.11.0 was not found at {tmp_path}/loki-18.11.0" in message
    assert f"chart tempo 2.2.4 was not found at {tmp_path}/tempo-2.2.4" in message


def test_a_chart_directory_of_the_environment_is_overruled_in_the_stack_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OBSERVABILITY_CHARTS", str(tmp_path))
    message = problems()
    assert f"chart loki 18.11.0 was not found at {tmp_path}/loki-18.11.0" in message
    assert "pulumi config set --path observability:charts.directory '' --stack wrong" in message
    assert "pulumi config rm" not in message


def test_a_limit_under_the_request_names_the_request_and_the_limit() -> None:
    message = problems(telemetry={"memory_limit": "200Mi"})
    assert "memory_request (256Mi) is more than memory_limit (200Mi)" in message


def test_a_chart_version_that_is_not_supported_is_refused_with_those_that_are() -> None:
    message = problems(logging={"chart_version": "7.0.0"})
    assert 'observability:logging.chart_version = "7.0.0"' in message
    assert "18.11.0, 6.51.0" in message


def test_a_bucket_name_that_the_store_refuses_is_found_before_it_is_asked() -> None:
    store = {"kind": "external", "endpoint": "https://s3.example.org", "shared_bucket": "Acme_Logs"}
    secret = {
        f"{purpose}_{key}": {"secure": "v1:x"}
        for purpose in ("logs", "traces")
        for key in ("access_key_id", "secret_access_key")
    }
    message = problems(storage=store, **secret)
    assert "have 1 problem;" in message
    assert 'observability:storage.shared_bucket = "Acme_Logs": is not a bucket name' in message
    assert "observability:storage.shared_bucket '<shared_bucket>'" in message


def test_keys_that_stand_in_plain_text_are_told_of_once() -> None:
    store = {"kind": "external", "endpoint": "https://s3.example.org", "shared_bucket": "acme"}
    message = problems(storage=store, logs_access_key_id="AKIA", traces_access_key_id={"secure": "v1:x"})
    assert message.startswith("the settings of stack wrong have 3 problems;")
    assert "storage.credentials:" not in message


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("observabilty:cluster", "is not used: did you mean observability:cluster?"),
        ("Observability:logging", "is not used: did you mean observability:logging?"),
        ("kubernetes:context", "set observability:cluster.context"),
    ],
)
def test_a_setting_that_nothing_reads_is_refused(key: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as raised:
        record(configured_program(ROOT, {key: "x"}), preview=True, stack="wrong")
    assert f"{key}: " in str(raised.value) and sentence in str(raised.value)
    assert f"pulumi config rm {key} --stack wrong" in str(raised.value)


def test_the_settings_of_other_packages_are_left_to_them() -> None:
    record(configured_program(ROOT, {"acme:team": "platform", "observability:cluster": {"name": "dev"}}), stack="dev")


def test_the_command_for_one_wrong_rule_leaves_the_others() -> None:
    def file(**rule: str) -> str:
        return json.dumps({"groups": [{"name": "g", "rules": [{"alert": "A", **rule}]}]})

    rules = {"sound.yaml": file(expr="vector(1)"), "wrong.yaml": file(), "other.yaml": file(expr="vector(1)")}
    message = problems(logging={"rules": rules, "ruler": True, "alertmanager_url": "http://alertmanager:9093"})
    assert "wrong.yaml" in message
    assert "pulumi config rm --path 'observability:logging.rules[\"wrong.yaml\"]' --stack wrong" in message


INGRESS = {"kind": "traefik", "domain": "obs.example.org"}


def test_what_a_route_would_refuse_is_told_before_anything_is_created() -> None:
    message = problems(ingress={**INGRESS, "entry_points": []})
    assert "observability:ingress.entry_points = []: " in message and "have 1 problem;" in message


def test_a_datasource_with_the_uid_of_another_is_told_before_anything_is_created() -> None:
    message = problems(datasources={"metrics_uid": "loki"})
    assert 'observability:datasources.metrics_uid = "loki": two datasources have the uid loki' in message
    assert "pulumi config rm --path observability:datasources.metrics_uid" in message


def test_a_name_of_a_role_that_is_too_long_is_told_at_the_name_of_the_cluster() -> None:
    store = {"kind": "aws", "account_id": "123456789012", "buckets": {"logs": "acme-logs", "traces": "acme-traces"}}
    message = problems(storage=store, cluster={"name": "c" * 61})
    assert f'observability:cluster.name = "{"c" * 61}": names a role ' in message
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
    ("areas", "told"),
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
            {"logging": {"ruler": True}},
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
def test_a_problem_is_at_its_setting_with_the_command_that_fixes_it(areas: dict[str, Any], told: list[str]) -> None:
    message = problems(**areas)
    assert "have 1 problem;" in message
    assert all(part in message for part in told), message


def test_an_existing_middleware_authenticates_for_the_collectors_and_grafana_asks_for_logins_itself() -> None:
    ingress = {**INGRESS, "auth_middleware": {"name": "login", "namespace": "traefik"}}
    record(configured_program(ROOT, {"observability:ingress": ingress}), preview=True, stack="right")


def test_what_two_components_refuse_alike_is_told_once() -> None:
    assert "have 1 problem;" in problems(cluster={"dns_service": "Kube DNS"})


def test_a_region_that_aws_does_not_have_is_told_where_it_is_set() -> None:
    aws = {"kind": "aws", "account_id": "123456789012", "shared_bucket": "acme"}
    config = {"observability:storage": aws, "aws:region": "mars"}
    with pytest.raises(SettingsError) as raised:
        record(configured_program(ROOT, config), preview=True, stack="wrong")
    assert "aws:region = \"mars\": 'mars' must be an AWS region, such as eu-west-1" in str(raised.value)
    assert "pulumi config set aws:region '<region>' --stack wrong" in str(raised.value)


def test_components_are_asked_about_what_is_right_beside_what_is_not() -> None:
    message = problems(retention={"logs": "3x", "traces": "1m"}, load={"query_factor": 2}, tracing={"replicas": 2})
    assert "have 4 problems;" in message
    assert "observability:retention.traces" in message and "observability:tracing.replicas = 2" in message


def test_a_directory_of_charts_that_is_none_is_one_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 'observability:charts.directory = "/nope": there is no directory' in problems(charts={"directory": "/nope"})
    monkeypatch.setenv("OBSERVABILITY_CHARTS", "/nope")
    message = problems(logging={})
    assert "have 1 problem;" in message and "of the environment variable OBSERVABILITY_CHARTS" in message
    assert "pulumi config set --path observability:charts.directory ''" in message


@pytest.mark.parametrize(
    ("areas", "sentence"),
    [
        ({"cluster": {"tolerations": [{"kee": "x"}]}}, "a toleration has no kee"),
        ({"cluster": {"image_registry": "https://r.io"}}, "must be host, port and path of a registry"),
        ({"cluster": {"kubernetes_version": "1.28.3"}}, "must be a minor version of Kubernetes, such as 1.28"),
        ({"cluster": {"kubernetes_version": 1.28}}, "must be text"),
        (
            {"grafana": {"native_sidecars": True}, "cluster": {"kubernetes_version": "1.28"}},
            "requires Kubernetes 1.29, and cluster.kubernetes_version is 1.28: remove it",
        ),
        ({"cluster": {"node_selector": {"a b": "c"}}}, "'a b' is no label"),
        ({"cluster": {"storage_class": "Gp3 X"}}, "'Gp3 X' is no name of an object"),
        ({"ingress": {**INGRESS, "tls_secret": "Foo Bar"}}, "'Foo Bar' is no name of an object"),
        ({"ingress": {**INGRESS, "entry_points": ["a b"]}}, "'a b' is no entry point"),
        ({"grafana": {"volume_size": "0"}}, "'0' is nothing"),
        ({"logging": {"replicas": True}}, "logging.replicas = true: must be a whole number"),
        ({"logging": {"memory": "1Mi"}}, "must be at least 128Mi for Loki to start"),
        (
            {"logging": {"workloads": {"loki": {"memory": "64Mi"}}}},
            'workloads.loki.memory = "64Mi": must be at least 128Mi',
        ),
        ({"demo": {"enabled": "yes"}}, "must be true or false"),
    ],
)
def test_what_kubernetes_or_a_program_would_refuse_is_told_at_its_setting(areas: dict[str, Any], sentence: str) -> None:
    message = problems(**areas)
    assert sentence in message
    assert f"observability:{next(iter(areas))}." in message


def test_authentication_is_not_checked_while_what_encrypts_it_is_wrong() -> None:
    message = problems(security={"tls": "certmanager", "authentication": "mtls", "issuer": {"name": "ca"}})
    assert "have 1 problem;" in message and "did you mean cert-manager?" in message


def test_a_rule_on_two_settings_is_told_where_it_speaks_of_and_mended_where_it_can_be() -> None:
    message = problems(telemetry={"memory_request": "1Gi", "memory_limit": "128Mi"})
    assert 'telemetry.memory_request = "1Gi": memory_request (1Gi) is more than memory_limit (128Mi)' in message
    assert "pulumi config set --path observability:telemetry.memory_limit 1Gi" in message
