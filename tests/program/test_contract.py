"""Every committed stack, rendered whole and checked against the contract.

Charts are taken from `OBSERVABILITY_CHARTS`, from their repositories where those can be reached, and else from this
project's stand-ins.
"""

import os
from collections.abc import Callable
from functools import cache

import pytest
import yaml

from components._memberlist import ClusterLabel
from components.charts import CHARTS_VARIABLE, LOKI
from tests.checkout import ROOT
from tests.installed_tools import require
from tests.real_charts import require_renderable
from tools.contract import Report, check
from tools.program.stacks import configured_program
from tools.render import Rendering, render
from tools.render.stack import render_program

STACKS = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))


@pytest.fixture(scope="session")
def rendered() -> Callable[[str], Rendering]:
    """Render each stack once."""
    require("helm")
    return cache(lambda stack: render(ROOT, stack))


@pytest.fixture(scope="session")
def report(rendered: Callable[[str], Rendering]) -> Callable[[str], Report]:
    return cache(lambda stack: check(rendered(stack)))


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_keeps_the_contract(stack: str, report: Callable[[str], Report]) -> None:
    violations = [str(finding) for finding in report(stack).findings]
    assert not violations, "\n".join(violations)


@pytest.mark.skipif(not os.environ.get(CHARTS_VARIABLE), reason=f"{CHARTS_VARIABLE} names no directory of charts")
@pytest.mark.parametrize("stack", STACKS)
def test_where_charts_are_given_a_stack_is_held_against_those_alone(
    stack: str, rendered: Callable[[str], Rendering], report: Callable[[str], Report]
) -> None:
    absent = [str(release) for release in rendered(stack).releases if release.stand_in]
    assert absent == [], f"{CHARTS_VARIABLE} has no chart for them"
    assert not [reason for reason in report(stack).unchecked if reason.startswith("the values of release")]


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_has_logs_traces_and_collectors_in_namespaces_with_a_pod_security_level(
    stack: str, rendered: Callable[[str], Rendering]
) -> None:
    rendering = rendered(stack)
    labelled = {
        item.name
        for item in rendering.objects
        if item.kind == "Namespace" and "pod-security.kubernetes.io/enforce" in item.manifest["metadata"]["labels"]
    }
    settings = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    there = settings.get("observability:cluster", {}).get("existing_namespaces", [])
    homes = {release.namespace for release in rendering.releases} - set(there)
    charts = {release.chart for release in rendering.releases}
    assert ("loki" in charts or stack in ("agent", "docker")) and {"alloy", "opentelemetry-collector"} & charts
    assert homes <= labelled


@pytest.mark.parametrize("label", ClusterLabel)
def test_each_setting_of_the_label_of_the_ring_of_loki_can_be_deployed(label: ClusterLabel) -> None:
    require_renderable(LOKI, LOKI.default_version)
    config = {"cluster": {"name": "test"}, "logging": {"cluster_label": label.value}}
    rendering = render_program(configured_program(ROOT, config), "test")
    assert [str(finding) for finding in check(rendering).findings] == []


def test_there_are_stacks_to_check() -> None:
    assert STACKS


def test_everything_that_a_prometheus_selects_bears_the_labels_that_it_selects_by() -> None:
    require("helm")
    config = {
        "cluster": {"name": "test", "service_monitors": True, "service_monitor_labels": {"release": "kps"}},
        "caching": {"kind": "valkey"},
        "logging": {"mode": "distributed", "replicas": 3, "ingester_zones": ["a", "b", "c"], "pattern_ingester": True},
        "tracing": {"mode": "distributed", "replicas": 3},
        "metrics": {
            "kind": "external",
            "remote_write_url": "http://m.prometheus:9090/api/v1/write",
            "query_url": "http://m.prometheus:9090",
        },
        "probes": {"targets": {"shop": {"address": "https://shop.example.org"}}},
    }
    rendering = render_program(configured_program(ROOT, config), "test")
    if any(release.stand_in for release in rendering.releases):
        pytest.skip("stand-in charts have no ServiceMonitor")
    kinds = ("ServiceMonitor", "PodMonitor", "Probe", "PrometheusRule")
    selected = [item for item in rendering.objects if item.kind in kinds]
    namespaces = {"caching", "logging", "monitoring", "storage", "telemetry", "tracing"}
    assert (namespaces, set(kinds)) == ({item.namespace for item in selected}, {item.kind for item in selected})
    unlabelled = [str(item) for item in selected if item.manifest["metadata"]["labels"].get("release") != "kps"]
    assert unlabelled == []
