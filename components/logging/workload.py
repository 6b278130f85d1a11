"""The part of a workload's chart values that is the same for every workload and mode."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..units import parse_quantity
from .modes import Claims, Role

HOSTNAME = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"

GO_SHARE_OF_MEMORY = 0.85
"""Part of the memory limit that Go may fill before it collects garbage without pause."""

MEBIBYTE = 1024**2


@dataclass(frozen=True)
class Workload:
    """A workload with everything decided."""

    role: Role
    release_name: str
    replicas: int
    cpu: str
    memory: str
    volume_size: str
    storage_class: str
    node_selector: Mapping[str, str]
    tolerations: Sequence[Mapping[str, Any]]
    separate_nodes: bool
    environment: Mapping[str, str]
    credentials_secret: str

    @property
    def memory_mib(self) -> int:
        """The memory limit in whole MiB."""
        return int(parse_quantity(self.memory) // MEBIBYTE)

    @property
    def pod_labels(self) -> dict[str, str]:
        """Labels that exactly the pods of the workload have."""
        return {
            "app.kubernetes.io/name": self.release_name,
            "app.kubernetes.io/instance": self.release_name,
            "app.kubernetes.io/component": self.role.component,
        }


def resources(cpu: str, memory: str) -> dict[str, Any]:
    """Request CPU, and memory as request and limit alike: the pod is not evicted before it reaches its limit."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}}


def placement(workload: Workload) -> dict[str, Any]:
    """Spread the pods over hosts and zones; only `separate_nodes` lets a pod wait for a node of its own."""
    same_host = {"labelSelector": {"matchLabels": workload.pod_labels}, "topologyKey": HOSTNAME}
    strict = [same_host] if workload.separate_nodes else []
    lenient = [] if workload.separate_nodes else [{"weight": 100, "podAffinityTerm": same_host}]
    return {
        "affinity": {
            "podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": strict,
                "preferredDuringSchedulingIgnoredDuringExecution": lenient,
            }
        },
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": ZONE,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": workload.pod_labels},
            }
        ],
        **node_choice(workload.node_selector, workload.tolerations),
    }


def node_choice(node_selector: Mapping[str, str], tolerations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Say which nodes the pods may run on."""
    return {
        "nodeSelector": dict(node_selector),
        "tolerations": [dict(toleration) for toleration in tolerations],
    }


def loki_workload(workload: Workload) -> dict[str, Any]:
    """Give the values of a workload that runs Loki."""
    environment = {"GOMEMLIMIT": f"{int(workload.memory_mib * GO_SHARE_OF_MEMORY)}MiB", **workload.environment}
    values = {
        "replicas": workload.replicas,
        "resources": resources(workload.cpu, workload.memory),
        "extraEnv": [{"name": name, "value": value} for name, value in environment.items()],
        "extraEnvFrom": [{"secretRef": {"name": workload.credentials_secret}}] if workload.credentials_secret else [],
        **placement(workload),
    }
    if workload.role.claims is not Claims.NONE:
        values |= {"persistence": persistence(workload), "terminationGracePeriodSeconds": 300}
    return values


def persistence(workload: Workload) -> dict[str, Any]:
    """Keep the write-ahead log and the compactor's marks on a volume that outlives pods and the release."""
    storage_class = {"storageClass": workload.storage_class} if workload.storage_class else {}
    if workload.role.claims is Claims.LISTED:
        claim = {"name": "data", "accessModes": ["ReadWriteOnce"], "size": workload.volume_size, **storage_class}
        return {"enabled": True, "enableStatefulSetAutoDeletePVC": False, "claims": [claim]}
    return {
        workload.role.claims.value: True,
        "enableStatefulSetAutoDeletePVC": False,
        "size": workload.volume_size,
        **storage_class,
    }
