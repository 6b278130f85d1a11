"""The nodes of every pod of every stack and mode, rendered.

Charts are taken from `OBSERVABILITY_CHARTS`, from their repositories where those can be reached, and else from this
project's stand-ins.
"""

import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.contract.pods import Pod, pods_of
from tools.program.stacks import configured_program
from tools.render import Rendering
from tools.render.stack import render_program
from tools.support_matrix import STORES, TOPOLOGIES

ROOT = Path(__file__).parents[2]
COMMITTED = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
NODES = {"pool": "obs"}
TAINT = {"key": "dedicated", "operator": "Exists"}
CLUSTER = {"name": "pods", "node_selector": NODES, "tolerations": [TAINT]}
OWN_PLACEMENT = {"onprem": {"loki-write", "tempo-ingester", "tempo-metrics-generator"}}
"""The workloads of a committed stack that its settings place elsewhere."""

EVERYTHING: dict[str, Any] = {
    "cluster": {"service_monitors": True},
    "caching": {"kind": "valkey"},
    "logging": {
        "mode": "distributed",
        "ruler": True,
        "alertmanager_url": "http://alertmanager.monitoring:9093",
        "rule_source": "bucket",
        "lokitool_image": "registry.acme.io/lokitool:3.7.7",
        "pattern_ingester": True,
    },
    "tracing": {"mode": "distributed", "gateway": True},
    "telemetry": {"log_source": "api"},
    "demo": {"enabled": True},
}
"""What no other stack has: a Job for rules, the exporters, collectors without log files."""


def _committed(stack: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    cluster = config["observability:cluster"]
    return {**config, "observability:cluster": {**cluster, **CLUSTER, "name": cluster["name"]}}


def _combined() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield stacks that together have every topology with every version of its chart, and every store."""
    stores = [store for store in STORES if store.shared]
    logging, tracing = (
        [
            (f"{topology.title} {version}", {**topology.settings, "chart_version": version})
            for topology in TOPOLOGIES
            for version in topology.versions
            if topology.area == area
        ]
        for area in ("logging", "tracing")
    )
    for (loki, tempo), store in zip(zip(logging, cycle(tracing), strict=False), cycle(stores), strict=False):
        yield f"{loki[0]}, {tempo[0]}, {store.title}", {**store.config, "logging": loki[1], "tracing": tempo[1]}


def _with_cluster(config: Mapping[str, Any]) -> dict[str, Any]:
    return {**config, "cluster": {**CLUSTER, **config.get("cluster", {})}}


STACKS: dict[str, dict[str, Any]] = {
    **{stack: _committed(stack) for stack in COMMITTED},
    **{title: _with_cluster(config) for title, config in _combined()},
    "everything": _with_cluster(EVERYTHING),
}


@cache
def rendering(stack: str) -> Rendering:
    return render_program(configured_program(ROOT, STACKS[stack]), stack)


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    if shutil.which("helm") is None:
        pytest.skip("helm is not on PATH; `make test` puts it there")
    name: str = request.param
    return name


def pods(stack: str) -> list[Pod]:
    return list(pods_of(rendering(stack).objects))


def is_placed(pod: Pod) -> bool:
    selector = pod.spec.get("nodeSelector") or {}
    return NODES.items() <= selector.items() and TAINT in (pod.spec.get("tolerations") or [])


def test_every_pod_but_a_collector_of_each_node_has_the_placement_of_the_cluster_or_its_own(stack: str) -> None:
    misplaced = {pod.owner.name for pod in pods(stack) if pod.owner.kind != "DaemonSet" and not is_placed(pod)}
    assert misplaced == OWN_PLACEMENT.get(stack, set())


def test_the_stacks_have_every_topology_version_and_store() -> None:
    areas = [config.get(area, {}) for config in STACKS.values() for area in ("logging", "tracing")]
    for topology in TOPOLOGIES:
        for version in topology.versions:
            assert {**topology.settings, "chart_version": version} in areas
    kinds = [config.get("storage", config.get("observability:storage", {})) for config in STACKS.values()]
    assert all(any(store.settings == kind for kind in kinds) for store in STORES if store.shared)
    assert {"kind": "filesystem"} in kinds
