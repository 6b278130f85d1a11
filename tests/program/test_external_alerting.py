"""Alerting of a stack whose metrics go to an existing store: rules as files, and routes as a Secret."""

from base64 import b64decode
from typing import Any

import pytest
import yaml

from tests import shop_alerting
from tests.program.programs import record_stack, refused, stack
from tools.program import Recording

URL = "http://alertmanager.example.org:9093"
METRICS = {
    "kind": "external",
    "remote_write_url": "https://metrics.example.org/api/v1/write",
    "query_url": "https://metrics.example.org",
}
CLUSTER_PARTS = ["kube-state-metrics", "node-exporter", "kube-apiserver"]
SHOP: dict[str, Any] = {**shop_alerting.SETTINGS, "producers": CLUSTER_PARTS}
OPERATED = {"name": "test", "service_monitors": True, "service_monitor_labels": {"release": "monitoring"}}


def recorded(alerting: Any, **areas: Any) -> Recording:
    return stack(**{"metrics": METRICS, "alerting": alerting, **areas})


def groups_of(recording: Recording) -> dict[str, list[Any]]:
    """Return the rules in ConfigMaps by the name of their group."""
    names = recording.outputs["rule_config_maps"]
    objects = [item.plain() for item in recording.of_type(":ConfigMap")]
    files = [file for item in objects if item["metadata"]["name"] in names for file in item["data"].values()]
    return {group["name"]: group["rules"] for file in files for group in yaml.safe_load(file)["groups"]}


def alerts_of(recording: Recording) -> set[str]:
    return {rule["alert"] for rules in groups_of(recording).values() for rule in rules if "alert" in rule}


def test_rules_go_out_as_files_and_routes_as_a_secret() -> None:
    recording = recorded(SHOP, metrics={**METRICS, "namespace": "rules"})
    assert recording.outputs["rule_config_maps"] == ["alerting-rules"]
    assert not recording.of_type(":PrometheusRule")
    assert {"CheckoutQueueLong", "SLOErrorBudgetBurn", "NodeDown", "Watchdog"} <= alerts_of(recording)
    secret = recording.one(":Secret", "alerting-config").plain()
    assert secret["metadata"]["namespace"] == "rules"
    routes = yaml.safe_load(b64decode(secret["data"]["alertmanager.yaml"]))
    assert {"pager", "team", "heartbeat"} <= {receiver["name"] for receiver in routes["receivers"]}


def test_alerts_on_what_nobody_states_are_left_out() -> None:
    alerts = alerts_of(recorded({"alertmanager_url": URL}))
    assert "NodeDown" not in alerts and "ClusterDown" not in alerts
    assert "HighSpanErrorRate" in alerts, "Tempo writes these metrics to the store"


def test_a_prometheus_of_an_operator_reads_its_objects() -> None:
    recording = recorded(SHOP, cluster=OPERATED)
    assert recording.outputs["rule_config_maps"] == []
    assert recording.one(":PrometheusRule").plain()["metadata"]["labels"].items() >= {"release": "monitoring"}.items()


def test_alerts_of_the_chart_do_not_run_there() -> None:
    changed = {"KubeJobFailed": {"enabled": False, "reason": "Jobs have their own."}}
    message = refused(metrics=METRICS, alerting={**SHOP, "alerts": changed})
    assert "KubeJobFailed: must be the name of an alert" in message
    taken = {**shop_alerting.QUEUE, "alert": "KubeJobFailed"}
    rules = {"groups": [{"name": "checkout", "rules": [taken]}]}
    assert "is the name of an alert in chart" not in refused(
        metrics=METRICS, alerting={**SHOP, "rules": {"checkout.yaml": rules}}
    )


@pytest.mark.parametrize("on_logs", [True, False])
def test_the_ruler_of_loki_sends_to_the_alertmanager_that_is_named(on_logs: bool) -> None:
    recording = recorded({"alertmanager_url": URL} if on_logs else SHOP)
    loki = recording.one(":Release", "logging-loki").plain()["values"]["loki"]["structuredConfig"]["ruler"]
    assert loki.get("alertmanager_url") == (URL if on_logs else None)
    rules = [item for item in recording.of_type(":ConfigMap") if item.name == "logging-rules-fake"]
    assert bool(rules) is on_logs
    if on_logs:
        assert loki["external_labels"] == {"cluster": "test"}


def test_a_stack_that_states_nothing_has_no_rules() -> None:
    recording = record_stack({"cluster": {"name": "test"}, "metrics": METRICS})
    assert not recording.of_type(":Alerting") and recording.outputs["rule_config_maps"] == []


@pytest.mark.parametrize(
    ("areas", "words"),
    [
        ({"alerting": {"owner": "sre"}}, ["observability:alerting.alertmanager_url: is missing", "alerting.receivers"]),
        (
            {"alerting": {**SHOP, "producers": ["kube-state-metric"]}},
            ["alerting.producers[0]", "did you mean kube-state-metrics?"],
        ),
        ({"alerting": {**SHOP, "producers": ["probes"]}}, ["alerting.producers[0]", "must be one of"]),
        (
            {"alerting": SHOP, "retention": {"metrics": "15d"}},
            ["spec.timeWindow.duration = 28d: is longer than metrics are kept, 15d", "spec.timeWindow.duration = 30d"],
        ),
        (
            {"alerting": {"alertmanager_url": URL, "rules": shop_alerting.SETTINGS["rules"]}},
            ["metric = checkout_queue_length: nothing that the stack deploys produces it"],
        ),
        (
            {"alerting": {**SHOP, "alertmanager": {"replicas": 2}}},
            ["alerting.alertmanager = ", "is not used: metrics.kind is external, and the stack runs no Alertmanager"],
        ),
        ({"metrics": {"kind": "none"}, "alerting": SHOP}, ["alerting.receivers", "metrics.kind is none"]),
        (
            {"alerting": {**SHOP, "dead_mans_switch": None}, "cluster": {"name": "test", "environment": "production"}},
            ["alerting.dead_mans_switch.receiver: is missing", "alerting.runbook_url"],
        ),
    ],
)
def test_what_could_never_fire_or_arrive_is_refused(areas: dict[str, Any], words: list[str]) -> None:
    message = refused(**{"metrics": METRICS, **areas})
    assert all(word in message for word in words), message


def test_a_window_fits_into_the_retention_that_is_stated() -> None:
    recording = recorded(SHOP, retention={"metrics": "31d"})
    assert "SLOErrorBudgetSpent" in alerts_of(recording)


def test_series_of_several_clusters_are_told_apart() -> None:
    for selector in ("checkout_queue_length", 'checkout_queue_length{cluster="a"}'):
        queue = {**shop_alerting.QUEUE, "expr": f"max by (cluster, instance, service) ({selector}) > 100"}
        rules = {"checkout.yaml": {"groups": [{"name": "checkout", "rules": [queue]}]}}
        assert "CheckoutQueueLong" in alerts_of(recorded({**SHOP, "rules": rules}))
    of_one = {**METRICS, "external_labels": {"cluster": "a"}}
    message = refused(metrics=of_one, alerting={**SHOP, "rules": rules})
    assert "cluster is a label of the whole Prometheus" in message
