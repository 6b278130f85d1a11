"""What was probably meant by an unknown setting or a wrong value: suggested where it is near, and nowhere else."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from components._messages import closest
from components._model import Location, called_here, is_placeholder
from components.charts import (
    ALLOY,
    BLACKBOX_EXPORTER,
    GRAFANA_CHART,
    KUBE_PROMETHEUS_STACK,
    LOKI,
    MINIO,
    SEAWEEDFS_CHART,
    TEMPO,
    TEMPO_DISTRIBUTED,
)
from components.charts import VALKEY as VALKEY_CHART
from config.chart_keys import CHART_KEYS
from config.settings import AREAS
from config.storage import STORAGE_KINDS
from config.suggestions import AREAS_OF_OTHERS, RENAMED, SIGNALS, setting_paths
from config.validation import setting_at
from tests.checkout import ROOT
from tests.real_charts import require_files
from tests.unit.config import stacks
from tests.unit.config.stacks import AWS, EXTERNAL, EXTERNAL_METRICS

CHARTS_OF = {
    "logging": (LOKI,),
    "tracing": (TEMPO_DISTRIBUTED, TEMPO),
    "telemetry": (ALLOY,),
    "metrics": (KUBE_PROMETHEUS_STACK,),
    "probes": (BLACKBOX_EXPORTER,),
    "grafana": (GRAFANA_CHART,),
    "caching": (VALKEY_CHART,),
    "storage": (MINIO, SEAWEEDFS_CHART),
}
KIND_OF_STORE: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("kms", "existing", "cluster_name"), AWS),
    "storage_ca": EXTERNAL,
}
problems = stacks.problems


@pytest.mark.parametrize(
    ("area", "key", "value", "meant", "command"),
    [
        ("logging", "replica", 3, "replicas", "logging.replicas 3"),
        ("logging", "retention", "30d", "retention.logs", "retention.logs 30d"),
        ("tracing", "retention", "3d", "retention.traces", "retention.traces 3d"),
        ("metrics", "retention", "3d", "retention.metrics", "retention.metrics 3d"),
        ("retention", "logging", "30d", "logs", "retention.logs 30d"),
        ("retention", "loki", "30d", "logs", "retention.logs 30d"),
        ("logging", "domain", "a.example", "ingress.domain", "ingress.domain a.example"),
        ("grafana", "dns_resolvr", "resolv.conf", "cluster.dns_resolver", "cluster.dns_resolver resolv.conf"),
        ("telemetry", "log_labels", {"a": "b"}, "extra_labels", "telemetry.extra_labels.a b"),
        ("metrics", "datasource_uid", "p", "datasources.metrics_uid", "datasources.metrics_uid p"),
        ("tracing", "prepared_changes", ["cache"], "allow_changes", "'observability:tracing.allow_changes[0]' cache"),
        ("metrics", "username", "a", "metrics.client.basic_auth.username", "metrics.client.basic_auth.username a"),
        ("metrics", "sigv4", {"region": "eu-west-1"}, "metrics.client.sigv4", "metrics.client.sigv4.region eu-west-1"),
        (
            "metrics",
            "headers",
            {"X-Api-Key": {"secret": "a", "key": "b"}},
            "metrics.client.headers",
            "'observability:metrics.client.headers[\"X-Api-Key\"].secret' a",
        ),
        ("metrics", "metrics_client", {"tenant": "a"}, "client", "metrics.client.tenant a"),
        ("logging", "query_timeout", "5m", "logging.limits.query_timeout", "logging.limits.query_timeout 5m"),
        ("logging", "query_timeot", "5m", "logging.limits.query_timeout", "logging.limits.query_timeout 5m"),
        ("cluster", "dns_service", "coredns", "dns_resolver", "cluster.dns_resolver coredns.kube-system"),
        ("cluster", "dns_namespace", "dns", "dns_resolver", "cluster.dns_resolver kube-dns.dns"),
        ("logging", "gateway_ipv6", False, "cluster.ip_families", "'observability:cluster.ip_families[0]' IPv4"),
        ("storage", "kms", True, "encryption", "storage.encryption kms"),
        ("storage", "kms", False, "encryption", "storage.encryption s3"),
        ("storage", "existing", True, "create_buckets", "storage.create_buckets false"),
        ("storage", "cluster_name", "prod", "eks_cluster", "storage.eks_cluster prod"),
        ("storage", "storage_ca", {"secret": "a", "key": "b"}, "ca", "storage.ca.secret a"),
        ("grafana", "admin_secret", "login", "grafana.admin.secret", "grafana.admin.secret login"),
        ("grafana", "admin_secret_key", "password", "grafana.admin.key", "grafana.admin.key password"),
    ],
)
def test_an_unknown_setting_is_named_with_the_one_that_was_meant_and_moved_there(
    area: str, key: str, value: Any, meant: str, command: str
) -> None:
    message = problems(**{area: {**KIND_OF_STORE.get(key, {}), key: value}})
    assert f"observability:{area}.{key}{'' if 'secret' in key else ' = '}" in message
    assert f"unknown setting; did you mean {meant}?\n" in message
    assert f"pulumi config rm --path observability:{area}.{key} --stack test" in message
    assert (
        f"pulumi config set --path {command if '[' in command else f'observability:{command}'} --stack test" in message
    )


@pytest.mark.parametrize(
    ("area", "key", "value", "place"),
    [
        ("logging", "limits_config", {"a": 1}, "logging.values.loki.limits_config"),
        ("logging", "deploymentMode", "x", "logging.values.deploymentMode"),
        ("metrics", "shards", 2, "metrics.values.prometheus.prometheusSpec.shards"),
        ("grafana", "grafana.ini", {"a": 1}, "grafana.values.grafana.ini"),
        ("telemetry", "image_pull_policy", "Always", None),
    ],
)
def test_a_value_of_the_chart_is_named_below_values(area: str, key: str, value: Any, place: str | None) -> None:
    message = problems(**{area: {key: value}})
    hint = f"unknown setting; did you mean {place}, a value of the chart?"
    assert (hint in message) is (place is not None)


def test_a_value_that_the_meant_setting_does_not_take_is_not_set_there() -> None:
    message = problems(logging={"retention": "a month"})
    assert "did you mean retention.logs?" in message and "config set" not in message


def test_a_renamed_setting_takes_the_value_of_another_one_into_account() -> None:
    message = problems(cluster={"dns_service": "coredns", "dns_namespace": "dns"})
    assert message.count("config set --path observability:cluster.dns_resolver coredns.dns") == 2
    assert message.count("config set") == 2


@pytest.mark.parametrize(("area", "key", "value"), [("logging", "gateway_ipv6", True), ("storage", "kms", "yes")])
def test_a_value_that_has_no_form_today_is_only_removed(area: str, key: str, value: Any) -> None:
    message = problems(**{area: {**KIND_OF_STORE.get(key, {}), key: value}})
    assert "did you mean " in message and "config set" not in message


@pytest.mark.parametrize(
    ("areas", "place", "value"),
    [
        ({"security": {"tls": "given"}}, "observability:security.tls", "existing"),
        ({"storage": {"allow_changes": ["shape"]}}, "'observability:storage.allow_changes[0]'", "topology"),
    ],
)
def test_a_renamed_value_is_replaced_by_its_name_today(areas: dict[str, Any], place: str, value: str) -> None:
    message = problems(**areas)
    assert f"; did you mean {value}?\n" in message
    assert f"pulumi config set --path {place} {value} --stack test" in message


def test_nothing_is_suggested_that_is_not_near() -> None:
    message = problems(logging={"frobnications": 3}, tempoo={"a": 1})
    assert "observability:logging.frobnications = 3: unknown setting; there are alertmanager_url, " in message
    assert "observability:tempoo = " in message and "did you mean" not in message
    for area, key in (("grafana", "admin_secrets_path"), ("caching", "cluster_name"), ("tracing", "admin_secret")):
        assert "did you mean" not in problems(**{area: {key: "a"}})
    assert closest("tempo", ["demo", "ingress"]) is None
    assert closest("retention", ["tenant_retention"]) is None
    assert closest("prod", ["development", "production", "staging"]) == "production"
    assert closest("tra", ["traces", "tracing"]) is None, "two begin with it"


@pytest.mark.parametrize(("name", "area"), [("loki", "logging"), ("tempo", "tracing"), ("prometheus", "metrics")])
def test_an_area_is_found_by_the_name_of_its_program(name: str, area: str) -> None:
    assert f"observability:{name} = {{}}: unknown setting; did you mean {area}?" in problems(**{name: {}})


def test_a_setting_of_another_kind_of_store_is_named_with_its_kind() -> None:
    for key, kind in (("endpoint", "external"), ("storage_ca", "external"), ("kms", "aws"), ("cluster_name", "aws")):
        message = problems(storage={key: "https://s3.example.org"})
        assert f"unknown setting of this kind of store; remove it, as it is of kind {kind}\n" in message


@pytest.mark.parametrize(
    ("area", "key", "written", "sentence", "command"),
    [
        (
            "logging",
            "mode",
            "microservices",
            "did you mean distributed?",
            "set --path observability:logging.mode d",
        ),
        (
            "logging",
            "mode",
            "SingleBinary",
            "did you mean monolithic?",
            "set --path observability:logging.mode m",
        ),
        (
            "tracing",
            "mode",
            "microservices",
            "did you mean distributed?",
            "set --path observability:tracing.mode d",
        ),
        (
            "telemetry",
            "chart_version",
            True,
            "must be text; set one\n",
            "rm --path observability:telemetry.chart_version",
        ),
        (
            "ingress",
            "kind",
            "nginx",
            "must be one of none, traefik; set one of them\n",
            "rm --path observability:ingress.kind",
        ),
        (
            "cluster",
            "environment",
            "qa",
            "must be one of development, staging, production; set one of them\n",
            "rm --path",
        ),
        (
            "grafana",
            "persistence",
            {"enabled": True},
            "must be true or false",
            "observability:grafana.persistence true",
        ),
        ("grafana", "persistence", "maybe", "must be true or false", "rm --path observability:grafana.persistence"),
    ],
)
def test_a_choice_is_never_replaced_by_another_one_than_was_meant(
    area: str, key: str, written: Any, sentence: str, command: str
) -> None:
    message = problems(**{area: {key: written}})
    assert sentence in message and f"{command}" in message
    assert message.count("pulumi config set") == ("set" in command or command.endswith("true"))


@pytest.mark.parametrize(
    ("areas", "command"),
    [
        (
            {"logging": {"traces_endpoint": "alloy.alloy:4317"}},
            "observability:logging.traces_endpoint http://alloy.alloy:4318",
        ),
        (
            {"logging": {"traces_endpoint": "http://alloy.alloy:4317"}},
            "observability:logging.traces_endpoint http://alloy.alloy:4318",
        ),
        (
            {"metrics": {**EXTERNAL_METRICS, "otlp_url": "http://p.mon:4317/api/v1/otlp"}},
            "observability:metrics.otlp_url http://p.mon:4318/api/v1/otlp",
        ),
        (
            {"metrics": {**EXTERNAL_METRICS, "otlp_url": "prom.mon:4317/otlp"}},
            "observability:metrics.otlp_url http://prom.mon:4318/otlp",
        ),
        (
            {"metrics": {**EXTERNAL_METRICS, "query_url": "prom.mon:4317"}},
            "observability:metrics.query_url http://prom.mon:4317",
        ),
    ],
)
def test_the_port_of_grpc_becomes_that_of_http_in_a_url_for_otlp(areas: dict[str, Any], command: str) -> None:
    message = problems(**areas)
    assert f"pulumi config set --path {command}" in message
    assert "//alloy.alloy:4317 --stack" not in message


@pytest.mark.parametrize(
    ("key", "value", "secret"),
    [
        ("pull_secrets", ["registry"], False),
        ("existing_secret", "grafana-admin", False),
        ("token_count", 3, False),
        ("admin_password", "hunter2", True),
        ("api_key", 4242, True),
        ("secret", "hunter2", True),
        ("login", {"password": "hunter2"}, True),
    ],
)
def test_only_a_secret_looks_like_one(key: str, value: Any, secret: bool) -> None:
    message = problems(grafana={key: value})
    assert ("looks like a secret in plain text" in message) is secret
    assert ("unknown setting" in message) is not secret
    assert "hunter2" not in message


def paths() -> Iterator[tuple[type[BaseModel], Location]]:
    """Yield the path of every setting of a stack, with the model of its area."""
    models = [*AREAS.items(), *(("storage", model) for model in STORAGE_KINDS.values())]
    yield from ((model, (area, *path)) for area, model in models for path in setting_paths(model))


def test_every_renamed_setting_and_value_of_the_changelog_is_known() -> None:
    changed = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("### Changed")[2].partition("### Fixed")[0]
    renames = changed.partition("- Consistent names.")[2].partition("Types:")[0]
    replaced = "".join(re.findall(r"replaces (?:`\w+`(?: and )?)+", changed))
    words = {
        word
        for span in re.findall(r"`([a-z0-9_.]+(?:: \w+(?=`))?)[^`]*`", renames + replaced)
        for word in span.split(": ")
    }
    written = {word.split(".")[-1] for word in words}
    items = [setting_at(model, (*path[1:], *item)).annotation for model, path in paths() for item in ((), (0,))]
    renamed_values = {word: meant for word in written for item in items if (meant := called_here(item, word))}
    today = {str(path[-1]) for _, path in paths()} | set(AREAS) | set(renamed_values.values())
    assert {"log_labels", "dns_namespace", "gateway_ipv6", "given", "shape"} <= written
    assert written - today <= {str(path[-1]) for path in RENAMED} | set(renamed_values)


def test_what_is_suggested_is_there_and_what_was_renamed_is_gone() -> None:
    known = {path for _, path in paths()}
    assert not known & set(RENAMED)
    assert {renamed.target for renamed in RENAMED.values()} <= known
    assert set(AREAS_OF_OTHERS.values()) <= set(AREAS) and not set(AREAS_OF_OTHERS) & set(AREAS)
    assert set(SIGNALS.values()) == set(AREAS["retention"].model_fields)
    assert not any(is_placeholder(name) for name in AREAS_OF_OTHERS)


def key_paths(values: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for key, held in values.items():
        yield (key,)
        if isinstance(held, dict):
            yield from ((key, *path) for path in key_paths(held))


@pytest.mark.parametrize("area", CHARTS_OF)
def test_the_keys_of_a_chart_are_those_of_its_default_version(area: str) -> None:
    found: set[tuple[str, ...]] = set()
    for chart in CHARTS_OF[area]:
        found |= set(key_paths(require_files(chart, chart.default_version).values))
    assert set(CHART_KEYS[area]) <= found
    assert {path for path in found if len(path) == 1} <= set(CHART_KEYS[area])
