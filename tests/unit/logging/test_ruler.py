"""The objects that bring rules to the ruler, and the ruler's values for each way."""

from typing import Any

import pytest

from components.logging.modes import LokiMode
from components.logging.ruler import config_map_name, job_name, job_spec, ruler_host
from tests.unit.logging.examples import merged_values

from .examples import ALERT, CHARTS, DISTRIBUTED, IN_BUCKET, RECORD, RULES, rule_file, spec_of

FILES = {"app.yaml": rule_file(ALERT)}


def containers(args: dict[str, Any], **more: Any) -> list[Any]:
    found: list[Any] = job_spec(spec_of(args, **more))["template"]["spec"]["containers"]
    return found


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("mode", list(LokiMode))
def test_the_chart_makes_the_storage_of_rules_and_runs_no_sidecar(chart: str, mode: LokiMode) -> None:
    values = merged_values(spec_of(IN_BUCKET, chart_version=chart, mode=mode.value))
    assert values["loki"]["structuredConfig"]["ruler"] == {
        "alertmanager_url": "http://alertmanager.monitoring:9093",
        "enable_sharding": True,
    }
    assert values["loki"]["storage"]["bucketNames"]["ruler"] == "acme-loki"
    assert values["ruler"]["enabled"] is True
    assert values["ruler"]["sidecar"] is values["sidecar"]["rules"]["enabled"] is False
    assert values["serviceAccount"]["automountServiceAccountToken"] is False
    assert values.get(mode.ruler.section, {}).get("automountServiceAccountToken") is not True


@pytest.mark.parametrize("chart", CHARTS)
def test_alerts_on_logs_have_the_labels_that_others_of_the_cluster_have(chart: str) -> None:
    labels = {"cluster": "prod-eu1"}
    values = merged_values(spec_of(IN_BUCKET, chart_version=chart, ruler_external_labels=labels))
    assert values["loki"]["structuredConfig"]["ruler"]["external_labels"] == labels


SECURED = {
    "alertmanager_url": "https://prometheus-alertmanager.monitoring:9095",
    "alertmanager_server_name": "prometheus-alertmanager.monitoring.svc",
    "tls_secret": "loki-tls",
}


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("certificates", [True, False])
def test_the_ruler_sends_alerts_by_tls_with_the_certificate_of_loki(chart: str, certificates: bool) -> None:
    args = {**SECURED, "client_certificates": certificates, "metrics_namespaces": ["monitoring"]}
    values = merged_values(spec_of(IN_BUCKET, chart_version=chart, **args))
    client = values["loki"]["structuredConfig"]["ruler"]["alertmanager_client"]
    assert client["tls_server_name"] == SECURED["alertmanager_server_name"]
    assert ("tls_key_path" in client) is certificates
    (volume,), (mount,) = values["global"]["extraVolumes"], values["global"]["extraVolumeMounts"]
    assert (volume["secret"], volume["name"]) == ({"secretName": "loki-tls"}, mount["name"])
    assert client["tls_ca_path"] == f"{mount['mountPath']}/ca.crt"


def test_rules_from_config_maps_never_touch_the_bucket() -> None:
    values = merged_values(spec_of(DISTRIBUTED, **RULES, rules=FILES))
    assert values["loki"]["structuredConfig"]["ruler"]["storage"]["type"] == "local"
    assert values["sidecar"]["rules"]["enabled"] is True


@pytest.mark.parametrize(
    ("mode", "host"), [("monolithic", "loki"), ("simple-scalable", "loki-backend"), ("distributed", "loki-ruler")]
)
def test_the_workload_that_evaluates_rules_takes_them(mode: str, host: str) -> None:
    spec = spec_of(IN_BUCKET, mode=mode, rules=FILES)
    assert ruler_host(spec) == host
    (container,) = containers(IN_BUCKET, mode=mode, rules=FILES)
    assert container["command"] == [
        "lokitool",
        "rules",
        "sync",
        f"--address=http://{host}.logging:3100",
        "--id=fake",
        "--rule-dirs=/rules/0",
    ]


def test_each_tenant_gets_its_own_rules_and_one_without_any_loses_what_it_had() -> None:
    args = {**IN_BUCKET, "tenants": ["team-a", "Team", "c"], "rules": {"team-a/app.yaml": rule_file(ALERT)}}
    first, second, third = containers(args)
    assert "--id=team-a" in first["command"] and first["volumeMounts"][0]["mountPath"] == "/rules/0"
    for other, tenant in ((second, "Team"), (third, "c")):
        assert other["command"][-1] == f"--id={tenant}" and other["volumeMounts"] == []
    (volume,) = job_spec(spec_of(args))["template"]["spec"]["volumes"]
    assert volume["configMap"]["name"] == config_map_name(spec_of(args), "team-a")


def test_without_a_rule_the_bucket_is_emptied() -> None:
    (container,) = containers(IN_BUCKET)
    assert container["command"][-1] == "--id=fake"
    assert job_spec(spec_of(IN_BUCKET))["template"]["spec"]["volumes"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"rules": {"app.yaml": rule_file(RECORD)}},
        {"rules": {}},
        {"lokitool_image": "acme/lokitool:3.7.8"},
        {"bucket": "other"},
        {"endpoint": "https://s3.example.org"},
        {"node_selector": {"pool": "obs"}},
    ],
)
def test_what_changes_the_job_gives_it_another_name(change: dict[str, Any]) -> None:
    before = spec_of(IN_BUCKET, rules=FILES)
    assert job_name(before) == job_name(spec_of(IN_BUCKET, rules=FILES, retention="90d"))
    assert job_name(before) != job_name(spec_of(IN_BUCKET, **{"rules": FILES, **change}))


def test_a_map_for_the_job_is_named_after_its_content_and_one_for_the_sidecar_is_not() -> None:
    one, other = (spec_of(IN_BUCKET, rules={"app.yaml": rule_file(rule)}) for rule in (ALERT, RECORD))
    assert config_map_name(one, "fake") != config_map_name(other, "fake")
    watched = spec_of(DISTRIBUTED, **RULES, rules=FILES)
    assert config_map_name(watched, "fake") == "loki-rules-fake"


def test_the_pod_meets_the_restricted_level_and_is_kept_when_it_is_done() -> None:
    spec = job_spec(spec_of(IN_BUCKET, rules=FILES))
    pod = spec["template"]["spec"]
    assert "ttlSecondsAfterFinished" not in spec
    labels = spec["template"]["metadata"]["labels"]
    assert labels["app.kubernetes.io/instance"] == "loki", "the policy of a closed Loki lets its own instance in"
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = pod["containers"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert set(container["resources"]["requests"]) == {"cpu", "memory"}
