"""The Pod Security Standards, as the API server applies them."""

from typing import Any

import pytest

from tools.contract.pod_security import violations
from tools.contract.pods import Level, Pod, pods_of
from tools.render import RenderedObject

RESTRICTED: dict[str, Any] = {
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "main",
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        }
    ],
    "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}, {"name": "tmp", "emptyDir": {}}],
}


def pod(spec: dict[str, Any]) -> Pod:
    template = {"metadata": {"labels": {}}, "spec": spec}
    manifest = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "apps"}}
    return next(pods_of([RenderedObject({**manifest, "spec": {"template": template}}, "test")]))


def in_container(**context: Any) -> dict[str, Any]:
    main = RESTRICTED["containers"][0]
    return {**RESTRICTED, "containers": [{**main, "securityContext": {**main["securityContext"], **context}}]}


def test_a_pod_that_gives_up_everything_is_admitted_everywhere() -> None:
    assert [violations(pod(RESTRICTED), level) for level in Level] == [[], [], []]


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ({**RESTRICTED, "hostNetwork": True}, "uses hostNetwork"),
        (
            {**RESTRICTED, "volumes": [{"name": "logs", "hostPath": {"path": "/var/log"}}]},
            "mounts the host's /var/log (volume logs)",
        ),
        (
            {**RESTRICTED, "containers": [{**RESTRICTED["containers"][0], "ports": [{"hostPort": 4317}]}]},
            "container main takes the host's port 4317",
        ),
        (in_container(privileged=True), "container main is privileged"),
        (
            in_container(capabilities={"drop": ["ALL"], "add": ["SYS_ADMIN"]}),
            "container main adds the capabilities SYS_ADMIN",
        ),
        (in_container(seccompProfile={"type": "Unconfined"}), "container main has no seccomp profile (Unconfined)"),
    ],
)
def test_what_reaches_the_host_is_for_privileged_namespaces_alone(spec: dict[str, Any], sentence: str) -> None:
    assert violations(pod(spec), Level.PRIVILEGED) == []
    assert sentence in violations(pod(spec), Level.BASELINE)
    assert sentence in violations(pod(spec), Level.RESTRICTED)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (in_container(allowPrivilegeEscalation=None), "container main lacks allowPrivilegeEscalation: false"),
        (in_container(runAsNonRoot=False), "container main lacks runAsNonRoot: true"),
        (in_container(runAsUser=0), "container main runs as user 0"),
        (in_container(capabilities={}), "container main does not drop ALL capabilities"),
        (
            in_container(capabilities={"drop": ["ALL"], "add": ["CHOWN"]}),
            "container main adds the capabilities CHOWN",
        ),
        (
            {**RESTRICTED, "securityContext": {"runAsNonRoot": True}},
            "container main lacks a seccompProfile (RuntimeDefault)",
        ),
        (
            {**RESTRICTED, "volumes": [{"name": "share", "nfs": {"server": "nas", "path": "/"}}]},
            "has volume share of kind nfs",
        ),
    ],
)
def test_what_baseline_lets_through_restricted_refuses(spec: dict[str, Any], sentence: str) -> None:
    assert violations(pod(spec), Level.BASELINE) == []
    assert violations(pod(spec), Level.RESTRICTED) == [sentence]


def test_containers_that_initialise_are_held_to_the_same() -> None:
    spec = {**RESTRICTED, "initContainers": [{"name": "prepare", "securityContext": {"privileged": True}}]}
    assert violations(pod(spec), Level.BASELINE) == ["container prepare is privileged"]


def test_binding_a_low_port_is_the_one_capability_that_restricted_grants() -> None:
    spec = in_container(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]})
    assert violations(pod(spec), Level.RESTRICTED) == []
