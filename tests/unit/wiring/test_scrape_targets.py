"""The labels of what is scraped follow the settings; tests/program/test_scraping.py compares them with the charts."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.alerting.producers import PRODUCERS
from config import SettingsError
from tools.program.stacks import with_settings
from wiring.planned_components import planned_alerting
from wiring.scrape_targets import producers, target_labels

EARLIER = {"mode": "distributed", "chart_version": "6.51.0", "namespace": "loki"}


def _config(**areas: Any) -> dict[str, Any]:
    own = {"cluster": {"name": "shop"}, "retention": {"metrics": "31d"}, **areas}
    return {f"observability:{area}": settings for area, settings in own.items()}


def _labels(**areas: Any) -> dict[str, Mapping[str, Any]]:
    return with_settings(_config(**areas), "dev", lambda settings, _: dict(target_labels(settings)))


def _problems(expr: str, **areas: Any) -> str:
    """Return what is wrong with a stack that records an expression."""
    groups = {"groups": [{"name": "shop", "rules": [{"record": "shop:lines:sum", "expr": expr}]}]}
    config = _config(**areas, alerting={"rules": {"shop.yaml": groups}})
    try:
        with_settings(config, "dev", lambda settings, _: planned_alerting(settings))
    except SettingsError as error:
        return str(error)
    return ""


def test_namespaces_and_the_jobs_with_one_in_their_name_are_those_of_the_stack() -> None:
    labels = _labels(logging={"namespace": "loki"}, tracing={"mode": "distributed", "namespace": "tempo"})
    assert labels["loki"] == {
        "namespace": ["loki"],
        "job": ["loki/loki"],
        "app_instance": ["loki"],
        "service": ["loki"],
    }
    assert labels["tempo"]["namespace"] == ["tempo"] and "tempo/ingester" in labels["tempo"]["job"]
    assert labels["memcached"]["namespace"] == ["loki", "tempo"]
    assert labels["grafana"] == {"namespace": ["monitoring"], "service": ["grafana"]}


def test_the_earlier_chart_of_loki_has_another_label_and_no_exporter_of_its_gateway() -> None:
    labels = _labels(logging=EARLIER)
    assert labels["loki"]["cluster"] == ["loki"] and "app_instance" not in labels["loki"]
    assert "loki/loki-ingester" in labels["loki"]["job"]
    assert "loki-gateway" not in labels


@pytest.mark.parametrize(
    ("areas", "there", "absent"),
    [
        ({}, {"memcached", "seaweedfs", "tempo", "loki-gateway"}, {"valkey", "minio", "tempo-3"}),
        ({"caching": {"kind": "valkey"}}, {"valkey"}, {"memcached"}),
        ({"storage": {"kind": "minio"}}, {"minio"}, {"seaweedfs"}),
        ({"cluster": {"name": "shop", "ip_families": ["IPv6"]}}, {"loki"}, {"memcached"}),
        ({"cluster": {"name": "shop", "service_monitors": False}}, {"prometheus"}, {"loki", "memcached", "seaweedfs"}),
    ],
)  # fmt: skip
def test_what_is_scraped_follows_the_settings(areas: dict[str, Any], there: set[str], absent: set[str]) -> None:
    found = with_settings(_config(**areas), "dev", lambda settings, _: set(producers(settings)))
    assert there <= found and not absent & found


def test_probes_have_the_labels_of_their_targets() -> None:
    targets = {
        "shop": {"address": "https://shop.example.org", "labels": {"team": "shop"}},
        "dns": {"kind": "dns", "address": "10.0.0.10", "query_name": "example.org"},
    }
    labels = _labels(probes={"targets": targets})["probes"]
    assert labels["job"] == ["blackbox-dns", "blackbox-http"]
    assert labels["probe"] == ["dns", "shop"]
    assert labels["team"] == ["", "shop"]
    assert labels["namespace"] == ["monitoring"]


@pytest.mark.parametrize(
    ("expr", "areas", "known"),
    [
        ('sum(up{namespace="logging"})', {"logging": {"namespace": "loki"}}, "namespace = logging"),
        ('sum(loki_discarded_samples_total{namespace="logging"})', {"logging": {"namespace": "loki"}},
         "namespace = logging: must be a value of the label, which has loki"),
        ('sum(loki_discarded_samples_total{job="logging/loki-read"})', {},
         "job = logging/loki-read: must be a value of the label, which has logging/loki"),
        ('sum(tempo_ingester_live_traces{namespace="tracing"})', {"tracing": {"namespace": "tempo"}},
         "which has tempo"),
    ],
)  # fmt: skip
def test_a_rule_on_labels_that_no_target_has_is_refused(expr: str, areas: dict[str, Any], known: str) -> None:
    assert known in _problems(expr, **areas)


@pytest.mark.parametrize(
    ("expr", "areas"),
    [
        ('sum(up{namespace="loki"})', {"logging": {"namespace": "loki"}}),
        ('sum(loki_discarded_samples_total{namespace="loki",job="loki/loki"})', {"logging": {"namespace": "loki"}}),
        ('sum(loki_discarded_samples_total{cluster="loki",job="loki/loki-ingester"})', {"logging": EARLIER}),
        ('sum(up{job="logging/loki-gateway-exporter"})', {}),
        ('sum(memcached_up{job="logging/loki-chunks-cache"})', {}),
        ('sum(redis_up{namespace="cache"})', {"caching": {"kind": "valkey", "namespace": "cache"}}),
    ],
)  # fmt: skip
def test_a_rule_on_the_labels_of_the_stack_passes(expr: str, areas: dict[str, Any]) -> None:
    assert _problems(expr, **areas) == ""


@pytest.mark.parametrize(
    ("expr", "areas", "rule"),
    [
        ("sum(rate(node_cpu_seconds_total[30s]))", {}, "must be at least 1m"),
        ("sum(rate(node_cpu_seconds_total[30s]))", {"metrics": {"scrape_interval": "15s"}}, ""),
        ("sum(delta(probe_success[1m]))", {"probes": {"interval": "1m", "targets": {"a": {"address": "http://a.b"}}}},
         "must be at least 2m, twice the interval of its samples (1m)"),
        ("sum(delta(probe_success[1m]))",
         {"probes": {"interval": "1m", "targets": {"a": {"address": "http://a.b", "interval": "30s"}}}}, ""),
    ],
)  # fmt: skip
def test_a_range_holds_two_samples_at_the_intervals_of_the_stack(expr: str, areas: dict[str, Any], rule: str) -> None:
    found = _problems(expr, **areas)
    assert rule in found if rule else found == ""


LONG_TERM = {"retention": {"metrics": "90d"}, "metrics": {"long_term": {}}}
OF_THANOS = "; http_requests_total is of thanos-query and thanos-query-frontend here"


@pytest.mark.parametrize(
    ("selector", "parts"),
    [
        ('{service="checkout"}',
         ["service = checkout: must be a value of the label, which has thanos-query, thanos-query-frontend", OF_THANOS,
          "or declare http_requests_total in application_metrics with labels: {service: [checkout]}"]),
        ('{namespace="shop"}', ["which has monitoring", OF_THANOS, "with labels: {namespace: [shop]}"]),
        ('{job=~"checkout|cart"}', ["job = checkout|cart", OF_THANOS, "with labels: {job: []}"]),
        ('{status="500"}', ["status must be a label of http_requests_total", OF_THANOS, "labels: {status: [500]}"]),
        ('{job="thanos-query",service="thanos-query-frontend"}', ["no series has all of these labels", OF_THANOS]),
    ],
)  # fmt: skip
def test_a_metric_of_another_program_is_no_proof_of_that_of_an_application(selector: str, parts: list[str]) -> None:
    found = _problems(f"sum(rate(http_requests_total{selector}[5m]))", **LONG_TERM)
    for part in parts:
        assert part in found


def test_the_metric_of_an_application_is_declared_beside_that_of_another_program() -> None:
    expr = 'sum(rate(http_requests_total{service="checkout",status="500"}[5m]))'
    groups = {"groups": [{"name": "shop", "rules": [{"record": "shop:errors:rate5m", "expr": expr}]}]}
    declared = {"http_requests_total": {"type": "counter", "labels": {"service": ["checkout"], "status": []}}}
    alerting = {"rules": {"shop.yaml": groups}, "application_metrics": declared}
    with_settings(_config(**LONG_TERM, alerting=alerting), "dev", lambda settings, _: planned_alerting(settings))


def test_the_service_of_an_operator_that_exists_already_has_any_name() -> None:
    own, existing = _labels(), _labels(metrics={"install_operator": False})
    assert own["kubelet"]["service"] == ["prometheus-kubelet"]
    assert "kubelet" not in existing and existing["kube-apiserver"]["service"] == ["kubernetes"]


EXTERNAL = {
    "kind": "external",
    "remote_write_url": "https://metrics.example.org/api/v1/write",
    "query_url": "https://metrics.example.org",
}
URL = {"alertmanager_url": "http://alertmanager.example.org:9093"}


def _produced(**areas: Any) -> set[str]:
    found = with_settings(_of_any_kind(**areas), "dev", lambda settings, _: list(producers(settings)))
    assert len(found) == len(set(found)) and set(found) <= PRODUCERS.keys()
    return set(found)


def _of_any_kind(**areas: Any) -> dict[str, Any]:
    return {f"observability:{area}": stated for area, stated in {"cluster": {"name": "shop"}, **areas}.items()}


def test_an_existing_store_has_what_is_pushed() -> None:
    assert _produced(metrics=EXTERNAL, alerting=URL) == {"tempo-span-metrics", "tempo-service-graph", "loki-ruler"}


def test_an_operator_beside_it_scrapes_what_the_stack_runs_too() -> None:
    found = _produced(metrics=EXTERNAL, alerting=URL, cluster={"name": "shop", "service_monitors": True})
    assert {"alloy", "loki", "tempo", "grafana", "memcached"} <= found
    assert not {"prometheus", "kubelet", "kube-state-metrics", "node-exporter", "coredns"} & found


@pytest.mark.parametrize("metrics", [EXTERNAL, {"node_exporter": False}])
def test_what_is_stated_is_added_and_may_be_in_any_namespace(metrics: dict[str, Any]) -> None:
    stated = {**URL, "producers": ["node-exporter", "grafana", "tempo-span-metrics"]}
    added = _produced(metrics=metrics, alerting=stated) - _produced(metrics=metrics, alerting=URL)
    assert {"node-exporter"} <= added <= {"node-exporter", "grafana"}
    areas = _of_any_kind(metrics=metrics, alerting=stated)
    labels = with_settings(areas, "dev", lambda settings, _: dict(target_labels(settings)))
    assert not {"node-exporter", "grafana"} & labels.keys()


JOBS = {"node-exporter": {"job": ["node"]}, "kube-apiserver": {"job": ["kubernetes-apiservers"], "namespace": [""]}}


def test_the_jobs_and_namespaces_of_stated_producers_may_be_others() -> None:
    stated = {"metrics": EXTERNAL, "alerting": {**URL, "producer_labels": JOBS}}
    assert set(JOBS) < _produced(**stated), "they need not be among producers too"
    spec = with_settings(_of_any_kind(**stated), "dev", lambda settings, _: planned_alerting(settings))
    assert spec is not None and not spec.compiled.problems
    assert {name: spec.target_labels[name] for name in JOBS} == JOBS
    rules = {rule.name: rule.expr for group in spec.compiled.groups for rule in group.rules}
    assert 'up{job="node"}' in rules["NodeDown"] and 'up{job="kubernetes-apiservers"}' in rules["ClusterDown"]


def test_a_rule_on_a_job_that_a_stated_producer_has_not_is_refused() -> None:
    groups = {"groups": [{"name": "shop", "rules": [{"record": "a:b:c", "expr": 'sum(up{job="node-exporter"})'}]}]}
    alerting = {**URL, "producer_labels": JOBS, "rules": {"shop.yaml": groups}}
    with pytest.raises(SettingsError, match="job = node-exporter: must be a value of the label"):
        with_settings(
            _of_any_kind(metrics=EXTERNAL, alerting=alerting), "dev", lambda settings, _: planned_alerting(settings)
        )


def test_what_the_stack_deploys_too_has_its_own_labels_beside_those_that_are_stated() -> None:
    stated = {"grafana": {"namespace": ["ui"]}, "alloy": {"namespace": []}}
    labels = _labels(alerting={"producer_labels": stated})
    assert (labels["grafana"], labels["alloy"]) == ({"namespace": ["monitoring", "ui"]}, {"namespace": ()})
