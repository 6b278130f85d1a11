"""SeaweedFS in both shapes, rendered with the real chart and held against what must be true of any stack."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from components.charts import SEAWEEDFS_CHART
from tests.components.stores import in_cluster
from tests.real_charts import require_renderable
from tests.recording import record
from tools.contract.chart_values import findings
from tools.contract.invariants import INVARIANTS
from tools.render import RenderedObject, Rendering
from tools.render.chartfiles import ChartFiles
from tools.render.releases import render_releases

SHAPES: dict[str, dict[str, Any]] = {"one pod": {}, "three servers": {"replicas": 3}}


def rendering(args: dict[str, Any], cache: Path) -> Rendering:
    require_renderable(SEAWEEDFS_CHART, SEAWEEDFS_CHART.default_version)
    recording = record(lambda: {"endpoint": in_cluster(**args)["endpoint"]})
    ((release, objects),) = render_releases(recording, cache, pytest.fail)
    kinds = {":Namespace": "v1", ":PodDisruptionBudget": "policy/v1", "v1:Service": "v1"}
    own = [
        RenderedObject({"apiVersion": version, "kind": kind.rpartition(":")[2], **found.plain()}, "the component")
        for kind, version in kinds.items()
        for found in recording.of_type(kind)
    ]
    return Rendering("storage", (*own, *objects), (release,), (), frozenset())


def rendered(args: dict[str, Any], cache: Path) -> tuple[RenderedObject, ...]:
    return rendering(args, cache).objects


def pods(objects: Sequence[RenderedObject]) -> dict[str, Any]:
    workloads = [item for item in objects if item.kind in ("Deployment", "StatefulSet", "Job")]
    return {item.name: item.manifest["spec"]["template"] for item in workloads}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_keeps_what_must_be_true_of_any_stack(shape: str, tmp_path: Path) -> None:
    store = rendering(SHAPES[shape], tmp_path)
    found = [str(finding) for invariant in INVARIANTS for finding in invariant(store)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_chart_knows_every_value(shape: str, tmp_path: Path) -> None:
    rendered(SHAPES[shape], tmp_path)
    values = record(lambda: in_cluster(**SHAPES[shape])).one(":Release").plain()["values"]
    chart = ChartFiles(require_renderable(SEAWEEDFS_CHART, SEAWEEDFS_CHART.default_version))
    assert [str(finding) for finding in findings("storage/seaweedfs", values, chart)] == []


@pytest.mark.parametrize("shape", SHAPES)
def test_every_volume_that_is_mounted_is_there_and_none_is_of_the_host(shape: str, tmp_path: Path) -> None:
    objects = rendered(SHAPES[shape], tmp_path)
    claimed = {
        item.name: {claim["metadata"]["name"] for claim in item.manifest["spec"].get("volumeClaimTemplates", ())}
        for item in objects
        if item.kind == "StatefulSet"
    }
    for name, template in pods(objects).items():
        volumes = {volume["name"]: volume for volume in template["spec"].get("volumes") or ()}
        assert not [volume for volume in volumes.values() if "hostPath" in volume], name
        for container in template["spec"]["containers"]:
            mounted = {mount["name"] for mount in container.get("volumeMounts", ())}
            assert mounted <= set(volumes) | claimed.get(name, set()), name


def test_the_address_of_several_servers_selects_the_filers(tmp_path: Path) -> None:
    objects = rendered(SHAPES["three servers"], tmp_path)
    (service,) = (item for item in objects if (item.kind, item.name) == ("Service", "seaweedfs"))
    selected = [
        name
        for name, template in pods(objects).items()
        if service.manifest["spec"]["selector"].items() <= template["metadata"]["labels"].items()
    ]
    assert selected == ["seaweedfs-filer"]


def test_servers_of_several_hosts_tell_each_copy_and_no_two_share_a_host(tmp_path: Path) -> None:
    objects = rendered(SHAPES["three servers"], tmp_path)
    templates = pods(objects)
    for part in ("master", "volume", "filer"):
        affinity = templates[f"seaweedfs-{part}"]["spec"]["affinity"]["podAntiAffinity"]
        (term,) = affinity["requiredDuringSchedulingIgnoredDuringExecution"]
        assert term["topologyKey"] == "kubernetes.io/hostname"
    command = templates["seaweedfs-master"]["spec"]["containers"][0]["command"][-1]
    assert "-defaultReplication=001" in command
    assert command.count("seaweedfs-master-") == 3
