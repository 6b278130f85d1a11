"""`Telemetry` with the OpenTelemetry Collector, rendered with the real chart and checked by what holds of any stack."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.charts import OPENTELEMETRY_COLLECTOR
from components.telemetry import Telemetry
from tests.real_charts import require_renderable
from tests.recording import record
from tests.unit.telemetry.collector.examples import EXAMPLES
from tests.unit.telemetry.examples import BACKENDS
from tools.contract.invariants import INVARIANTS
from tools.contract.pod_security import violations
from tools.contract.pods import Level, Pod, pods_of
from tools.contract.service_account_tokens import no_pod_holds_a_token_without_a_reason
from tools.render import RenderedObject, Rendering
from tools.render.releases import render_releases

ALL = {
    "events": True,
    "gateway": {"replicas": 2, "volume_size": "5Gi"},
    "host_ports": True,
    "node_local_otlp": True,
    "service_monitor": True,
    "service_monitor_labels": {"release": "kps"},
    "image_registry": "registry.example.org/mirror",
    "image_pull_secrets": ["registry-login"],
    "priority_class": "observability",
}
TOPOLOGIES: Mapping[str, dict[str, Any]] = {
    "agents": {},
    "all": ALL,
    **{name: EXAMPLES[name][1] for name in ("shop", "sampled-secured", "gateway-in-memory", "ipv6")},
}


def rendered(changes: dict[str, Any], cache: Path) -> Rendering:
    require_renderable(OPENTELEMETRY_COLLECTOR, OPENTELEMETRY_COLLECTOR.default_version)
    args: Any = {**BACKENDS, "engine": "otel-collector", **changes}
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


def named(rendering: Rendering, kind: str, name: str) -> dict[str, Any]:
    (found,) = [item.manifest for item in rendering.objects if (item.kind, item.name) == (kind, name)]
    return dict(found)


@pytest.mark.parametrize("changes", TOPOLOGIES.values(), ids=TOPOLOGIES.keys())
def test_a_topology_keeps_the_invariants_of_any_stack(changes: dict[str, Any], tmp_path: Path) -> None:
    rendering = rendered(changes, tmp_path)
    checks = [*INVARIANTS, no_pod_holds_a_token_without_a_reason]
    assert [str(finding) for check in checks for finding in check(rendering)] == []


@pytest.mark.parametrize("name", ["all", "sampled-secured", "gateway-in-memory"])
def test_gateways_and_singletons_keep_the_restricted_level(name: str, tmp_path: Path) -> None:
    pods = [pod for pod in pods_of(rendered(TOPOLOGIES[name], tmp_path).objects) if pod.owner.kind != "DaemonSet"]
    found = {pod.owner.name: violations(pod, Level.RESTRICTED) for pod in pods}
    assert found == {"otel-collector-gateway": [], "otel-collector-singleton": []}


def test_agents_read_files_as_root_and_keep_their_place_on_the_node(tmp_path: Path) -> None:
    pod = pod_of(rendered({}, tmp_path), "otel-collector-agent").spec
    (container,) = pod["containers"]
    assert container["securityContext"]["runAsUser"] == 0
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    paths = {volume["name"]: volume["hostPath"]["path"] for volume in pod["volumes"] if "hostPath" in volume}
    mounts = {mount["name"]: (mount["mountPath"], mount.get("readOnly")) for mount in container["volumeMounts"]}
    assert {(paths[name], *mounts[name]) for name in paths} == {
        ("/var/lib/otel-collector.telemetry", "/var/lib/otelcol", None),
        ("/var/log", "/var/log", True),
        ("/var/lib/docker/containers", "/var/lib/docker/containers", True),
    }


def test_the_configuration_that_is_mounted_is_the_one_of_the_role(tmp_path: Path) -> None:
    rendering = rendered(ALL, tmp_path)
    for owner, name in (
        ("otel-collector-agent", "collectors-config"),
        ("otel-collector-singleton", "collectors-singleton-config"),
        ("otel-collector-gateway", "collectors-gateway-config"),
    ):
        pod = pod_of(rendering, owner).spec
        (mounted,) = [volume["configMap"] for volume in pod["volumes"] if "configMap" in volume]
        (item,) = mounted["items"]
        assert mounted["name"] == name
        config = yaml.safe_load(named(rendering, "ConfigMap", name)["data"][item["key"]])
        (container,) = pod["containers"]
        numbers = {port["containerPort"] for port in container["ports"]}
        assert (
            config["service"]["telemetry"]["metrics"]["readers"][0]["pull"]["exporter"]["prometheus"]["port"] in numbers
        )
        listening = {int(each["endpoint"].rpartition(":")[2]) for each in _endpoints(config["receivers"])}
        assert listening <= numbers, "a receiver listens on a port that the pod does not have"
        assert config["extensions"]["health_check"]["endpoint"].endswith(
            f":{container['livenessProbe']['httpGet']['port']}"
        )


def test_only_agents_and_the_reader_of_events_have_a_token(tmp_path: Path) -> None:
    rendering = rendered(ALL, tmp_path)
    tokens = {pod.owner.name: pod.spec["automountServiceAccountToken"] for pod in pods_of(rendering.objects)}
    assert tokens == {"otel-collector-agent": True, "otel-collector-singleton": True, "otel-collector-gateway": False}


def test_the_gateway_is_found_by_the_addresses_of_its_replicas_and_keeps_its_queue(tmp_path: Path) -> None:
    rendering = rendered(ALL, tmp_path)
    assert named(rendering, "Service", "otel-collector-gateway")["spec"]["clusterIP"] == "None"
    (claim,) = named(rendering, "StatefulSet", "otel-collector-gateway")["spec"]["volumeClaimTemplates"]
    (container,) = pod_of(rendering, "otel-collector-gateway").spec["containers"]
    assert {"name": claim["metadata"]["name"], "mountPath": "/var/lib/otelcol"} in container["volumeMounts"]


def test_senders_reach_the_collector_of_their_node(tmp_path: Path) -> None:
    rendering = rendered(ALL, tmp_path)
    assert named(rendering, "Service", "otel-collector")["spec"]["internalTrafficPolicy"] == "Local"
    (container,) = pod_of(rendering, "otel-collector-agent").spec["containers"]
    assert {port["hostPort"] for port in container["ports"] if "hostPort" in port} == {4317, 4318}
    (gateway,) = pod_of(rendering, "otel-collector-gateway").spec["containers"]
    assert not any("hostPort" in port for port in gateway["ports"])


def test_images_come_from_the_registry_that_is_set(tmp_path: Path) -> None:
    for pod in pods_of(rendered(ALL, tmp_path).objects):
        (container,) = pod.spec["containers"]
        assert container["image"].startswith("registry.example.org/mirror/open-telemetry/")
        assert pod.spec["imagePullSecrets"] == [{"name": "registry-login"}]
        assert pod.spec["priorityClassName"] == "observability"


def test_every_collector_is_scraped_for_its_own_metrics(tmp_path: Path) -> None:
    rendering = rendered(ALL, tmp_path)
    monitors = [item.manifest for item in rendering.objects if item.kind == "ServiceMonitor"]
    assert {monitor["metadata"]["name"] for monitor in monitors} == {
        "otel-collector",
        "otel-collector-singleton",
        "otel-collector-gateway",
    }
    assert {monitor["metadata"]["labels"]["release"] for monitor in monitors} == {"kps"}


def _endpoints(receivers: Any) -> Sequence[Mapping[str, Any]]:
    """Return every mapping with an endpoint, at any depth."""
    if not isinstance(receivers, Mapping):
        return []
    own = [receivers] if "endpoint" in receivers else []
    return own + [found for value in receivers.values() for found in _endpoints(value)]
