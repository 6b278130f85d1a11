"""`Logging` with each of the real charts: what Kubernetes would refuse of a change between them is refused before."""

import re
from collections.abc import Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.charts import LOKI
from components.logging import Logging, LoggingArgs
from components.logging.update_guard import upgrade_problems
from tests.real_charts import require_renderable
from tests.recording import record
from tools.contract.invariants import every_ring_has_a_label_of_its_own
from tools.render import RenderedObject, Rendering
from tools.render.releases import render_releases

STORE: LoggingArgs = {
    "namespace": "logging",
    "bucket": "prod",
    "endpoint": "https://s3.example.org",
    "credentials_secret": "loki-bucket",
    "storage_class": "fast",
}
EVERYTHING: LoggingArgs = {
    **STORE,
    "ruler": True,
    "alertmanager_url": "http://alertmanager.monitoring:9093",
    "pattern_ingester": True,
}
TOPOLOGIES: dict[str, LoggingArgs] = {
    "filesystem": {"namespace": "logging", "store": "filesystem"},
    "monolithic": {**EVERYTHING, "replicas": 3},
    "to-simple-scalable": {**EVERYTHING, "mode": "simple-scalable", "migrate_from": "monolithic"},
    "simple-scalable": {**EVERYTHING, "mode": "simple-scalable"},
    "to-distributed": {**EVERYTHING, "mode": "distributed", "migrate_from": "simple-scalable"},
    "distributed": {**EVERYTHING, "mode": "distributed"},
    "distributed-without-rules": {**STORE, "mode": "distributed"},
    "distributed-with-rules-in-a-bucket": {
        **EVERYTHING,
        "mode": "distributed",
        "rule_source": "bucket",
        "lokitool_image": "registry.example.org/lokitool:3.7.7",
    },
    "zones": {**EVERYTHING, "mode": "distributed", "ingester_zones": ["a", "b", "c"]},
}
DEFAULTS = {"podManagementPolicy": "OrderedReady", "volumeClaimTemplates": []}
IMMUTABLE = ("serviceName", "selector", "podManagementPolicy", "volumeClaimTemplates")

Objects = Mapping[tuple[str, str], Mapping[str, Any]]


def rendered(args: LoggingArgs, version: str, cache: Path) -> tuple[dict[str, Any], Sequence[RenderedObject]]:
    """Return the inputs of the release and its objects."""
    require_renderable(LOKI, version)
    chosen: LoggingArgs = {**args, "chart_version": version}
    recording = record(lambda: {"query_url": Logging("logs", chosen).query_url})
    ((_, objects),) = render_releases(recording, cache, pytest.fail)
    return recording.one(":Release").plain(), objects


def installed(args: LoggingArgs, version: str, cache: Path) -> tuple[dict[str, Any], Objects]:
    """Return the inputs of the release, and the specification of each object by kind and name."""
    inputs, objects = rendered(args, version, cache)
    return inputs, {(item.kind, item.name): item.manifest["spec"] for item in objects if "spec" in item.manifest}


def refused(before: Objects, after: Objects) -> set[str]:
    """Return the objects of both that Kubernetes would not update from one to the other."""
    found = set()
    for kind, name in before.keys() & after.keys():
        old, new = before[kind, name], after[kind, name]
        if kind == "StatefulSet":
            differs = any(_field(old, field) != _field(new, field) for field in IMMUTABLE)
        elif kind in ("Deployment", "DaemonSet"):
            differs = old["selector"] != new["selector"]
        else:
            differs = kind == "Service" and new.get("clusterIP") == "None" != old.get("clusterIP")
        if differs:
            found.add(f"{kind.lower()} {name}")
    return found


def _field(spec: Mapping[str, Any], field: str) -> Any:
    value = spec.get(field, DEFAULTS.get(field))
    return [(claim["metadata"]["name"], claim["spec"]) for claim in value] if field == "volumeClaimTemplates" else value


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize(("before", "after"), list(permutations(LOKI.versions, 2)))
def test_exactly_what_cannot_change_in_place_is_deleted_by_hand_first(
    topology: str, before: str, after: str, tmp_path: Path
) -> None:
    (old_inputs, old), (new_inputs, new) = (
        installed(TOPOLOGIES[topology], version, tmp_path) for version in (before, after)
    )
    deleted = {
        f"{kind} {name}"
        for problem in upgrade_problems(old_inputs, new_inputs)
        for kind, names in re.findall(r"delete (statefulset|service) ([a-z -]+?)(?: --cascade|;|$)", problem)
        for name in names.split()
    }
    assert refused(old, new) == deleted


def rings(objects: Sequence[RenderedObject]) -> list[dict[str, Any]]:
    """Return the section `memberlist` of every configuration."""
    files = [text for item in objects if item.kind == "ConfigMap" for text in item.manifest["data"].values()]
    configs = [yaml.safe_load(text) for text in files if "memberlist:" in text]
    return [config["memberlist"] for config in configs]


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("version", LOKI.versions)
def test_every_ring_has_the_label_of_its_release(topology: str, version: str, tmp_path: Path) -> None:
    _, objects = rendered(TOPOLOGIES[topology], version, tmp_path)
    assert [ring["cluster_label"] for ring in rings(objects)] == ["loki.logging"]
    rendering = Rendering("logging", tuple(objects), (), (), frozenset())
    assert list(every_ring_has_a_label_of_its_own(rendering)) == []


@pytest.mark.parametrize(
    ("setting", "config"),
    [
        ("off", {}),
        ("accept", {"cluster_label_verification_disabled": True}),
        ("unverified", {"cluster_label": "loki.logging", "cluster_label_verification_disabled": True}),
        ("verified", {"cluster_label": "loki.logging"}),
    ],
)
@pytest.mark.parametrize("version", LOKI.versions)
def test_each_step_of_the_label_reaches_the_configuration(
    version: str, setting: str, config: dict[str, Any], tmp_path: Path
) -> None:
    _, objects = rendered({**TOPOLOGIES["monolithic"], "cluster_label": setting}, version, tmp_path)
    (ring,) = rings(objects)
    assert {key: value for key, value in ring.items() if key.startswith("cluster_label")} == config
    assert ring["join_members"] == ["loki-memberlist.logging.svc.cluster.local"], "the chart's own keys stay"
