"""The stand-in charts as these tests complete them, held against the published ones."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from components.charts import CHARTS_VARIABLE, KUBE_PROMETHEUS_STACK, THANOS, find_chart
from components.thanos.roles import ThanosRole
from sandbox.documents import load
from tests.e2e.metrics.servers import Shop
from tests.e2e.metrics.stack import existing, receiving_settings, render_stack, settings
from tests.e2e.metrics.thanos import IMAGE
from tests.e2e.metrics.workloads import Objects, Pod

pytestmark = pytest.mark.e2e

STORE = "http://127.0.0.1:9000"
SHOP = Shop("localhost:1", "localhost:2", "", 9)
OF_THE_CHART = {"version"}
"""What the stand-in states of the Prometheus in other words."""


def test_what_a_stand_in_chart_runs_is_what_the_published_one_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = os.environ.get(CHARTS_VARIABLE, "")
    if not all(find_chart(mirror, chart.name, chart.default_version) for chart in (KUBE_PROMETHEUS_STACK, THANOS)):
        pytest.skip(f"needs {KUBE_PROMETHEUS_STACK.name} and {THANOS.name} in the directory {CHARTS_VARIABLE}")
    configs = [settings(STORE, SHOP), receiving_settings(STORE, SHOP, [])]
    published, published_receiving = map(render_stack, configs)
    monkeypatch.delenv(CHARTS_VARIABLE)
    stand_in, stand_in_receiving = map(render_stack, configs)

    for ours, theirs in ((stand_in, published), (stand_in_receiving, published_receiving)):
        roles = [role for role in ThanosRole if theirs.has(IMAGE, role)]
        assert [role for role in ThanosRole if ours.has(IMAGE, role)] == roles
        for role in roles:
            assert _arguments(ours, role, tmp_path) == _arguments(theirs, role, tmp_path), role
            assert _files(ours, role, tmp_path / "a") == _files(theirs, role, tmp_path / "b"), role
    (found,), (expected,) = stand_in.of("Prometheus"), published.of("Prometheus")
    assert _kubelets(stand_in) == _kubelets(published)
    differing = {key for key, value in found["spec"].items() if value and expected["spec"].get(key) != value}
    assert differing <= OF_THE_CHART


def _arguments(objects: Objects, role: ThanosRole, directory: Path) -> set[str]:
    return set(_pod(objects, role, directory).arguments({}))


def _files(objects: Objects, role: ThanosRole, directory: Path) -> dict[str, Any]:
    """Return what the pod of a part mounts from Secrets and ConfigMaps, by path."""
    _pod(objects, role, directory).write_files()
    files = (file for file in directory.rglob("*") if file.is_file())
    return {str(file.relative_to(directory)): load(file.read_text()) for file in files}


def _pod(objects: Objects, role: ThanosRole, directory: Path) -> Pod:
    contents = Objects([*objects.manifests, *existing(SHOP)])
    return Pod(objects.workload(IMAGE, role), contents, directory)


def _kubelets(objects: Objects) -> dict[str, Any]:
    """Return the monitor of the kubelets, without the metrics that it drops."""
    (spec,) = (each["spec"] for each in objects.of("ServiceMonitor") if each["metadata"]["name"].endswith("-kubelet"))
    endpoints = [{k: v for k, v in each.items() if k != "metricRelabelings"} for each in spec["endpoints"]]
    return {**spec, "endpoints": endpoints}
