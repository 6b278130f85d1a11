"""Nodes without a reader of their log files are named with the reason."""

from typing import Any

import pytest

from tools.deploy.log_files import unread_nodes

LINUX = {
    "nodeSelectorTerms": [{"matchExpressions": [{"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]}]}]
}


def node(runtime: str = "containerd://2.1.4", os: str = "linux", taints: Any = ()) -> dict[str, Any]:
    return {
        "metadata": {"name": "a", "labels": {"kubernetes.io/os": os}},
        "spec": {"taints": list(taints)},
        "status": {"nodeInfo": {"containerRuntimeVersion": runtime}},
    }


def reader(*paths: str, tolerations: Any = ({"operator": "Exists"},)) -> dict[str, Any]:
    return {
        "kind": "DaemonSet",
        "spec": {
            "template": {
                "spec": {
                    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": LINUX}},
                    "tolerations": list(tolerations),
                    "volumes": [{"name": path, "hostPath": {"path": path}} for path in paths],
                }
            }
        },
    }


DOCKER = "docker://28.1.1"
TAINT = {"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}
GPU = {"key": "dedicated", "operator": "Equal", "value": "gpu"}


@pytest.mark.parametrize(
    ("found", "daemon_set", "reason"),
    [
        (node(), reader("/var/log"), ""),
        (node("cri-o://1.33.0"), reader("/var/log/pods"), ""),
        (node(DOCKER), reader("/var/log"), "its runtime is Docker, and /var/lib/docker/containers is not mounted"),
        (node(DOCKER), reader("/var/log", "/var/lib/docker/containers"), ""),
        (node("frakti://1.0"), reader("/var/log"), "its runtime frakti writes logs in an unknown format"),
        (node(os="windows"), reader("/var/log"), "no collector runs on it"),
        (node(taints=[TAINT]), reader("/var/log"), ""),
        (node(taints=[TAINT]), reader("/var/log", tolerations=()), "no collector tolerates its taint dedicated"),
        (node(taints=[TAINT]), reader("/var/log", tolerations=[GPU]), ""),
        (
            node(taints=[TAINT]),
            reader("/var/log", tolerations=[{**GPU, "value": "x"}]),
            "no collector tolerates its taint",
        ),
        (node(taints=[{**TAINT, "effect": "PreferNoSchedule"}]), reader("/var/log", tolerations=()), ""),
        (node(os="windows"), reader("/proc"), ""),
    ],
)
def test_a_node_is_named_with_the_reason(found: dict[str, Any], daemon_set: dict[str, Any], reason: str) -> None:
    named = unread_nodes([daemon_set], [found])
    assert bool(named) is bool(reason) and all(name.startswith(f"a ({reason}") for name in named)


def test_one_of_two_readers_is_enough() -> None:
    assert unread_nodes([reader("/var/log"), reader("/var/log", "/var/lib/docker/containers")], [node(DOCKER)]) == []
