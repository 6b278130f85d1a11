"""Settings: an empty stack is a laptop, everything wrong is reported at once, each with the command that fixes it."""

import json
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from components.tracing.modes import TEMPO_3_VERSIONS
from config import SettingsError
from config import load as load_settings
from config.storage import AwsStorage, InClusterStorage
from tests.unit.config import stacks
from tests.unit.config.stacks import AWS, EXTERNAL, EXTERNAL_CREDENTIALS, EXTERNAL_METRICS, PRODUCTION, source
from tests.unit.config.stacks import load_whole as load

problems = partial(stacks.problems, load)


def test_a_stack_without_settings_is_for_a_laptop() -> None:
    settings = load(source())
    assert isinstance(settings.storage, InClusterStorage)
    assert settings.logging.mode.value == "monolithic"
    assert settings.metrics.in_stack
    assert settings.grafana.enabled


def test_all_problems_of_all_areas_are_reported_together() -> None:
    message = problems(
        logging={"mode": "huge", "replicas": 0}, retention={"logs": "a month"}, ingress={"kind": "traefik"}
    )
    assert "have 4 problems; nothing was created or changed" in message
    for place in ("logging.mode", "logging.replicas = 0", "retention.logs", "kind traefik requires the domain"):
        assert place in message


def test_a_wrong_value_is_shown_with_the_command_that_sets_a_right_one() -> None:
    message = problems(retention={"logs": "a month"})
    assert 'observability:retention.logs = "a month": ' in message
    assert "pulumi config set --path observability:retention.logs 30d" in message


def test_a_misspelt_setting_is_refused_with_the_nearest_one() -> None:
    message = problems(logging={"replica": 3})
    assert "observability:logging.replica = 3: " in message and "did you mean replicas?" in message
    assert "pulumi config rm --path observability:logging.replica" in message


def test_a_misspelt_setting_deep_in_an_area_is_refused_with_its_path() -> None:
    message = problems(
        ingress={"kind": "traefik", "domain": "a.example", "auth_middleware": {"nam": "x", "namespace": "t"}}
    )
    assert "observability:ingress.auth_middleware.nam" in message
    assert "observability:ingress.auth_middleware.name: is missing" in message


def test_a_misspelt_area_is_refused_with_the_nearest_one() -> None:
    message = problems(loging={})
    assert "observability:loging = {}: " in message and "did you mean logging?" in message


def test_an_area_that_is_no_object_is_refused() -> None:
    assert 'observability:logging = "yes": must be an object' in problems(logging="yes")


@pytest.mark.parametrize("levels", [101, 900, 100_000])
def test_an_area_with_more_levels_than_any_setting_is_refused(levels: int) -> None:
    nested = '{"values":' * levels + "1" + "}" * levels
    message = problems(logging=nested, loging=nested)
    assert "observability:logging = " in message and "docs/reference/settings.md, 100 levels of them at most" in message
    assert "observability:loging = " in message and "unknown setting; did you mean logging?" in message


def test_an_encrypted_value_inside_an_object_is_refused() -> None:
    message = problems(grafana={"volume_size": "1Gi"}, secret=("grafana",))
    assert "observability:grafana: holds an encrypted value" in message


def test_a_secret_in_plain_text_is_refused_without_showing_it() -> None:
    message = problems(storage=EXTERNAL, **{**EXTERNAL_CREDENTIALS, "logs_secret_access_key": "hunter2"})
    assert "observability:logs_secret_access_key: is a secret" in message
    assert "pulumi config set --secret observability:logs_secret_access_key" in message
    assert "hunter2" not in message


def test_a_password_put_beside_the_settings_is_refused_and_its_value_is_not_needed_to_see_why() -> None:
    message = problems(storage={**EXTERNAL, "secret_access_key": "hunter2"}, secret=tuple(EXTERNAL_CREDENTIALS))
    assert "observability:storage.secret_access_key: looks like a secret" in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("users", "sentence"),
    [
        ("admin:plain", "line 1 must be user:hash"),
        ("", "it is empty, and a user must be user:hash"),
        ("alice:{SHA}x\nbob", "line 2 must be user:hash"),
    ],
)
def test_users_that_could_not_log_in_are_refused_before_anything_is_made(users: str, sentence: str) -> None:
    ingress = {"kind": "traefik", "domain": "obs.example.org"}
    message = problems(ingress=ingress, ui_users=users, secret=("ui_users",))
    assert f"observability:ui_users = (hidden): {sentence}" in message
    assert "pulumi config set --secret observability:ui_users" in message
    assert "plain" not in message
    assert "bob" not in message


def test_a_key_with_the_end_of_its_line_is_refused_and_not_shown() -> None:
    message = problems(
        storage=EXTERNAL,
        **{**EXTERNAL_CREDENTIALS, "logs_access_key_id": "AKIA1\n"},
        secret=tuple(EXTERNAL_CREDENTIALS),
    )
    assert "observability:logs_access_key_id = (hidden): " in message
    assert "AKIA1" not in message


def test_a_notification_is_not_repeated_after_alertmanager_forgot_it() -> None:
    receivers = {"pager": {"kind": "webhook", "url": "http://pager.tools/alerts"}}
    routes = {"critical": {"matchers": ["severity=critical"], "repeat_interval": "6d"}}
    message = problems(alerting={"receivers": receivers, "repeat_interval": "7d", "routes": routes})
    for place in ('alerting.repeat_interval = "7d": ', 'alerting.routes.critical.repeat_interval = "6d": '):
        assert f"observability:{place}must be at most alertmanager.retention, 5d" in message
    assert "pulumi config set --path observability:alerting.alertmanager.retention 7d" in message
    kept = {"receivers": receivers, "repeat_interval": "7d", "alertmanager": {"retention": "7d"}}
    assert load(source(alerting=kept)).alerting.repeat_interval == "7d"


def test_an_external_store_needs_credentials_or_existing_secrets() -> None:
    message = problems(storage=EXTERNAL)
    assert message.count("is missing: ") == 4
    assert "storage.credentials.logs" in message
    named = {**EXTERNAL, "credentials": {"logs": "loki-s3", "traces": "tempo-s3"}}
    assert load(source(storage=named)).configured_secrets == frozenset()


def test_credentials_that_nothing_uses_are_refused() -> None:
    message = problems(logs_access_key_id="x", secret=("logs_access_key_id",))
    assert "observability:logs_access_key_id: is not used: storage.kind in-cluster" in message
    assert "pulumi config rm observability:logs_access_key_id --stack" in message


def test_buckets_and_a_shared_bucket_exclude_each_other() -> None:
    message = problems(storage={**AWS, "shared_bucket": "acme"}, region="eu-west-1")
    assert 'observability:storage.shared_bucket = "acme": ' in message
    assert "pulumi config rm --path observability:storage.shared_bucket" in message


def test_every_purpose_needs_its_bucket() -> None:
    message = problems(storage={**AWS, "buckets": {"logs": "acme-logs"}}, region="eu-west-1")
    assert "observability:storage.buckets.traces: is missing" in message
    assert "observability:storage.buckets.traces '<traces-bucket>'" in message


def test_aws_needs_a_region_and_a_whole_account_number() -> None:
    message = problems(storage={**AWS, "account_id": "42"})
    assert "observability:storage.account_id" in message
    assert "set --path --type string observability:storage.account_id '<account_id>'" in message
    missing = problems(storage=AWS)
    assert "have 1 problem;" in missing and "aws:region: is missing" in missing
    assert "pulumi config set aws:region '<region>'" in missing


def test_a_plain_secret_key_of_aws_is_refused_and_an_encrypted_one_is_not() -> None:
    stack = source(region="eu-west-1", storage=AWS)
    with pytest.raises(SettingsError, match="aws:secretKey: is a secret") as raised:
        load(replace(stack, aws={"region": False, "accessKey": False, "secretKey": False}))
    assert "pulumi config set --secret aws:secretKey" in str(raised.value)
    assert load(replace(stack, aws={"region": False, "accessKey": False, "secretKey": True}))


def test_a_setting_of_aws_that_nothing_reads_is_refused_with_what_to_use() -> None:
    with pytest.raises(SettingsError, match="aws:profile: is not used") as raised:
        load(replace(source(region="eu-west-1", storage=AWS), aws={"profile": False}))
    assert "AWS_PROFILE" in str(raised.value)


def test_irsa_needs_the_issuer_of_the_cluster() -> None:
    message = problems(storage={**AWS, "identity": "irsa"}, region="eu-west-1")
    assert "observability:storage.oidc_issuer: is missing" in message
    assert "aws eks describe-cluster" in message and "observability:storage.oidc_issuer '<oidc_issuer>'" in message


def test_an_unknown_kind_of_store_is_refused_with_those_there_are() -> None:
    assert "must be one of in-cluster, minio, filesystem, external, aws" in problems(storage={"kind": "gcs"})


def test_a_plain_volume_holds_one_pod_of_each_signal() -> None:
    filesystem = {"kind": "filesystem"}
    assert load(source(storage=filesystem)).storage.kind == "filesystem"
    message = problems(storage=filesystem, logging={"replicas": 3}, tracing={"mode": "distributed"})
    assert "have 2 problems;" in message
    assert "observability:logging.replicas = 3: store filesystem" in message
    assert "pulumi config set --path observability:logging.replicas 1 --stack" in message
    assert 'observability:tracing.mode = "distributed": ' in message
    assert "pulumi config set --path observability:tracing.mode monolithic --stack" in message


def test_a_size_of_a_cache_that_valkey_replaces_is_refused() -> None:
    message = problems(caching={"kind": "valkey"}, logging={"chunks_cache_mib": 1024})
    assert "observability:logging.chunks_cache_mib = 1024: is not used" in message
    assert load(source(caching={"kind": "valkey", "size_mib": 2048})).caching.size_mib == 2048


def test_minio_has_a_bucket_for_every_purpose_or_its_defaults() -> None:
    assert load(source(storage={"kind": "minio"})).storage.kind == "minio"
    message = problems(storage={"kind": "minio", "buckets": {"logs": "chunks"}})
    assert "observability:storage.buckets.traces: is missing" in message and "have 1 problem;" in message


def test_what_guards_buckets_is_not_set_for_those_of_others() -> None:
    existing = {**AWS, "create_buckets": False}
    assert load(source(storage=existing, region="eu-west-1"))
    message = problems(storage={**existing, "versioning": True}, region="eu-west-1")
    assert "observability:storage.versioning = true: " in message
    assert "pulumi config rm --path observability:storage.versioning" in message


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"remote_write_url": None}, "kind external requires remote_write_url"),
        ({"remote_write_url": "http://p:9090/write?api_key=hunter2"}, "must not have a secret in its path or query"),
        ({"otlp_url": "http://p:9090/api/v1/otlp?a=b"}, "must not have a query; set the plain address"),
        ({"kind": "none", "remote_write_url": None, "query_url": None}, "otlp_url"),
        ({"provision_datasource": True, "query_url": None}, "provision_datasource requires query_url"),
        ({"otlp_url": "prometheus:9090"}, "must be a URL; use http:// or https://"),
        ({"kind": "none"}, "must not be set with kind none"),
        ({"query_url": None}, "the stack's own Grafana requires it"),
    ],
)
def test_the_addresses_of_an_external_metrics_store_are_checked_for_their_form(
    change: dict[str, Any], sentence: str
) -> None:
    assert sentence in problems(metrics={**EXTERNAL_METRICS, **change})


@pytest.mark.parametrize(
    "addresses",
    [
        {"remote_write_url": "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-0/api/v1/remote_write"},
        {"remote_write_url": "https://prometheus-prod-01-eu-west-0.grafana.net/api/prom/push"},
        {"remote_write_url": "https://m.eastus-1.ingest.monitor.azure.com/api/v1/write?api-version=2023-04-24"},
        {"remote_write_url": "http://vminsert:8480/insert/0/prometheus/api/v1/write?extra_label=env=dev"},
        {"remote_write_url": "https://gateway.example.org/metrics-in", "otlp_url": "https://gateway.example.org"},
        {"query_url": "https://monitoring.googleapis.com/v1/projects/acme/location/global/prometheus"},
        {"query_url": "https://gateway.example.org/api/v1/tenants/acme"},
    ],
)
def test_a_store_of_metrics_may_be_at_any_path_and_take_remote_write_only(addresses: dict[str, str]) -> None:
    only_written = {key: value for key, value in EXTERNAL_METRICS.items() if key != "otlp_url"}
    metrics = load(source(metrics={**only_written, **addresses}, grafana={"namespace": "grafana"})).metrics
    assert {key: getattr(metrics, key) for key in addresses} == addresses


def test_credentials_in_an_address_are_refused_and_not_shown() -> None:
    message = problems(metrics={**EXTERNAL_METRICS, "otlp_url": "http://user:hunter2@p:9090/api/v1/otlp"})
    assert "observability:metrics.otlp_url" in message and "credentials" in message
    assert "hunter2" not in message


@pytest.mark.parametrize("host", ["prometheus.monitoring", "prometheus.monitoring.svc.cluster.local"])
def test_no_namespace_of_the_external_metrics_stack_is_taken_over(host: str) -> None:
    metrics = {**EXTERNAL_METRICS, "query_url": f"http://{host}:9090"}
    message = problems(metrics=metrics)
    assert 'observability:grafana.namespace = "monitoring": ' in message
    assert "pulumi config set --path observability:grafana.namespace grafana" in message
    assert load(source(metrics=metrics, grafana={"namespace": "grafana"})).grafana.namespace == "grafana"
    assert load(source(metrics={**metrics, "query_url": None}, grafana={"enabled": False})).metrics


def test_an_external_metrics_stack_outside_the_cluster_has_no_namespace_to_take_over() -> None:
    urls = {
        name: url.replace("prometheus.monitoring", "a.monitoring.example") for name, url in EXTERNAL_METRICS.items()
    }
    assert load(source(metrics=urls)).grafana.namespace == "monitoring"


def test_production_names_its_cluster() -> None:
    assert "environment production requires" in problems(cluster={"environment": "production"})


@pytest.mark.parametrize("area", ["logging", "tracing", "telemetry", "metrics", "grafana", "demo", "storage"])
@pytest.mark.parametrize("namespace", ["default", "kube-system"])
def test_a_stack_does_not_take_over_a_namespace_of_the_cluster(area: str, namespace: str) -> None:
    asked: dict[str, Any] = {area: {"namespace": namespace, **({"enabled": True} if area == "demo" else {})}}
    message = problems(**asked)
    assert f'observability:{area}.namespace = "{namespace}": ' in message
    assert "cluster.existing_namespaces" in message
    assert f"pulumi config rm --path observability:{area}.namespace --stack" in message, "it has a default"
    assert load(source(cluster={"name": "c", "existing_namespaces": [namespace]}, **asked)), "as it leaves it be then"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"storage": {}}, "observability:storage.replicas = 1: must be at least 2 with environment production; set 3"),
        ({"storage": {"kind": "minio"}}, 'observability:storage.kind = "minio": '),
        ({"storage": {**AWS, "protect": False}}, "observability:storage.protect = false: "),
        ({"metrics": {}}, "observability:metrics.replicas = 1: "),
        ({"logging": {}}, "observability:logging.replicas = 1: "),
        (
            {"logging": {"mode": "simple-scalable", "workloads": {"write": {"replicas": 1}}}},
            "observability:logging.workloads.write.replicas = 1: ",
        ),
        ({"tracing": {}}, 'observability:tracing.mode = "monolithic": '),
        ({"tracing": {"mode": "distributed"}}, "observability:tracing.replicas = 1: "),
    ],
)
def test_production_refuses_a_single_replica_of_what_holds_data(change: dict[str, Any], place: str) -> None:
    message = problems(**{**PRODUCTION, **change}, region="eu-west-1")
    assert place in message
    assert "with environment production" in message


def test_production_keeps_its_data_in_the_cluster_on_several_servers_alone() -> None:
    one = problems(**{**PRODUCTION, "storage": {"kind": "in-cluster"}})
    assert "observability:storage.replicas = 1: " in one and "observability:storage.replicas 3" in one
    several: dict[str, Any] = {**PRODUCTION, "storage": {"kind": "in-cluster", "replicas": 3}}
    assert load(source(**several)).cluster.production


def test_a_broker_holds_the_spans_of_a_production_stack_in_place_of_ingesters() -> None:
    kafka = {"mode": "distributed", "chart_version": TEMPO_3_VERSIONS[0], "kafka_address": "kafka.messaging:9092"}
    areas: dict[str, Any] = {**PRODUCTION, "tracing": kafka}
    assert load(source(**areas, region="eu-west-1")).tracing.partitions is None


def test_a_production_stack_in_three_copies_passes() -> None:
    areas: dict[str, Any] = dict(PRODUCTION)
    settings = load(source(region="eu-west-1", **areas))
    assert isinstance(settings.storage, AwsStorage)
    assert settings.cluster.production


def test_labels_of_disabled_service_monitors_are_refused() -> None:
    cluster: dict[str, Any] = {"service_monitor_labels": {"release": "kps"}}
    assert "are not used: service_monitors is false" in problems(cluster=cluster, metrics={"kind": "none"})
    assert "are not used: service_monitors is false" in problems(cluster={**cluster, "service_monitors": False})
    assert load(source(cluster={**cluster, "service_monitors": True}, metrics={"kind": "none"})).service_monitors
    assert load(source(cluster=cluster)).service_monitors, "the stack has the operator"


@pytest.mark.parametrize(
    ("logging", "sentence"),
    [
        ({"workloads": {"lokki": {"cpu": "1"}}}, "did you mean loki?"),
        ({"mode": "distributed", "workloads": {"ruler": {"cpu": "1"}}}, "does not run in mode distributed"),
        ({"mode": "simple-scalable", "workloads": {"loki": {}}}, "use read, write, backend, gateway"),
    ],
)
def test_a_workload_that_does_not_run_is_refused_with_its_path(logging: dict[str, Any], sentence: str) -> None:
    found = problems(logging=logging)
    (role,) = logging["workloads"]
    assert f"observability:logging.workloads.{role}" in found and sentence in found
    assert f"pulumi config rm --path observability:logging.workloads.{role} --stack" in found


@pytest.mark.parametrize(
    ("existing", "hint", "command"),
    [
        (
            ["loging"],
            "must be namespaces of areas, and loging are not; did you mean logging?",
            "set --path 'PLACE[0]' logging",
        ),
        (
            ["logging", "kube-system"],
            "must be namespaces of areas, and kube-system are not; there are",
            "set --path 'PLACE[0]' l",
        ),
        (["apps"], "must be namespaces of areas, and apps are not; there are logging, ", "rm --path PLACE"),
        (["demo"], "must be namespaces of areas, and demo are not; there are", "rm --path PLACE"),
    ],
)
def test_an_existing_namespace_that_no_area_has_is_refused(existing: list[str], hint: str, command: str) -> None:
    message = problems(cluster={"existing_namespaces": existing})
    assert f"cluster.existing_namespaces = {json.dumps(existing)}: {hint}" in message
    assert f"pulumi config {command.replace('PLACE', 'observability:cluster.existing_namespaces')}" in message


def test_the_namespace_of_an_area_that_runs_may_exist() -> None:
    assert load(source(cluster={"existing_namespaces": ["demo", "logging"]}, demo={"enabled": True}))


def test_namespaces_of_the_stack_have_no_limits_of_their_own() -> None:
    limits = {"namespace_limits": {"shop": {"samples_per_target": 500}, "tracing": {"samples_per_target": 500}}}
    message = problems(metrics=limits)
    assert "observability:metrics.namespace_limits.tracing: must not be set, as the monitors of the stack" in message
    assert "namespace_limits.shop" not in message


def test_a_misspelt_setting_of_the_engine_is_refused_with_the_right_one() -> None:
    stack = replace(source(), others={"pulumi:disable-default-provider": '["*"]'})
    with pytest.raises(SettingsError, match="have 1 problem") as raised:
        load_settings(stack)
    message = str(raised.value)
    assert (
        "pulumi:disable-default-provider: unknown setting of the engine, which does not read it; did you mean"
        in message
    )
    assert "pulumi config rm pulumi:disable-default-provider --stack test\n" in message
    assert "pulumi config set --path 'pulumi:disable-default-providers[0]' '*' --stack test" in message


@pytest.mark.parametrize("text", ["*", "true", "[]", '["kubernete"]', '{"a": 1}', "[1]", "[" * 100_000])
def test_a_guard_that_disables_nothing_is_refused(text: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(replace(source(), others={"pulumi:disable-default-providers": text}))
    assert 'must be ["*"] or a list of packages such as ["kubernetes"], as otherwise' in str(raised.value)
    assert "pulumi config set --path 'pulumi:disable-default-providers[0]' '*' --stack test" in str(raised.value)


@pytest.mark.parametrize("text", ['["*"]', '["kubernetes", "aws"]', '["kubernetes", "gcp"]'])
def test_settings_of_the_engine_are_taken(text: str) -> None:
    others = {"pulumi:disable-default-providers": text, "pulumi:tags": '{"team": "a"}', "acme:anything": "x"}
    assert load_settings(replace(source(), others=others))


@pytest.mark.parametrize(
    ("areas", "sentence"),
    [
        (
            {"logging": {"chunks_cache_mib": 99999999999}},
            "logging.chunks_cache_mib = 99999999999: must be at most 16777216",
        ),
        (
            {"logging": {"limits": {"query_timeout": "0s"}}},
            'limits.query_timeout = "0s": must be more than 0s; use an interval',
        ),
        (
            {"tracing": {"span_metrics_dimensions": [""]}},
            'span_metrics_dimensions[0] = "": must be a name without',
        ),
        (
            {"tracing": {"service_graph_dimensions": ["a b"]}},
            'service_graph_dimensions[0] = "a b": must be a name',
        ),
        (
            {"logging": {"memory": "65Ti"}},
            'logging.memory = "65Ti": must be at most 64Ti of memory',
        ),
        (
            {"tracing": {"volume_size": "2Pi"}},
            'tracing.volume_size = "2Pi": must be at most 1Pi, as the size of a volume',
        ),
        (
            {"storage": {**EXTERNAL, "endpoint": "https://s3_1.acme"}},
            'storage.endpoint = "https://s3_1.acme": must have a host that is a DNS name or an IP address',
        ),
        (
            {"logging": {"ruler": True, "alertmanager_url": "https://hooks.slack.com/services/T0/B0/abc"}},
            'logging.alertmanager_url = "(hidden)": must not have a secret in its path or query',
        ),
        (
            {"metrics": {**EXTERNAL_METRICS, "query_url": "http://p/?api_key=abc"}},
            'metrics.query_url = "(hidden)": must not have a secret in its path or query; use a URL without one',
        ),
        (
            {"metrics": {**EXTERNAL_METRICS, "query_url": "http://p!:9090"}},
            'metrics.query_url = "http://p!:9090": must have a host',
        ),
        (
            {"metrics": {**EXTERNAL_METRICS, "query_url": "http://${PROM}:9090/api/v1"}},
            "observability:metrics.query_url '<query_url>' --stack test",
        ),
        (
            {"logging": {"values": {"loki": {"compactor": {"delete_request_store": None}}}}},
            "values.loki.compactor.delete_request_store = null: null would remove loki.compactor.delete_request_store, "
            "which arguments set; remove it",
        ),
    ],
)
def test_values_that_make_no_sense_are_refused(areas: dict[str, Any], sentence: str) -> None:
    assert sentence in problems(**areas)
