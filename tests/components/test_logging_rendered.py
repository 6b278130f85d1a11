"""`Logging` with each of the real charts: what Kubernetes would refuse of a change between them is refused before."""

import os
import re
import shutil
from collections.abc import Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from components.charts import LOKI
from components.logging import Logging, LoggingArgs
from components.logging.update_guard import upgrade_problems
from tests.recording import record
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
SHAPES: dict[str, LoggingArgs] = {
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


def installed(args: LoggingArgs, version: str, cache: Path) -> tuple[dict[str, Any], Objects]:
    """Return the inputs of the release, and the specification of each object by kind and name."""
    charts = os.environ.get("OBSERVABILITY_CHARTS")
    if charts is None or shutil.which("helm") is None or not (Path(charts) / f"loki-{version}").is_dir():
        pytest.skip(f"needs helm on PATH and loki-{version} in the directory OBSERVABILITY_CHARTS")
    chosen: LoggingArgs = {**args, "chart_version": version}
    recording = record(lambda: {"query_url": Logging("logs", chosen).query_url})
    ((_, objects),) = render_releases(recording, cache, pytest.fail)
    return recording.one(":Release").plain(), {
        (item.kind, item.name): item.manifest["spec"] for item in objects if "spec" in item.manifest
    }


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


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("before", "after"), list(permutations(LOKI.versions, 2)))
def test_exactly_what_cannot_change_in_place_is_deleted_by_hand_first(
    shape: str, before: str, after: str, tmp_path: Path
) -> None:
    (old_inputs, old), (new_inputs, new) = (installed(SHAPES[shape], version, tmp_path) for version in (before, after))
    deleted = {
        f"{kind} {name}"
        for problem in upgrade_problems(old_inputs, new_inputs)
        for kind, names in re.findall(r"delete (statefulset|service) ([a-z -]+?)(?: --cascade|;|$)", problem)
        for name in names.split()
    }
    assert refused(old, new) == deleted
