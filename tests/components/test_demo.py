"""The generator of telemetry as a program registers it."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.demo import Demo, DemoArgs
from tests.recording import Recording, record, record_component

ARGS: DemoArgs = {"namespace": "demo", "otlp_http_url": "http://alloy.telemetry:4318"}


def pod_of(recording: Recording) -> dict[str, Any]:
    pod: dict[str, Any] = recording.one(":Deployment").plain()["spec"]["template"]["spec"]
    return pod


def test_the_namespace_the_script_and_the_deployment_belong_to_the_component() -> None:
    recording = record_component(Demo, ARGS)
    component = recording.one(":Demo")
    children = [recording.one(suffix) for suffix in (":Namespace", ":ConfigMap", ":Deployment")]
    assert {child.parent for child in children} == {component.urn}
    assert recording.outputs == {"namespace": "demo", "service_name": "frontend"}


def test_the_container_runs_the_script_of_the_config_map() -> None:
    recording = record_component(Demo, ARGS)
    config = recording.one(":ConfigMap").plain()
    [(file, source)] = config["data"].items()
    compile(source, file, "exec")
    pod = pod_of(recording)
    [container] = pod["containers"]
    [mount] = container["volumeMounts"]
    assert container["command"] == ["python", f"{mount['mountPath']}/{file}"]
    assert pod["volumes"] == [{"name": mount["name"], "configMap": {"name": config["metadata"]["name"]}}]


def test_the_pod_is_admitted_at_the_restricted_level() -> None:
    recording = record_component(Demo, ARGS)
    labels = recording.one(":Namespace").plain()["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    pod = pod_of(recording)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    [container] = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(container["resources"]["requests"]) == {"cpu", "memory"}


def test_the_settings_reach_the_script() -> None:
    [container] = pod_of(record_component(Demo, {**ARGS, "interval_seconds": 30}))["containers"]
    environment = {variable["name"]: variable["value"] for variable in container["env"]}
    assert environment == {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://alloy.telemetry:4318", "INTERVAL_SECONDS": "30"}


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"interval_seconds": 0}, "interval_seconds = 0"),
        ({"image": "python"}, 'image = "python": .* with a tag or digest'),
        ({"otlp_http_url": "alloy:4318"}, "otlp_http_url"),
    ],
)
def test_a_wrong_argument_is_named(wrong: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidArgsError, match=problem):
        record_component(Demo, {**ARGS, **wrong})


def test_two_generators_of_one_namespace_have_names_of_their_own() -> None:
    def both() -> dict[str, Any]:
        first = Demo("first", ARGS)
        second = Demo("second", {**ARGS, "create_namespace": False, "workload_name": "second-generator"})
        return {"first": first.namespace, "second": second.namespace}

    recording = record(both)
    deployments = [made.plain() for made in recording.of_type("v1:Deployment")]
    assert len({made["metadata"]["name"] for made in deployments}) == 2
    assert len({str(made["spec"]["selector"]) for made in deployments}) == 2, (
        "neither takes the other's pods for its own"
    )
    mounted = {made["spec"]["template"]["spec"]["volumes"][0]["configMap"]["name"] for made in deployments}
    assert mounted == {made.plain()["metadata"]["name"] for made in recording.of_type("v1:ConfigMap")}
