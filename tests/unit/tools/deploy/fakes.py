"""An engine and a cluster as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tools.deploy.cluster import Cluster
from tools.deploy.engine import Engine
from tools.deploy.environment import EngineEnvironment
from tools.deploy.providers import Providers
from tools.stackfile import StackFile

REAL = Providers(False, {})
STAND_INS = Providers(True, {}, ("random",))


def engine(
    config: Mapping[str, Any] | None = None,
    *,
    providers: Providers = REAL,
    variables: Mapping[str, str] | None = None,
    backend: str = "s3://state",
    demo_passphrase: bool = False,
) -> Engine:
    """An engine of stack `test` that is never run."""
    environment = EngineEnvironment({}, backend, demo_passphrase)
    return Engine(Path("."), StackFile("test", config or {}), environment, providers, variables or {})


def cluster(
    context: str = "somewhere",
    *,
    server: str = "https://10.0.0.1:6443",
    memory: str = "8Gi",
    default_storage_class: str = "standard",
    crds: Mapping[str, str] = MappingProxyType({}),
    version: str = "v1.36.1",
    services: frozenset[str] = frozenset(),
    ip_family: str = "IPv4",
) -> Cluster:
    """A cluster of one node with 4 CPUs."""
    return Cluster(
        context=context,
        server=server,
        version=version,
        nodes=[{"status": {"allocatable": {"cpu": "4", "memory": memory}}}],
        pods=[],
        default_storage_class=default_storage_class,
        storage_classes=frozenset({"standard", "fast"}),
        crds=crds,
        services=services,
        ip_family=ip_family,
    )


def workload(kind: str, name: str, memory: str, *, replicas: int = 1, claims: tuple[str, ...] = ()) -> dict[str, Any]:
    """A workload of one container that asks for half a CPU; `claims` are the storage classes of its volumes."""
    return {
        "kind": kind,
        "metadata": {"name": name, "namespace": "logging"},
        "spec": {
            "replicas": replicas,
            "template": {"spec": pod_spec(memory)},
            "volumeClaimTemplates": [{"spec": {"storageClassName": claim}} for claim in claims],
        },
    }


def pod(name: str, memory: str) -> dict[str, Any]:
    """A pod in the namespace of `workload`."""
    return {"metadata": {"name": name, "namespace": "logging"}, "spec": pod_spec(memory)}


def pod_spec(memory: str) -> dict[str, Any]:
    """One container that asks for half a CPU."""
    return {"containers": [{"resources": {"requests": {"cpu": "500m", "memory": memory}}}]}
