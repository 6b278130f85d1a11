"""What a fresh control plane is given before it counts as up: nodes, storage classes, custom resources."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sandbox.api import Api, ApiError, Object
from sandbox.crds import definitions_directory, minimal_definitions
from sandbox.documents import load_all
from sandbox.kubeconfig import NoCluster
from sandbox.validation import KUBE_VERSION

MANIFESTS = Path(__file__).resolve().parent / "manifests"
WORKERS = ("worker-a", "worker-b", "worker-c")
STORAGE_NODES = ("storage-a", "storage-b")
CAPACITY = {"cpu": "16", "memory": "64Gi", "pods": "110", "ephemeral-storage": "200Gi"}


def nodes() -> list[Object]:
    """Return three workers and two tainted storage nodes; the last letter of a name is its zone."""
    return [_node(name) for name in WORKERS] + [_node(name, storage=True) for name in STORAGE_NODES]


def _node(name: str, *, storage: bool = False) -> Object:
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/region": "sandbox",
        "topology.kubernetes.io/zone": name.rpartition("-")[2],
        "node.kubernetes.io/role": "storage" if storage else "worker",
    }
    taint = {"key": "node-role.kubernetes.io/storage", "effect": "NoSchedule"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {"taints": [taint]} if storage else {},
        "status": {
            "capacity": CAPACITY,
            "allocatable": CAPACITY,
            "nodeInfo": {
                "architecture": "amd64",
                "operatingSystem": "linux",
                "kubeletVersion": f"v{KUBE_VERSION}",
                "containerRuntimeVersion": "kwok",
            },
        },
    }


def storage_classes() -> list[Object]:
    """Return the storage classes that the stacks name; `standard` is the default one."""
    return list(load_all((MANIFESTS / "storage-classes.yaml").read_text()))


def dns_service() -> Object:
    """Return the Service of the cluster's DNS."""
    service: Object = next(iter(load_all((MANIFESTS / "dns-service.yaml").read_text())))
    return service


def custom_resource_definitions() -> list[Object]:
    """Return the definitions below `OBSERVABILITY_CRDS`, and the minimal ones of all other kinds.

    The upstream files validate every field; the minimal ones accept any `spec`. Those of the Prometheus operator are as
    an earlier `dev`, `eks` or other stack with its namespace `monitoring` would have left them.
    """
    directory = definitions_directory()
    found = list(_definitions_in(directory)) if directory else []
    names = {definition["metadata"]["name"] for definition in found}
    found += [each for each in minimal_definitions() if each["metadata"]["name"] not in names]
    for definition in found:
        if definition["metadata"]["name"].endswith(".monitoring.coreos.com"):
            owner = {
                "meta.helm.sh/release-name": "prometheus-operator-crds",
                "meta.helm.sh/release-namespace": "monitoring",
            }
            metadata = definition["metadata"]
            metadata["annotations"] = {**(metadata.get("annotations") or {}), **owner}
            metadata["labels"] = {**(metadata.get("labels") or {}), "app.kubernetes.io/managed-by": "Helm"}
    return found


def _definitions_in(directory: Path) -> Iterator[Object]:
    for path in sorted(directory.glob("**/*.yaml")):
        for document in load_all(path.read_text()):
            if document.get("kind") == "CustomResourceDefinition":
                yield document


def install(api: Api, definitions: list[Object]) -> None:
    """Apply everything; independent of each other, so four at a time."""
    manifests = [*storage_classes(), dns_service(), *definitions]
    for node in nodes():
        api.apply(node)
        api.apply({key: node[key] for key in ("apiVersion", "kind", "metadata", "status")}, "status")
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(api.apply, manifests))


def missing(api: Api, definitions: list[Object]) -> list[str]:
    """Return what is not there yet, in words; empty when workloads can be deployed."""
    try:
        nodes_left = {*WORKERS, *STORAGE_NODES} - _ready_nodes(api)
        kinds_left = {definition["metadata"]["name"] for definition in definitions} - _served(api, definitions)
        account = api.find("/api/v1/namespaces/default/serviceaccounts/default")
    except (ApiError, NoCluster) as error:
        return [str(error)]
    return [
        *(f"node {name}" for name in sorted(nodes_left)),
        *(f"custom resource {name}" for name in sorted(kinds_left)),
        *([] if account else ["the service account of namespace default"]),
    ]


def _ready_nodes(api: Api) -> set[str]:
    return {
        node["metadata"]["name"]
        for node in api.get("/api/v1/nodes")["items"]
        for condition in node["status"].get("conditions") or []
        if condition["type"] == "Ready" and condition["status"] == "True"
    }


def _served(api: Api, definitions: list[Object]) -> set[str]:
    specs = [definition["spec"] for definition in definitions]
    versions = {(spec["group"], version["name"]) for spec in specs for version in spec["versions"] if version["served"]}
    return {
        f"{resource['name']}.{group}"
        for group, version in versions
        for resource in (api.find(f"/apis/{group}/{version}") or {"resources": []})["resources"]
    }
