"""Nodes whose log files the collectors of a stack do not read, which nothing else would say."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .capacity import selects

LOGS = "/var/log"
DOCKER_LOGS = "/var/lib/docker/containers"
"""What the links in `/var/log/pods` lead to on nodes with Docker, unless its `data-root` is another."""
_RUNTIMES = ("containerd", "cri-o", "docker")


def unread_nodes(objects: Iterable[Mapping[str, Any]], nodes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return each node whose log files none of `objects` reads, with the reason; none where nothing reads files."""
    readers = [item["spec"]["template"]["spec"] for item in objects if item.get("kind") == "DaemonSet"]
    readers = [spec for spec in readers if any(path.startswith(LOGS) for path in _host_paths(spec))]
    if not readers:
        return []
    found = []
    for node in nodes:
        reasons = [_unread(spec, node) for spec in readers]
        if all(reasons):
            found.append(f"{node['metadata']['name']} ({reasons[0]})")
    return sorted(found)


def _unread(pod_spec: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    """Return why a pod does not read the log files of a node, empty where it does."""
    if not selects(pod_spec, node):
        return "no collector runs on it"
    for taint in (node.get("spec") or {}).get("taints") or []:
        if taint.get("effect") != "PreferNoSchedule" and not any(_tolerates(pod_spec, taint)):
            return f"no collector tolerates its taint {taint['key']}"
    version = ((node.get("status") or {}).get("nodeInfo") or {}).get("containerRuntimeVersion", "")
    runtime = version.partition("://")[0]
    if runtime == "docker" and not any(DOCKER_LOGS.startswith(path) for path in _host_paths(pod_spec)):
        return f"its runtime is Docker, and {DOCKER_LOGS} is not mounted"
    if version and runtime not in _RUNTIMES:
        return f"its runtime {runtime} writes logs in an unknown format"
    return ""


def _tolerates(pod_spec: Mapping[str, Any], taint: Mapping[str, Any]) -> Iterator[bool]:
    for toleration in pod_spec.get("tolerations") or []:
        key, effect = toleration.get("key"), toleration.get("effect")
        any_value = toleration.get("operator", "Equal") == "Exists"
        same_value = any_value or toleration.get("value", "") == taint.get("value", "")
        yield key in (None, "", taint["key"]) and same_value and effect in (None, "", taint.get("effect"))


def _host_paths(pod_spec: Mapping[str, Any]) -> list[str]:
    volumes = pod_spec.get("volumes") or []
    return [volume["hostPath"]["path"].rstrip("/") for volume in volumes if volume.get("hostPath")]
