"""The report of wrong settings: whatever is right is checked whatever else is wrong, and each fix is one that works."""

import shlex
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from components._shown import shown
from components.charts import LOKI, TEMPO_DISTRIBUTED
from config import SettingsError, load
from config.errors import Problem, set_command, setting_path
from config.settings import AREAS, Settings
from config.storage import STORAGE_KINDS
from tests.unit.config.stacks import AWS, EXTERNAL, problems, source

MODELS = [*(model for name, model in AREAS.items() if name != "storage"), *STORAGE_KINDS.values()]


def fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        yield f"{model.__name__}.{name}", field
        for inner in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from fields(inner)


def test_rules_of_an_area_and_between_areas_run_beside_wrong_fields() -> None:
    message = problems(
        cluster={"environment": "production", "dns_resolver": 5},
        storage={**AWS, "account_id": "42", "protect": False, "shared_bucket": "acme"},
        metrics={"kind": "external", "otlp_url": "nowhere", "query_url": "http://p"},
        logging={"replicas": 1, "mode": "hugh"},
        tracing={"replicas": "x", "receivers": 5},
    )
    for part in (
        "observability:cluster.dns_resolver = 5: must be text",
        "observability:cluster.context: is missing: environment production requires",
        "observability:storage.account_id",
        "observability:storage.protect",
        'observability:metrics.otlp_url = "nowhere"',
        "observability:metrics.remote_write_url: is missing",
        'observability:logging.mode = "hugh"',
        'observability:tracing.mode = "monolithic": must be distributed with environment production',
        'observability:tracing.replicas = "x"',
    ):
        assert part in message
    assert "observability:logging.replicas" not in message, "what the mode decides is not said while the mode is wrong"


def test_what_the_components_find_is_in_the_same_report() -> None:
    def found(settings: Settings) -> list[Problem]:
        assert settings.retention.logs == "744h", "a stand-in"
        assert settings.invalid == {"retention.logs"}
        return [Problem(setting_path("logging", "replicas"), "is odd", "pulumi config rm x")]

    with pytest.raises(SettingsError, match="have 2 problems") as raised:
        load(source(retention={"logs": "3x"}), found)
    assert "observability:logging.replicas: is odd\n      pulumi config rm x --stack test" in str(raised.value)


def test_an_area_that_is_wrong_as_a_whole_decides_nothing() -> None:
    message = problems(storage={"kind": "gcs"}, cluster={"environment": "production", "context": "c"})
    assert 'observability:storage.kind = "gcs"' in message and message.count("observability:storage.kind = ") == 1
    assert "observability:storage.replicas" not in message


def test_wrong_items_are_shown_at_paths_that_pulumi_reads() -> None:
    message = problems(
        logging={"schema_entries": [{"from": "x"}], "workloads": {"query-frontend": {"replicas": 0}}},
        telemetry={"namespace_tenants": {"Bad NS": "a"}},
    )
    assert "'observability:logging.schema_entries[0].from' 2024-01-01 --stack test" in message
    assert "'observability:logging.workloads[\"query-frontend\"].replicas' 3 --stack test" in message
    assert "pulumi config rm --path 'observability:telemetry.namespace_tenants[\"Bad NS\"]'" in message


def test_no_command_replaces_an_area() -> None:
    message = problems(ingress={"kind": "traefik"}, metrics={"kind": "external"}, load={"query_factor": 2})
    commands = [line.strip() for line in message.splitlines() if line.strip().startswith("pulumi config set")]
    assert len(commands) == 4
    assert all("." in command.partition(" observability:")[2].split()[0] for command in commands)


def test_a_misspelt_choice_is_corrected() -> None:
    message = problems(ingress={"kind": "traefic", "domain": "a.example"})
    assert 'ingress.kind = "traefic": must be one of none, traefik; did you mean traefik?' in message
    assert "pulumi config set --path observability:ingress.kind traefik" in message


@pytest.mark.parametrize(
    ("key", "written", "right"),
    [
        ("otlp_url", "p.mon:9090", "http://p.mon:9090/api/v1/otlp"),
        (
            "remote_write_url",
            "aps/workspaces/ws-0/api/v1/remote_write",
            "http://aps/workspaces/ws-0/api/v1/remote_write",
        ),
        ("remote_write_url", "https://me:hunter2@p.mon/push?a=b#top", "https://p.mon/push?a=b"),
        ("remote_write_url", "https://p.mon/write?token=hunter2", "https://p.mon/write"),
        ("otlp_url", "https://p.mon/acme/otlp?a=b", "https://p.mon/acme/otlp"),
        ("query_url", "p.mon:9090/select/0/prometheus", "http://p.mon:9090/select/0/prometheus"),
        ("query_url", "[fd00::1]:9090/prometheus/", "http://[fd00::1]:9090/prometheus"),
        ("query_url", "http://me:hunter2@p.mon:9090", "http://p.mon:9090"),
        ("query_url", "ftp://p.mon", "<query_url>"),
        ("query_url", "http://p.mon:port", "<query_url>"),
    ],
)
def test_the_command_for_a_wrong_address_keeps_its_server(key: str, written: str, right: str) -> None:
    base = "http://p.mon:9090"
    sound = {"remote_write_url": f"{base}/api/v1/write", "otlp_url": f"{base}/api/v1/otlp", "query_url": base}
    message = problems(metrics={"kind": "external", **sound, key: written})
    flags = "--path --type string" if right.startswith("<") else "--path"
    assert f"pulumi config set {flags} observability:metrics.{key} {shlex.quote(right)} --stack test" in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("area", "written", "right"),
    [
        ({"grafana": {"root_url": "example.org/grafana"}}, "example.org/grafana", "https://example.org/grafana"),
        (
            {"logging": {"alertmanager_url": "am.monitoring:9093/alertmanager"}},
            "am.monitoring:9093/alertmanager",
            "http://am.monitoring:9093/alertmanager",
        ),
        (
            {"storage": {**EXTERNAL, "endpoint": "s3.example.org:9000/acme"}},
            "s3.example.org:9000/acme",
            "https://s3.example.org:9000",
        ),
    ],
)
def test_the_command_for_an_address_keeps_its_path_where_the_setting_takes_one(
    area: dict[str, Any], written: str, right: str
) -> None:
    message = problems(**area)
    assert f'= "{written}": must ' in message
    assert f" {right} --stack test" in message


@pytest.mark.parametrize(
    ("key", "written", "path", "right"),
    [
        ("logging.replicas", 3, "observability:logging.replicas", "3"),
        ("logging.mode", "distribted", "observability:logging.mode", "distributed"),
        ("grafana.enabled", "off", "observability:grafana.enabled", "false"),
        ("retention.logs", "30d", "observability:retention.logs", "30d"),
        ("logging.workloads.loki.cpu", "2", "observability:logging.workloads.loki.cpu", "2"),
    ],
)
def test_what_was_set_without_path_is_moved_to_its_path(key: str, written: Any, path: str, right: str) -> None:
    lines = problems(**{key: written}).splitlines()
    assert "was set without --path" in lines[1]
    assert lines[2].strip() == f"pulumi config rm observability:{key} --stack test"
    assert lines[3].startswith("      pulumi config set --path ") and lines[3].endswith(f"{path} {right} --stack test")


@pytest.mark.parametrize("key", ["logging.replicaz", "logging", "loging.replicas", "logging..x", "logging.tls_secret"])
def test_a_key_with_dots_that_leads_to_no_setting_is_removed_as_it_stands(key: str) -> None:
    message = problems(**{key: 3})
    assert "without --path" not in message and "config set" not in message
    assert f"pulumi config rm observability:{key} --stack test" in message


@pytest.mark.parametrize(
    ("areas", "command"),
    [
        ({"cluster": {"tolerations": [{"kee": "x"}]}}, "rm --path 'observability:cluster.tolerations[0]'"),
        (
            {"cluster": {"storage_class": "Gp3 X"}},
            "set --path --type string observability:cluster.storage_class '<storage_class>'",
        ),
        (
            {"security": {"tls": "cert-manager", "issuer": {"kind": "Issuer"}}},
            "set --path --type string observability:security.issuer.name '<name>'",
        ),
        (
            {"grafana": {"admin": {"secret": "grafana"}}},
            "set --path --type string observability:grafana.admin.key '<key>'",
        ),
        (
            {"storage": {**EXTERNAL, "credentials": {"logs": "A B", "traces": "t"}}},
            "set --path --type string observability:storage.credentials.logs '<logs>'",
        ),
    ],
)
def test_a_command_invents_nothing_that_only_the_user_knows(areas: dict[str, Any], command: str) -> None:
    message = problems(**areas)
    assert [line.strip() for line in message.splitlines() if "pulumi config" in line] == [
        f"pulumi config {command} --stack test"
    ]


def test_a_placeholder_is_refused_and_its_command_is_printed_again() -> None:
    message = problems(storage={**AWS, "account_id": "<account_id>"})
    assert 'observability:storage.account_id = "<account_id>": is a placeholder' in message
    assert "set --path --type string observability:storage.account_id '<account_id>' --stack test" in message


@pytest.mark.parametrize(("written", "right"), [("no", "false"), ("Yes", "true"), ("false", "false")])
def test_text_is_removed_before_a_switch_is_set(written: str, right: str) -> None:
    place = "--path observability:grafana.enabled"
    lines = [line.strip() for line in problems(grafana={"enabled": written}).splitlines()]
    assert lines[2:4] == [f"pulumi config rm {place} --stack test", f"pulumi config set {place} {right} --stack test"]


@pytest.mark.parametrize(
    ("area", "key", "written", "right"),
    [
        ("logging", "volume_size", 20, "20Gi"),
        ("logging", "volume_size", "8", "8Gi"),
        ("tracing", "volume_size", 512, "512Gi"),
        ("metrics", "volume_size", 100, "100Gi"),
        ("grafana", "volume_size", 0.5, "5Gi"),
        ("storage", "volume_size", "20", "20Gi"),
        ("logging", "memory", 4, "4Gi"),
        ("logging", "memory", "512", "512Mi"),
        ("telemetry", "memory_limit", 512, "512Mi"),
        ("logging", "cpu", 2, "2"),
        ("retention", "logs", 30, "30d"),
        ("tracing", "max_block_duration", 5, "5m"),
        ("logging", "chart_version", 18.11, LOKI.default_version),
        ("logging", "chart_version", 6.51, LOKI.versions[-1]),
        ("tracing", "chart_version", 2.26, TEMPO_DISTRIBUTED.default_version),
        ("storage", "account_id", 123456789013, "123456789013"),
    ],
)
def test_a_number_without_a_unit_gets_the_one_that_is_meant(area: str, key: str, written: Any, right: str) -> None:
    kind = {"kind": "aws", "shared_bucket": "acme"} if key == "account_id" else {}
    message = problems(**{area: {**kind, key: written}})
    assert f"observability:{area}.{key} {right} --stack" in message
    assert f"rm --path observability:{area}.{key}" not in message


@pytest.mark.parametrize(
    ("written", "sentence", "right"),
    [
        (1.3, "must be text; put it in quotes", "<kubernetes_version>"),
        (1.31, "must be text; put it in quotes", "1.31"),
        ("v1.31", "must be a minor version of Kubernetes; did you mean 1.31?", "1.31"),
        ("1.31.2", "must be a minor version of Kubernetes; did you mean 1.31?", "1.31"),
        ("v1.31.2-eks-7f9249a", "must be a minor version of Kubernetes; did you mean 1.31?", "1.31"),
        ("1.300", "must be a minor version of Kubernetes; set one such as 1.28", "<kubernetes_version>"),
        ("latest", "must be a minor version of Kubernetes; set one such as 1.28", "<kubernetes_version>"),
    ],
)
def test_a_version_of_kubernetes_becomes_its_minor_version_and_never_another_one(
    written: Any, sentence: str, right: str
) -> None:
    message = problems(cluster={"kubernetes_version": written})
    assert f"observability:cluster.kubernetes_version = {shown(written)}: {sentence}\n" in message
    assert f"observability:cluster.kubernetes_version {shlex.quote(right)} --stack test" in message


@pytest.mark.parametrize(
    ("areas", "place", "right"),
    [
        ({"cluster": {"name": 123456789}}, "cluster.name", "<name>"),
        ({"cluster": {"context": 7}}, "cluster.context", "<context>"),
        ({"storage": {**AWS, "account_id": 123456789013}}, "storage.account_id", "123456789013"),
        ({"storage": {**AWS, "account_id": 23456789013}}, "storage.account_id", "<account_id>"),
        ({"logging": {"cpu": 2}}, "logging.cpu", "2"),
    ],
)
def test_a_number_without_quotes_is_set_as_text_where_no_zeros_can_have_been_before_it(
    areas: dict[str, Any], place: str, right: str
) -> None:
    message = problems(**areas)
    assert ": must be text; put it in quotes\n" in message
    assert f"observability:{place} {shlex.quote(right)} --stack test" in message


@pytest.mark.parametrize("area", ["logging", "tracing", "metrics", "grafana", "storage"])
def test_a_volume_under_a_gibibyte_is_refused(area: str) -> None:
    assert 'volume_size = "1023Mi": must be at least 1Gi' in problems(**{area: {"volume_size": "1023Mi"}})


def test_text_where_a_list_belongs_becomes_its_item() -> None:
    message = problems(ingress={"entry_points": "internet, internal"}, logging={"tenants": "ops"})
    assert "'observability:ingress.entry_points[0]' internet --stack" in message
    assert "'observability:ingress.entry_points[1]' internal --stack" in message
    assert "'observability:logging.tenants[0]' ops --stack" in message and "team-" not in message


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ({"kind": "AWS"}, "aws"),
        ({"kind": "Aws"}, "aws"),
        ({"kind": "extern"}, "external"),
        ({"kind": "S3", "endpoint": "https://s3.example.org", "shared_bucket": "acme"}, "external"),
        ({"kind": "S3", "account_id": "123456789012", "shared_bucket": "acme"}, "aws"),
        ({"kind": "S3"}, None),
        ({"kind": "S3", "volume_size": "20Gi"}, None),
    ],
)
def test_a_wrong_kind_of_store_leads_to_the_one_whose_settings_are_written(written: Any, right: str | None) -> None:
    message = problems(storage=written)
    assert "must be one of in-cluster, minio, filesystem, external, aws" in message
    kind = right or "'<kind>'"
    assert f"storage.kind {kind} --stack" in message


def test_an_empty_value_is_reported_with_its_meaning() -> None:
    message = problems(logging={"namespace": None})
    assert "observability:logging.namespace = null: must not be null; remove it, or set a value" in message


def test_a_secret_that_is_plain_and_unused_is_removed_and_changed() -> None:
    message = problems(logs_secret_access_key="hunter2")
    assert "have 1 problem;" in message and "hunter2" not in message
    assert "is not used" in message and "so rotate it" in message


def test_values_are_shown_as_they_are_written_without_secrets() -> None:
    assert shown({"a": [1, True, None], "password": "x"}) == '{"a": [1, true, null], "password": "(hidden)"}'
    assert len(shown("x" * 500)) == 80


@pytest.mark.parametrize(
    ("value", "command"),
    [
        ("30d", "set --path observability:a.b 30d"),
        ("123456789012", "set --path --type string observability:a.b 123456789012"),
        (0.5, "set --path --type float observability:a.b 0.5"),
        (10.0, "set --path observability:a.b 10"),
        ("<account_id>", "set --path --type string observability:a.b '<account_id>'"),
        (True, "set --path observability:a.b true"),
        (["x", "y"], "set --path 'observability:a.b[0]' x\npulumi config set --path 'observability:a.b[1]' y"),
    ],
)
def test_a_command_keeps_the_type_of_its_value(value: Any, command: str) -> None:
    assert set_command(setting_path("a", "b"), value) == f"pulumi config {command}"


@pytest.mark.parametrize("model", MODELS)
def test_every_example_is_right_and_what_has_no_default_has_one(model: type[BaseModel]) -> None:
    for name, field in fields(model):
        kind = name.endswith("Storage.kind")
        assert kind or field.examples or not field.is_required(), name
        for example in () if kind else field.examples or ():
            held: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
            TypeAdapter(held).validate_python(example)
