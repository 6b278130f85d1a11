"""Objects to check against the contract."""

from collections.abc import Callable
from typing import Any

import pytest

from tools.render import RenderedObject, Rendering

Manifest = dict[str, Any]


def manifest(kind: str, name: str, namespace: str = "apps", api: str = "v1", **content: Any) -> Manifest:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": namespace}, **content}


def namespace(name: str, level: str) -> Manifest:
    labels = {"pod-security.kubernetes.io/enforce": level}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def container(name: str = "main", **changes: Any) -> Manifest:
    return {
        "name": name,
        "resources": {"requests": {"cpu": "1", "memory": "1Gi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
            "capabilities": {"drop": ["ALL"]},
        },
        **changes,
    }


def workload(kind: str = "Deployment", name: str = "web", replicas: int = 2, **pod: Any) -> Manifest:
    pod = {"automountServiceAccountToken": False, "containers": [container()], **pod}
    template = {"metadata": {"labels": {"app": name}}, "spec": pod}
    return manifest(kind, name, api="apps/v1", spec={"replicas": replicas, "template": template})


@pytest.fixture
def rendering() -> Callable[..., Rendering]:
    """Make a rendering of these manifests."""

    def make(*manifests: Manifest, secrets: tuple[str, ...] = (), retained: bool = False) -> Rendering:
        objects = tuple(RenderedObject(item, "release apps/tiny", retained=retained) for item in manifests)
        return Rendering("dev", objects, (), (), frozenset(secrets))

    return make
