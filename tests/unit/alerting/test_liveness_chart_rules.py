"""The rules of kube-prometheus-stack and its monitors against the catalogue; skipped without the chart or helm."""

import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import yaml

from components.alerting.catalogue import Drop, Producer
from components.alerting.liveness import liveness_problems
from components.alerting.producers import PRODUCERS
from components.alerting.promql import NAME
from components.alerting.rules import Group, Record
from components.charts import KUBE_PROMETHEUS_STACK
from components.metrics.spec import MetricsSpec
from components.metrics.values import metrics_values
from tests.real_charts import require_renderable

RELEASE = "prometheus"
DEPLOYED = (
    "prometheus",
    "node-exporter",
    "kube-state-metrics",
    "kubelet",
    "cadvisor",
    "kubelet-probes",
    "kube-apiserver",
)
DEAD = {
    # The chart's own ServiceMonitor drops the metric.
    "node_namespace_pod_container:container_memory_swap": "metric = container_memory_swap",
    # node_exporter is scraped through its pods, whose series have no label of the node.
    "node:node_cpu_utilization:ratio_rate5m": "avg by (node)",
}
"""Rules of the chart that never record what they are there for, with what is missing."""
MONITORS = {
    "prometheus-kube-state-metrics": ("kube-state-metrics",),
    "prometheus-node-exporter": ("node-exporter",),
    "prometheus-kubelet": ("kubelet", "cadvisor", "kubelet-probes"),
    "prometheus-apiserver": ("kube-apiserver",),
    "prometheus-coredns": ("coredns",),
    "prometheus-operator": ("prometheus-operator",),
    "prometheus-prometheus": ("prometheus", "prometheus"),
}
"""The producer of each endpoint of each monitor."""


@cache
def _objects(chart: str) -> tuple[Mapping[str, Any], ...]:
    spec = MetricsSpec.check("Metrics", {"namespace": "monitoring"})
    command = ["helm", "template", RELEASE, chart, "-n", spec.namespace, "-f", "-"]
    command += ["--kube-version", "1.36.1", "--api-versions", "monitoring.coreos.com/v1"]
    values = yaml.safe_dump(metrics_values(spec))
    done = subprocess.run(
        [*command, "--api-versions", "monitoring.coreos.com/v1"],
        input=values,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(each for each in yaml.safe_load_all(done.stdout) if each)


@pytest.fixture
def objects() -> tuple[Mapping[str, Any], ...]:
    return _objects(str(require_renderable(KUBE_PROMETHEUS_STACK, KUBE_PROMETHEUS_STACK.default_version)))


def _groups(objects: tuple[Mapping[str, Any], ...]) -> Iterator[Group]:
    for each in objects:
        for group in each["spec"]["groups"] if each["kind"] == "PrometheusRule" else ():
            rules = [Record(rule["record"], rule["expr"], rule.get("labels") or {}) for rule in group["rules"]]
            yield Group(group["name"], rules, each["metadata"]["name"])


def test_every_recording_rule_of_the_chart_is_alive_but_those_that_are_not(
    objects: tuple[Mapping[str, Any], ...],
) -> None:
    groups = list(_groups(objects))
    problems = list(liveness_problems(groups, [PRODUCERS[name] for name in DEPLOYED]))
    assert sum(len(group.rules) for group in groups) > 80
    found = {problem.place.partition("(")[2].rstrip(")"): problem.message for problem in problems}
    assert found.keys() == DEAD.keys()
    for rule, part in DEAD.items():
        assert part in found[rule]


def _of_monitor(endpoint: Mapping[str, Any]) -> tuple[bool, frozenset[Drop]]:
    """Return whether labels are honored, and what is dropped by the name of the metric, and by one label beside it."""
    drops = (
        Drop(tuple(rule["sourceLabels"]), rule["regex"])
        for rule in endpoint.get("metricRelabelings") or []
        if rule["action"] == "drop" and rule["sourceLabels"][0] == NAME and rule["sourceLabels"][-1] != "interface"
    )
    return bool(endpoint.get("honorLabels")), frozenset(drops)


def _of_producer(producer: Producer) -> tuple[bool, frozenset[Drop]]:
    return producer.honor_labels, frozenset(producer.drops)


def test_every_monitor_of_the_chart_has_its_producer(objects: tuple[Mapping[str, Any], ...]) -> None:
    monitors = {each["metadata"]["name"]: each["spec"] for each in objects if each["kind"] == "ServiceMonitor"}
    assert monitors.keys() == MONITORS.keys()
    for name, producers in MONITORS.items():
        endpoints = monitors[name]["endpoints"]
        assert [_of_monitor(endpoint) for endpoint in endpoints] == [
            _of_producer(PRODUCERS[producer]) for producer in producers
        ], name
