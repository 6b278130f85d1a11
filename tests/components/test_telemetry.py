"""The collector as a program registers it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pulumi_random import RandomPassword

from components._spec import InvalidArgsError
from components.charts import ALLOY
from components.telemetry import Telemetry, TelemetryArgs
from tests.recording import UNKNOWN, record, record_component

ARGS: TelemetryArgs = {
    "namespace": "telemetry",
    "logs_push_url": "http://loki-gateway.logging/loki/api/v1/push",
    "logs_otlp_url": "http://loki-gateway.logging/otlp",
    "traces_otlp_endpoint": "tempo.tracing:4317",
}


def test_the_namespace_the_configuration_and_the_release_belong_to_the_component() -> None:
    recording = record_component(Telemetry, ARGS)
    component = recording.one(":Telemetry")
    children = [recording.one(suffix) for suffix in (":Namespace", ":ConfigMap", ":Release")]
    assert {child.parent for child in children} == {component.urn}
    labels = children[0].plain()["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "privileged"


def test_the_release_reads_the_configuration_that_is_registered_before_it() -> None:
    recording = record_component(Telemetry, ARGS)
    config, release = recording.one(":ConfigMap"), recording.one(":Release")
    [(key, text)] = config.plain()["data"].items()
    named = release.plain()["values"]["alloy"]["configMap"]
    assert named == {"create": False, "name": config.plain()["metadata"]["name"], "key": key}
    assert "loki-gateway.logging" in text
    assert config.urn in release.request.dependencies


def test_the_release_is_guarded() -> None:
    (hook,) = record_component(Telemetry, ARGS).one(":Release").request.hooks.before_update
    assert hook == "test-agents-guard"


def test_the_outputs_name_the_services_of_the_release() -> None:
    outputs = record_component(Telemetry, {**ARGS, "release_name": "collector"}).outputs
    assert outputs["otlp_grpc_endpoint"] == "collector.telemetry:4317"
    assert outputs["otlp_http_url"] == "http://collector.telemetry:4318"
    assert (outputs["ui_service"], outputs["ui_port"]) == ("collector", 12345)
    assert {"namespace", "pod", "cluster", "service_name"} <= set(outputs["log_labels"])
    assert outputs["log_metadata"] == ["SpanId", "TraceId", "span_id", "trace_id"]


def test_the_receiver_url_is_https_with_receiver_tls() -> None:
    outputs = record_component(Telemetry, {**ARGS, "tls_secret": "alloy-tls", "receiver_tls": True}).outputs
    assert outputs["otlp_http_url"] == "https://alloy.telemetry:4318"
    assert outputs["otlp_grpc_endpoint"] == "alloy.telemetry:4317"


def test_everything_is_readable_in_a_preview_of_known_arguments() -> None:
    assert UNKNOWN not in yaml.safe_dump(record_component(Telemetry, ARGS, preview=True).one(":Release").plain())


def test_an_address_that_is_not_known_yet_leaves_the_preview_standing() -> None:
    unknown = frozenset({"random:index/randomPassword:RandomPassword.result"})

    def build() -> None:
        Telemetry("telemetry", {**ARGS, "metrics_otlp_url": RandomPassword("late", length=8).result})

    recording = record(build, preview=True, unknown=unknown)
    assert recording.one(":Release").plain()["values"] == UNKNOWN
    assert recording.one(":Namespace").plain()["metadata"]["name"] == "telemetry"


def test_an_address_that_turns_out_wrong_stops_the_update() -> None:
    with pytest.raises(InvalidArgsError, match=r'metrics_otlp_url = "prometheus:9090".*use http://'):
        record_component(Telemetry, {**ARGS, "metrics_otlp_url": pulumi.Output.from_input("prometheus:9090")})


def test_a_wrong_argument_is_reported_before_anything_is_registered() -> None:
    with pytest.raises(InvalidArgsError, match=r'log_source = "file"'):
        record_component(Telemetry, {**ARGS, "log_source": "file"})


def test_a_reader_through_the_api_lives_in_a_restricted_namespace() -> None:
    recording = record_component(Telemetry, {**ARGS, "log_source": "api"})
    labels = recording.one(":Namespace").plain()["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_a_namespace_of_someone_else_is_left_alone() -> None:
    assert record_component(Telemetry, {**ARGS, "create_namespace": False}).of_type(":Namespace") == []


def test_values_of_the_caller_are_laid_over_last() -> None:
    values: dict[str, Any] = {"alloy": {"resources": {"limits": {"memory": "1Gi"}}}, "image": {"tag": "v1.18.0"}}
    release = record_component(Telemetry, {**ARGS, "values": values}).one(":Release").plain()["values"]
    assert release["alloy"]["resources"]["limits"]["memory"] == "1Gi"
    assert release["alloy"]["resources"]["requests"]["cpu"] == "100m"
    assert release["image"] == {"tag": "v1.18.0"}


def test_two_collectors_stand_side_by_side() -> None:
    def build() -> None:
        Telemetry("nodes", ARGS)
        Telemetry("edge", {**ARGS, "namespace": "edge", "release_name": "alloy-edge", "log_source": "api"})

    releases = record(build).of_type(":Release")
    assert {release.plain()["values"]["fullnameOverride"] for release in releases} == {"alloy", "alloy-edge"}


def test_a_protected_namespace_cannot_be_deleted_by_accident() -> None:
    assert record_component(Telemetry, {**ARGS, "protect_namespace": True}).one(":Namespace").request.protect is True


@pytest.mark.parametrize(
    ("args", "readable"),
    [
        ({}, {"alloy": {"": ["pods"]}}),
        ({"log_source": "api"}, {"alloy": {"": ["pods", "pods/log"]}}),
        ({"events": True}, {"alloy": {"": ["pods"]}, "alloy-singleton": {"": ["events"]}}),
        ({"engine": "otel-collector"}, {"otel-collector": {"": ["pods"]}}),
        (
            {"engine": "otel-collector", "events": True, "gateway": {}},
            {
                "otel-collector": {"": ["pods"]},
                "otel-collector-singleton": {"events.k8s.io": ["events"]},
                "otel-collector-gateway": {},
            },
        ),
    ],
    ids=str,
)
def test_collectors_may_watch_what_they_read_and_no_secrets(
    args: TelemetryArgs, readable: Mapping[str, Mapping[str, list[str]]]
) -> None:
    recording = record_component(Telemetry, {**ARGS, **args})
    roles = {role.plain()["metadata"]["name"]: role.plain()["rules"] for role in recording.of_type(":ClusterRole")}
    assert roles == {
        f"telemetry-{name}": [
            {"apiGroups": [group], "resources": names, "verbs": ["get", "list", "watch"]}
            for group, names in resources.items()
        ]
        for name, resources in readable.items()
    }


@pytest.mark.parametrize("engine", ["alloy", "otel-collector"])
def test_the_chart_grants_nothing(engine: str) -> None:
    args: TelemetryArgs = {**ARGS, "engine": engine, "events": True, "gateway": {}}
    key = {"alloy": "rbac", "otel-collector": "clusterRole"}[engine]
    granted = [release.plain()["values"][key] for release in record_component(Telemetry, args).of_type(":Release")]
    assert granted == [{"create": False}] * 3


def test_only_the_reader_of_the_api_server_may_read_the_output_of_containers() -> None:
    args: TelemetryArgs = {
        **ARGS,
        "sources": {
            "vault": {"kind": "containers", "log_source": "api", "namespaces": ["vault"]},
            "containers": {"kind": "containers", "exclude_namespaces": ["vault"]},
        },
        "pipelines": {"containers": {"sources": ["containers", "vault"]}},
    }
    recording = record_component(Telemetry, args)
    roles = {role.plain()["metadata"]["name"]: role.plain()["rules"] for role in recording.of_type(":ClusterRole")}
    readable = {name: [rule["resources"] for rule in rules] for name, rules in roles.items()}
    assert readable == {"telemetry-alloy": [["pods"]], "telemetry-alloy-singleton": [["pods", "pods/log"]]}


def test_the_reader_of_events_may_hold_its_own_lease_and_no_other() -> None:
    recording = record_component(Telemetry, {**ARGS, "engine": "otel-collector", "events": True})
    role, binding = recording.one(":Role").plain(), recording.one(":RoleBinding").plain()
    name = "otel-collector-singleton"
    leases = {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"]}
    assert role["metadata"]["namespace"] == "telemetry"
    assert role["rules"] == [
        {**leases, "verbs": ["create"]},
        {**leases, "verbs": ["get", "update"], "resourceNames": [name]},
    ]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": name, "namespace": "telemetry"}]


@pytest.mark.parametrize("args", [{"engine": "otel-collector"}, {"engine": "alloy", "events": True}], ids=str)
def test_collectors_that_read_no_events_by_lease_may_hold_none(args: TelemetryArgs) -> None:
    assert not record_component(Telemetry, {**ARGS, **args}).of_type(":Role")


def test_releases_of_one_name_in_two_namespaces_have_a_cluster_role_each() -> None:
    def both() -> None:
        Telemetry("first", ARGS)
        Telemetry("second", {**ARGS, "namespace": "other"})

    recording = record(both)
    for kind in (":ClusterRole", ":ClusterRoleBinding"):
        names = [resource.plain()["metadata"]["name"] for resource in recording.of_type(kind)]
        assert len(set(names)) == 2, names
    bindings = recording.of_type(":ClusterRoleBinding")
    assert {each.plain()["subjects"][0]["namespace"] for each in bindings} == {"telemetry", "other"}


def test_a_chart_of_a_mirror_that_is_not_the_published_one_is_reported_at_preview(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = tmp_path / f"{ALLOY.name}-{ALLOY.default_version}"
    chart.mkdir()
    (chart / "values.yaml").write_text("alloy: {}\n")
    warned: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, *_: warned.append(message))
    record_component(Telemetry, {**ARGS, "charts_dir": str(tmp_path)}, preview=True)
    (message,) = warned
    published = ALLOY.release(ALLOY.default_version)
    assert message.startswith(
        f"chart alloy {ALLOY.default_version} at {chart} is not the one that {published.repository}"
    )
    assert published.digest in message and published.content in message
