"""`Telemetry` with Alloy, rendered with the real charts and checked by what holds of any stack."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.charts import ALLOY
from components.telemetry import Telemetry
from tests.real_charts import require_renderable
from tests.recording import record
from tests.unit.telemetry.alloy.examples import ALLOY_VARIANTS, SAMPLED
from tests.unit.telemetry.examples import BACKENDS
from tools.contract.invariants import INVARIANTS
from tools.contract.pod_security import violations
from tools.contract.pods import Level, Pod, pods_of
from tools.contract.service_account_tokens import no_pod_holds_a_token_without_a_reason
from tools.render import RenderedObject, Rendering
from tools.render.releases import render_releases

TOPOLOGIES: Mapping[str, dict[str, Any]] = {
    "agents": {},
    "all": {**SAMPLED, "host_ports": True, "node_local_otlp": True, "service_monitor": True},
    "in-memory": {**SAMPLED, "gateway": {}},
    **{name: ALLOY_VARIANTS[name] for name in ("pipelines", "queued", "sampled-secured", "docker")},
}


def rendered(changes: dict[str, Any], cache: Path, version: str = ALLOY.default_version) -> Rendering:
    require_renderable(ALLOY, version)
    args: Any = {**BACKENDS, "chart_version": version, **changes}
    recording = record(lambda: {"namespace": Telemetry("telemetry", args).namespace})
    objects = [
        RenderedObject({"apiVersion": "v1", "kind": kind, **item.plain()}, "the component")
        for kind in ("Namespace", "ConfigMap")
        for item in recording.of_type(f":{kind}")
    ]
    releases = []
    for release, found in render_releases(recording, cache, pytest.fail):
        releases.append(release)
        objects += found
    return Rendering("test", tuple(objects), tuple(releases), (), frozenset())


def pod_of(rendering: Rendering, name: str) -> Pod:
    (pod,) = [pod for pod in pods_of(rendering.objects) if pod.owner.name == name]
    return pod


@pytest.mark.parametrize("version", ALLOY.versions)
@pytest.mark.parametrize("changes", TOPOLOGIES.values(), ids=TOPOLOGIES.keys())
def test_a_topology_keeps_the_invariants_of_any_stack(changes: dict[str, Any], version: str, tmp_path: Path) -> None:
    rendering = rendered(changes, tmp_path, version)
    checks = [*INVARIANTS, no_pod_holds_a_token_without_a_reason]
    assert [str(finding) for check in checks for finding in check(rendering)] == []


@pytest.mark.parametrize("name", ["all", "in-memory", "sampled-secured"])
def test_gateways_and_singletons_keep_the_restricted_level(name: str, tmp_path: Path) -> None:
    pods = [pod for pod in pods_of(rendered(TOPOLOGIES[name], tmp_path).objects) if pod.owner.kind != "DaemonSet"]
    found = {pod.owner.name: violations(pod, Level.RESTRICTED) for pod in pods}
    assert found == {"alloy-gateway": [], "alloy-singleton": []}


def test_agents_read_the_files_of_the_node_alone(tmp_path: Path) -> None:
    pod = pod_of(rendered({}, tmp_path), "alloy").spec
    (container,) = pod["containers"]
    assert container["securityContext"]["runAsUser"] == 0
    paths = {volume["name"]: volume["hostPath"]["path"] for volume in pod["volumes"] if "hostPath" in volume}
    mounts = {mount["name"]: mount.get("readOnly", False) for mount in container["volumeMounts"]}
    assert {paths[name]: mounts[name] for name in paths} == {
        "/var/log": True,
        "/var/lib/docker/containers": True,
        "/var/lib/alloy.telemetry": False,
    }


def test_the_gateway_and_the_reader_of_events_are_workloads_of_their_own(tmp_path: Path) -> None:
    rendering = rendered(SAMPLED, tmp_path)
    kinds = {pod.owner.name: pod.owner.kind for pod in pods_of(rendering.objects)}
    assert kinds == {"alloy": "DaemonSet", "alloy-singleton": "Deployment", "alloy-gateway": "StatefulSet"}
    services = {item.name: item.manifest["spec"] for item in rendering.objects if item.kind == "Service"}
    assert services["alloy-gateway"]["clusterIP"] == "None"
    assert {port["port"] for port in services["alloy-gateway"]["ports"]} == {12345, 4317, 4318}
    (events,) = [
        item.manifest for item in rendering.objects if item.name == "alloy-singleton" and item.kind == "Deployment"
    ]
    assert events["spec"]["strategy"] == {"type": "Recreate"} and events["spec"]["replicas"] == 1
