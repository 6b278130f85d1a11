"""The nodes, images and priority of every pod of every stack and mode, rendered.

Charts are taken from `OBSERVABILITY_CHARTS`, from their repositories where those can be reached, and else from this
project's stand-ins.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, cycle, repeat
from typing import Any
from unittest.mock import patch

import pytest
import yaml

from tests.checkout import ROOT
from tests.installed_tools import require
from tools.contract.kubernetes_versions import missing_features
from tools.contract.pods import Pod, pods_of
from tools.contract.schemas import violations
from tools.program.stacks import configured_program
from tools.render import Rendering
from tools.render.stack import render_program
from tools.support_matrix import STORES, TOPOLOGIES

COMMITTED = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
NODES = {"pool": "obs"}
IMAGE_FLAGS = ("--prometheus-config-reloader", "--thanos-default-base-image")
"""The flags of the Prometheus operator with the images of containers for which a Prometheus states none."""
TAINT = {"key": "dedicated", "operator": "Exists"}
REGISTRY = "registry.example.com/mirror"
PULL_SECRETS = ["registry-login", "second-login"]
PRIORITY = "observability"
CLUSTER = {
    "name": "pods",
    "node_selector": NODES,
    "tolerations": [TAINT],
    "image_registry": REGISTRY,
    "image_pull_secrets": PULL_SECRETS,
    "priority_class": PRIORITY,
}
OLDEST_KUBERNETES = "1.25"
"""What the charts require."""
BACKENDS_ALONE = {
    "grafana": {"enabled": False},
    "metrics": {"kind": "external", "remote_write_url": "http://m:9090/api/v1/write", "otlp_url": "http://m:9090/otlp"},
}
"""Leaves Grafana and Prometheus to the other stacks, as rendering takes most of the time."""
CA = {"config_map": "s3-ca", "key": "bundle.pem"}
LOKITOOL = "registry.acme.io/lokitool:3.7.7"
OWN_PLACEMENT = {"onprem": {"loki-write", "tempo-ingester", "tempo-metrics-generator"}}
"""The workloads of a committed stack that its settings place elsewhere."""

EVERYTHING: dict[str, Any] = {
    "cluster": {"service_monitors": True, "kubernetes_version": OLDEST_KUBERNETES},
    "caching": {"kind": "valkey"},
    "logging": {
        "mode": "distributed",
        "ruler": True,
        "alertmanager_url": "http://alertmanager.monitoring:9093",
        "rule_source": "bucket",
        "lokitool_image": LOKITOOL,
        "pattern_ingester": True,
    },
    "tracing": {"mode": "distributed", "gateway": True},
    "telemetry": {"log_source": "api"},
    "probes": {"replicas": 2, "targets": {"shop": {"address": "https://shop.example.org"}}},
    "demo": {"enabled": True},
}
"""What no other stack has: a Job for rules, the exporters, probes, collectors without log files."""


def _committed(stack: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    cluster, storage = (dict(config.get(f"observability:{area}", {})) for area in ("cluster", "storage"))
    cluster |= {name: value for name, value in CLUSTER.items() if name != "name"}
    return {**config, "observability:cluster": cluster, "observability:storage": _with_ca(storage)}


def _with_ca(storage: dict[str, Any]) -> dict[str, Any]:
    return {**storage, "ca": CA} if storage.get("kind") == "external" else storage


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
    # Each topology of Tempo once, then the smallest.
    tempos = chain(tracing, repeat(tracing[0]))
    for loki, tempo, store in zip(logging, tempos, cycle(stores), strict=False):
        areas = {"storage": _with_ca(dict(store.settings)), "logging": loki[1], "tracing": tempo[1]}
        cluster = {"kubernetes_version": OLDEST_KUBERNETES}
        yield f"{loki[0]}, {tempo[0]}, {store.title}", {**store.config, "cluster": cluster, **areas, **BACKENDS_ALONE}


def _with_cluster(config: Mapping[str, Any]) -> dict[str, Any]:
    return {**config, "cluster": {**CLUSTER, **config.get("cluster", {})}}


STACKS: dict[str, dict[str, Any]] = {
    **{stack: _committed(stack) for stack in COMMITTED},
    **{title: _with_cluster(config) for title, config in _combined()},
    "everything": _with_cluster(EVERYTHING),
}


@cache
def rendered(stack: str) -> tuple[Rendering, str]:
    """Return the rendering of a stack, and its warnings."""
    with patch("pulumi.log.warn") as warn:
        version = STACKS[stack].get("cluster", {}).get("kubernetes_version", "")
        rendering = render_program(configured_program(ROOT, STACKS[stack]), stack, version)
    return rendering, "\n".join(call.args[0] for call in warn.call_args_list)


@pytest.fixture(params=STACKS, ids=list(STACKS))
def stack(request: pytest.FixtureRequest) -> str:
    require("helm")
    name: str = request.param
    return name


def pods(stack: str) -> list[Pod]:
    return list(pods_of(rendered(stack)[0].objects))


def pods_of_charts(stack: str) -> list[Pod]:
    """Return the pods but those of stand-in charts, which have no values for images and priority."""
    releases = rendered(stack)[0].releases
    stand_ins = {f"release {release.namespace}/{release.name}" for release in releases if release.stand_in}
    return [pod for pod in pods(stack) if pod.owner.origin not in stand_ins]


def images_of(pods: Iterable[Pod]) -> Iterator[str]:
    """Yield the image of every container, and those that the Prometheus operator adds to a Prometheus."""
    for container in (container for pod in pods for container in pod.containers):
        if "image" in container:
            yield container["image"]
        flags = (argument.partition("=") for argument in container.get("args") or [])
        yield from (value for flag, _, value in flags if flag in IMAGE_FLAGS)


def is_placed(pod: Pod) -> bool:
    selector = pod.spec.get("nodeSelector") or {}
    return NODES.items() <= selector.items() and TAINT in (pod.spec.get("tolerations") or [])


def test_every_pod_has_the_placement_the_registry_and_the_priority_of_the_cluster(stack: str) -> None:
    misplaced = {pod.owner.name for pod in pods(stack) if pod.owner.kind != "DaemonSet" and not is_placed(pod)}
    assert misplaced == OWN_PLACEMENT.get(stack, set())

    # Here, and not in further tests: a stack is rendered once for each process.
    rendering = rendered(stack)[0]
    too_new = [
        *missing_features(rendering.objects, rendering.kubernetes_version),
        *violations(rendering.objects, rendering.kubernetes_version),
    ]
    assert [str(finding) for finding in too_new] == []

    images = set(images_of(pods_of_charts(stack)))
    assert {image for image in images if not re.fullmatch(rf"{REGISTRY}/[^/:]+/[^/:]+:[^/:]+", image)} <= {LOKITOOL}
    named = [[secret["name"] for secret in pod.spec.get("imagePullSecrets", [])] for pod in pods_of_charts(stack)]
    assert all(names == PULL_SECRETS for names in named)
    unranked = [pod for pod in pods_of_charts(stack) if pod.spec.get("priorityClassName") != PRIORITY]
    for pod in unranked:
        assert pod.owner.name == "minio-post-job"
        for words in (f"Job {pod.owner.name}", *(image.partition(":")[0] for image in images_without_registry(pod))):
            assert words in rendered(stack)[1], "what is not reached is named at preview"

    if "ca" in STACKS[stack].get("storage", STACKS[stack].get("observability:storage", {})):
        assert_reads_ca(stack)


def images_without_registry(pod: Pod) -> set[str]:
    return {image.removeprefix(f"{REGISTRY}/") for image in images_of([pod])}


def assert_reads_ca(stack: str) -> None:
    """Assert that every container whose environment has the keys of the bucket has the certificates too."""
    volume = {"name": "storage-ca", "configMap": {"name": "s3-ca", "items": [{"key": "bundle.pem", "path": "ca.crt"}]}}
    found = 0
    for pod in pods_of_charts(stack):
        for container in pod.containers:
            environment = f"{container.get('env')} {container.get('envFrom')}"
            if any(f"'{name}'" in environment for name in ("loki-bucket", "tempo-bucket", "loki-s3", "tempo-s3")):
                found += 1
                assert volume in [plain(each) for each in pod.spec["volumes"]], str(pod.owner)
                mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
                assert mounts["storage-ca"] == "/etc/storage-ca", str(pod.owner)
    assert found or not any(pod.owner.origin.startswith("release") for pod in pods_of_charts(stack))
    text = "\n".join(
        str(data)
        for item in rendered(stack)[0].objects
        if item.kind in ("ConfigMap", "Secret")
        for data in (item.manifest.get("data") or {}, item.manifest.get("stringData") or {})
    )
    for line in ("ca_file: /etc/storage-ca/ca.crt", "tls_ca_path: /etc/storage-ca/ca.crt"):
        assert not found or line in text, line


def plain(volume: Mapping[str, Any]) -> dict[str, Any]:
    """Return a volume without the defaults that a chart writes out."""
    return {
        name: {key: item for key, item in value.items() if key != "defaultMode"} if isinstance(value, dict) else value
        for name, value in volume.items()
    }


def test_the_stacks_have_every_topology_version_and_store() -> None:
    areas = [config.get(area, {}) for config in STACKS.values() for area in ("logging", "tracing")]
    for topology in TOPOLOGIES:
        for version in topology.versions:
            assert {**topology.settings, "chart_version": version} in areas
    kinds = [
        {
            name: value
            for name, value in config.get("storage", config.get("observability:storage", {})).items()
            if name != "ca"
        }
        for config in STACKS.values()
    ]
    assert all(store.settings in kinds for store in STORES if store.shared)
    assert {"kind": "filesystem"} in kinds
