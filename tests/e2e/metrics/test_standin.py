"""The stand-in charts as these tests complete them, held against the published ones."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from components.charts import CHARTS_VARIABLE, KUBE_PROMETHEUS_STACK, THANOS, find_chart
from tests.e2e.metrics.servers import Shop
from tests.e2e.metrics.stack import existing, render_stack, settings
from tests.e2e.metrics.workloads import Objects, Pod

pytestmark = pytest.mark.e2e

SHOP = Shop("localhost:1", "localhost:2", "", 9)
OF_THE_CHART = {"version"}
"""What the stand-in states of the Prometheus in other words."""


def test_what_a_stand_in_chart_runs_is_what_the_published_one_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = os.environ.get(CHARTS_VARIABLE, "")
    if not all(find_chart(mirror, chart.name, chart.default_version) for chart in (KUBE_PROMETHEUS_STACK, THANOS)):
        pytest.skip(f"needs {KUBE_PROMETHEUS_STACK.name} and {THANOS.name} in the directory {CHARTS_VARIABLE}")
    config = settings("http://127.0.0.1:9000", SHOP)
    published = render_stack(config)
    monkeypatch.delenv(CHARTS_VARIABLE)
    stand_in = render_stack(config)

    for part in ("store", "compact", "query", "query-frontend"):
        assert _arguments(stand_in, part, tmp_path) == _arguments(published, part, tmp_path), part
    (found,), (expected,) = stand_in.of("Prometheus"), published.of("Prometheus")
    assert _kubelets(stand_in) == _kubelets(published)
    differing = {key for key, value in found["spec"].items() if value and expected["spec"].get(key) != value}
    assert differing <= OF_THE_CHART


def _arguments(objects: Objects, part: str, directory: Path) -> set[str]:
    contents = Objects([*objects.manifests, *existing(SHOP)])
    return set(Pod(objects.workload("thanos/thanos", part), contents, directory).arguments({}))


def _kubelets(objects: Objects) -> dict[str, Any]:
    """Return the monitor of the kubelets, without the metrics that it drops."""
    (spec,) = (each["spec"] for each in objects.of("ServiceMonitor") if each["metadata"]["name"].endswith("-kubelet"))
    endpoints = [{k: v for k, v in each.items() if k != "metricRelabelings"} for each in spec["endpoints"]]
    return {**spec, "endpoints": endpoints}
