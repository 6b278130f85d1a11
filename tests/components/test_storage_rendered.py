"""SeaweedFS in both topologies, rendered with the real chart and held against what must be true of any stack."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from components.charts import MINIO, SEAWEEDFS_CHART, Chart
from tests.components.stores import in_cluster, minio
from tests.real_charts import require_renderable
from tests.recording import record
from tools.contract.chart_values import findings
from tools.contract.invariants import INVARIANTS
from tools.contract.pods import pods_of
from tools.render import RenderedObject, Rendering
from tools.render.chartfiles import ChartFiles
from tools.render.releases import render_releases

TOPOLOGIES: dict[str, dict[str, Any]] = {"one pod": {}, "three servers": {"replicas": 3}}


def rendering(
    args: dict[str, Any], cache: Path, store: Callable[..., Any] = in_cluster, chart: Chart = SEAWEEDFS_CHART
) -> Rendering:
    require_renderable(chart, chart.default_version)
    recording = record(lambda: {"endpoint": store(**args)["endpoint"]})
    ((release, objects),) = render_releases(recording, cache, pytest.fail)
    kinds = {
        ":Namespace": "v1",
        ":PodDisruptionBudget": "policy/v1",
        "v1:Service": "v1",
        ":NetworkPolicy": "networking.k8s.io/v1",
        ":Job": "batch/v1",
    }
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


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_every_topology_keeps_what_must_be_true_of_any_stack(topology: str, tmp_path: Path) -> None:
    store = rendering(TOPOLOGIES[topology], tmp_path)
    found = [str(finding) for invariant in INVARIANTS for finding in invariant(store)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_the_chart_knows_every_value(topology: str, tmp_path: Path) -> None:
    rendered(TOPOLOGIES[topology], tmp_path)
    values = record(lambda: in_cluster(**TOPOLOGIES[topology])).one(":Release").plain()["values"]
    chart = ChartFiles(require_renderable(SEAWEEDFS_CHART, SEAWEEDFS_CHART.default_version))
    assert [str(finding) for finding in findings("storage/seaweedfs", values, chart)] == []


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_every_volume_that_is_mounted_is_there_and_none_is_of_the_host(topology: str, tmp_path: Path) -> None:
    objects = rendered(TOPOLOGIES[topology], tmp_path)
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
    objects = rendered(TOPOLOGIES["three servers"], tmp_path)
    (service,) = (item for item in objects if (item.kind, item.name) == ("Service", "seaweedfs"))
    selected = [
        name
        for name, template in pods(objects).items()
        if service.manifest["spec"]["selector"].items() <= template["metadata"]["labels"].items()
    ]
    assert selected == ["seaweedfs-filer"]


def test_servers_of_several_hosts_tell_each_copy_and_no_two_share_a_host(tmp_path: Path) -> None:
    objects = rendered(TOPOLOGIES["three servers"], tmp_path)
    templates = pods(objects)
    for part in ("master", "volume", "filer"):
        affinity = templates[f"seaweedfs-{part}"]["spec"]["affinity"]["podAntiAffinity"]
        (term,) = affinity["requiredDuringSchedulingIgnoredDuringExecution"]
        assert term["topologyKey"] == "kubernetes.io/hostname"
    command = templates["seaweedfs-master"]["spec"]["containers"][0]["command"][-1]
    assert "-defaultReplication=001" in command
    assert command.count("seaweedfs-master-") == 3


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a selector of labels, and of `In` alone, matches."""
    expressions = selector.get("matchExpressions") or []
    assert all(expression["operator"] == "In" for expression in expressions)
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items()) and all(
        labels.get(expression["key"]) in expression["values"] for expression in expressions
    )


def reaches(
    policies: Sequence[Mapping[str, Any]], source: Mapping[str, str] | None, target: Mapping[str, str] | None, port: int
) -> bool:
    """Whether the policies of a namespace let a pod of it reach a TCP port of another; `None` is a pod elsewhere."""

    def passes(direction: str, peers: str, pod: Mapping[str, str] | None, peer: Mapping[str, str] | None) -> bool:
        ruled = [
            policy
            for policy in policies
            if pod is not None and direction in policy["policyTypes"] and selects(policy["podSelector"], pod)
        ]
        return not ruled or any(
            any(item["port"] == port and item.get("protocol", "TCP") == "TCP" for item in rule["ports"] or [])
            if "ports" in rule
            else True
            for policy in ruled
            for rule in policy[direction.lower()]
            if peers not in rule
            or (peer is not None and any(selects(item["podSelector"], peer) for item in rule[peers]))
        )

    return passes("Egress", "to", source, target) and passes("Ingress", "from", target, source)


NETWORKS: dict[str, tuple[Callable[..., Any], Chart, dict[str, Any], str, int, set[int], set[int]]] = {
    "MinIO in one pod": (minio, MINIO, {}, "app", 9000, {9000}, {9001}),
    "MinIO in four pods": (minio, MINIO, {"mode": "distributed"}, "app", 9000, {9000}, {9001}),
    "SeaweedFS in one pod": (
        *(in_cluster, SEAWEEDFS_CHART, {}, "app.kubernetes.io/component", 9333),
        *({8333, 9324}, {9333, 8888, 8080}),
    ),
    "SeaweedFS on three servers": (
        *(in_cluster, SEAWEEDFS_CHART, {"replicas": 3}, "app.kubernetes.io/component", 8888),
        *({9327}, {9333, 8888, 8080}),
    ),
}
"""Each store: its chart, arguments, the label that tells its pods apart, a port of its own, open and closed ports."""


@pytest.mark.parametrize("topology", NETWORKS)
def test_a_store_reaches_itself_and_dns_and_is_reached_where_it_asks_for_a_key(topology: str, tmp_path: Path) -> None:
    store, chart, args, label, own, opened, closed = NETWORKS[topology]
    made = rendering(args, tmp_path, store, chart)
    policies = [item.manifest["spec"] for item in made.objects if item.kind == "NetworkPolicy"]
    labels = {pod.labels[label]: pod.labels for pod in pods_of(made.objects)}
    servers = {name: found for name, found in labels.items() if not name.endswith(("-job", "buckets"))}
    assert servers and len(labels) > len(servers), "the Job that sets up the buckets has a policy too"
    for source in labels.values():
        for server in servers.values():
            if own == 9000 or own in _ports_of(policies, server):
                assert reaches(policies, source, server, own)
        assert reaches(policies, source, None, 53)
        assert not reaches(policies, source, None, 443) and not reaches(policies, source, None, 3100)
    for server in servers.values():
        assert [port for port in sorted(opened) if not reaches(policies, None, server, port)] == []
        assert [port for port in sorted(closed) if reaches(policies, None, server, port)] == []


def _ports_of(policies: Sequence[Mapping[str, Any]], pod: Mapping[str, str]) -> set[int]:
    """Return the ports that a pod admits its own release on."""
    ruled = [policy for policy in policies if selects(policy["podSelector"], pod)]
    return {port["port"] for policy in ruled for rule in policy["ingress"] if "from" in rule for port in rule["ports"]}
