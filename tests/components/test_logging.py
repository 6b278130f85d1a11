"""`Logging` as a program registers it."""

from typing import Any

import pulumi
import pytest

from components._guard import Problems, guard
from components._spec import InvalidArgsError
from components.charts import LOKI, major_version
from components.logging import Logging, LoggingArgs
from tests.recording import UNKNOWN, Recording, outputs_of, record, record_component

V6 = next(version for version in LOKI.versions if major_version(version) == 6)
LAPTOP: LoggingArgs = {"namespace": "logging", "store": "filesystem"}
SCALABLE: LoggingArgs = {
    "namespace": "logging",
    "mode": "simple-scalable",
    "bucket": "prod",
    "endpoint": "https://s3.example.org",
    "credentials_secret": "loki-bucket",
    "workloads": {"write": {"replicas": 2, "storage_class": "fast"}},
}


def chart_values(recording: Recording) -> Any:
    return recording.one(":Release").plain()["values"]


def test_a_release_in_a_restricted_namespace_hangs_below_the_component() -> None:
    recording = record_component(Logging, LAPTOP)
    component = recording.one("observability:index:Logging")
    namespace, release = recording.one(":Namespace"), recording.one(":Release")
    assert namespace.parent == release.parent == component.urn
    assert namespace.plain()["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert namespace.urn in release.request.dependencies, "pods need their namespace first, and leave it last"
    assert (release.plain()["chart"], release.plain()["version"]) == ("loki", LOKI.default_version)


def test_everything_is_reached_through_the_gateway() -> None:
    assert record_component(Logging, LAPTOP).outputs == {
        "namespace": "logging",
        "query_url": "http://loki-gateway.logging",
        "push_url": "http://loki-gateway.logging/loki/api/v1/push",
        "otlp_url": "http://loki-gateway.logging/otlp",
        "gateway_host": "loki-gateway.logging",
    }


def test_the_older_chart_comes_from_its_own_repository() -> None:
    release = record_component(Logging, {**LAPTOP, "chart_version": V6, "max_history": 2}).one(":Release").plain()
    assert release["repositoryOpts"]["repo"] == "https://grafana.github.io/helm-charts"
    assert release["maxHistory"] == 2


def test_one_workload_may_differ_from_the_others() -> None:
    values = chart_values(record_component(Logging, SCALABLE))
    assert [values[section]["replicas"] for section in ("read", "write", "backend")] == [3, 2, 3]
    assert values["write"]["persistence"]["storageClass"] == "fast"
    assert "storageClass" not in values["backend"]["persistence"]


def test_a_namespace_made_elsewhere_is_only_used() -> None:
    args: LoggingArgs = {
        **LAPTOP,
        "namespace": pulumi.Output.from_input("observability"),
        "create_namespace": False,
        "release_name": "logs",
    }
    recording = record_component(Logging, args)
    assert recording.of_type(":Namespace") == []
    assert recording.one(":Release").plain()["namespace"] == "observability"
    assert recording.outputs["query_url"] == "http://logs-gateway.observability"


def test_an_address_is_known_at_preview_while_the_bucket_is_not() -> None:
    def build() -> dict[str, Any]:
        unknown = pulumi.Output.from_input(UNKNOWN).apply(lambda name: name)
        return outputs_of(Logging("logs", {**SCALABLE, "bucket": unknown}))

    recording = record(build, preview=True)
    assert recording.outputs["push_url"] == "http://loki-gateway.logging/loki/api/v1/push"


def test_an_output_that_turns_out_wrong_is_refused_all_the_same() -> None:
    args: LoggingArgs = {**SCALABLE, "endpoint": pulumi.Output.from_input("s3.example.org")}
    with pytest.raises(InvalidArgsError, match=r'Logging "test": 1 problem[^\n]*\n +endpoint = '):
        record_component(Logging, args)


def test_two_of_them_live_side_by_side() -> None:
    def build() -> None:
        Logging("eu", {**LAPTOP, "release_name": "loki-eu"})
        Logging("us", {**LAPTOP, "release_name": "loki-us", "create_namespace": False})

    releases = record(build).of_type(":Release")
    assert {release.plain()["name"] for release in releases} == {"loki-eu", "loki-us"}
    names = {release.plain()["values"]["nameOverride"] for release in releases}
    assert names == {"loki-eu", "loki-us"}, "their ConfigMaps would be one"


def test_the_release_is_guarded_against_what_the_applied_state_forbids() -> None:
    (hook,) = record_component(Logging, LAPTOP).one(":Release").request.hooks.before_update
    assert hook == "test-loki-guard"


def test_a_change_of_the_chart_is_guarded_until_it_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    checks: list[Problems] = []

    def keep(name: str, problems: Problems, upgrades: Problems) -> pulumi.ResourceHookBinding:
        checks.append(upgrades)
        return guard(name, problems, upgrades)

    monkeypatch.setattr("components.logging.component.guard", keep)
    args: LoggingArgs = {**SCALABLE, "mode": "distributed", "workloads": {}, "pattern_ingester": True}
    before = record_component(Logging, {**args, "chart_version": V6}).one(":Release").plain()
    after = record_component(Logging, args).one(":Release").plain()
    record_component(Logging, {**args, "allow_changes": ["chart"]})
    _, guarded, allowed = checks
    assert "kubectl -n logging delete statefulset loki-pattern-ingester" in guarded(before, after)[0]
    assert allowed(before, after) == []


def test_warnings_are_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, *_: messages.append(message))
    record_component(Logging, {**SCALABLE, "replication_factor": 2})
    assert any("a write needs both ingesters" in message for message in messages)


def test_a_known_fault_of_a_pinned_image_is_logged_once_the_store_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, *_: messages.append(message))
    endpoint = pulumi.Output.from_input("https://s3.example.org")
    record_component(Logging, {**SCALABLE, "endpoint": endpoint, "values": {"loki": {"image": {"tag": "3.7.5"}}}})
    assert sum("values.loki.image.tag = 3.7.5: Loki 3.7.5 has a known fault" in message for message in messages) == 1


def test_an_output_within_the_values_is_merged_once_it_is_known() -> None:
    values = {"loki": {"limits_config": pulumi.Output.from_input({"split_queries_by_interval": "1h"})}}
    limits = chart_values(record_component(Logging, {**LAPTOP, "values": values}))["loki"]["limits_config"]
    assert limits["split_queries_by_interval"] == "1h"
    assert set(limits) > {"split_queries_by_interval"}, "the limits of the component stay"


def test_no_key_appears_in_what_is_registered() -> None:
    release = record_component(Logging, SCALABLE).one(":Release")
    assert release.secrets == set(), "a release holds the name of a Secret, never what is in it"
    assert release.plain()["values"]["write"]["extraEnvFrom"] == [{"secretRef": {"name": "loki-bucket"}}]


def test_a_protected_namespace_stays() -> None:
    request = record_component(Logging, {**LAPTOP, "protect_namespace": True}).one(":Namespace").request
    assert request.protect and request.retainOnDelete


def test_with_a_certificate_every_address_is_https() -> None:
    recording = record_component(Logging, {**SCALABLE, "tls_secret": "loki-tls"})
    assert recording.outputs["query_url"] == "https://loki-gateway.logging"
    assert recording.outputs["push_url"] == "https://loki-gateway.logging/loki/api/v1/push"
    assert recording.outputs["otlp_url"] == "https://loki-gateway.logging/otlp"
    assert recording.of_type(":NetworkPolicy") == [], "without authentication there is no NetworkPolicy"


@pytest.mark.parametrize(
    "authentication",
    [
        {"tls_secret": "loki-tls", "client_certificates": True},
        {"logins_secret": pulumi.Output.from_input("loki-logins")},
        {"tenants": ["a"], "tenants_secret": "loki-users"},
    ],
)
def test_with_authentication_a_network_policy_leaves_the_gateway_alone(authentication: Any) -> None:
    recording = record_component(Logging, {**SCALABLE, **authentication, "metrics_namespaces": ["monitoring"]})
    policy, namespace = recording.one(":NetworkPolicy"), recording.one(":Namespace")
    assert policy.parent == recording.one("observability:index:Logging").urn
    assert namespace.urn in policy.request.dependencies
    assert policy.plain()["metadata"]["name"] == "loki-secured"
    assert policy.plain()["metadata"]["namespace"] == "logging"
    assert policy.plain()["spec"]["podSelector"]["matchLabels"] == {"app.kubernetes.io/instance": "loki"}


def test_a_secret_of_logins_may_be_unknown_at_preview() -> None:
    def build() -> dict[str, Any]:
        unknown = pulumi.Output.from_input(UNKNOWN).apply(lambda name: name)
        return outputs_of(Logging("logs", {**SCALABLE, "tls_secret": "loki-tls", "logins_secret": unknown}))

    recording = record(build, preview=True)
    assert recording.outputs["push_url"] == "https://loki-gateway.logging/loki/api/v1/push"
    assert len(recording.of_type(":NetworkPolicy")) == 1


FILES = {"app.yaml": "groups: [{name: g, rules: [{alert: A, expr: 'vector(1)'}]}]"}
RULES: LoggingArgs = {**SCALABLE, "ruler": True, "alertmanager_url": "http://alertmanager:9093", "rules": FILES}


def test_rules_become_a_config_map_that_the_sidecar_finds() -> None:
    recording = record_component(Logging, RULES)
    (found,) = recording.of_type(":ConfigMap")
    assert found.plain()["metadata"]["labels"]["loki_rule"] == ""
    assert found.plain()["data"] == FILES
    assert recording.of_type(":Job") == []


def test_each_tenants_rules_go_to_its_own_directory() -> None:
    args: LoggingArgs = {**RULES, "tenants": ["a", "b"], "rules": {f"b/{name}": text for name, text in FILES.items()}}
    (found,) = record_component(Logging, args).of_type(":ConfigMap")
    assert found.plain()["metadata"]["annotations"] == {"k8s-sidecar-target-directory": "/rules/b"}


def test_rules_in_the_bucket_are_brought_there_by_a_job_once_loki_takes_them() -> None:
    recording = record_component(Logging, {**RULES, "rule_source": "bucket", "lokitool_image": "acme/lokitool:3.7.7"})
    (found,) = recording.of_type(":ConfigMap")
    assert "loki_rule" not in found.plain()["metadata"]["labels"]
    job = recording.one(":Job")
    assert {recording.one(":Release").urn, found.urn} <= set(job.request.dependencies)
    pod = job.plain()["spec"]["template"]["spec"]
    assert pod["volumes"][0]["configMap"]["name"] == found.plain()["metadata"]["name"]
    assert pod["containers"][0]["image"] == "acme/lokitool:3.7.7"
    assert job.request.deleteBeforeReplace
