"""The size and placement of a workload of Loki, and the chart values that every workload and mode has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._workload import HOSTNAME_LABEL, go_memory_limit, resources, scheduling, spread_over_zones
from ..units import parse_quantity
from .modes import LokiRole, PersistenceStyle

MEBIBYTE = 1024**2

DEFAULT_RESOURCES = {
    LokiRole.LOKI: ("200m", "1Gi"),
    LokiRole.WRITE: ("200m", "1Gi"),
    LokiRole.READ: ("100m", "512Mi"),
    LokiRole.BACKEND: ("100m", "512Mi"),
    LokiRole.DISTRIBUTOR: ("100m", "256Mi"),
    LokiRole.INGESTER: ("200m", "1Gi"),
    LokiRole.QUERIER: ("200m", "512Mi"),
    LokiRole.QUERY_FRONTEND: ("50m", "256Mi"),
    LokiRole.QUERY_SCHEDULER: ("50m", "128Mi"),
    LokiRole.INDEX_GATEWAY: ("100m", "512Mi"),
    LokiRole.COMPACTOR: ("100m", "512Mi"),
    LokiRole.RULER: ("100m", "256Mi"),
    LokiRole.PATTERN_INGESTER: ("100m", "256Mi"),
    LokiRole.GATEWAY: ("50m", "128Mi"),
}
"""CPU and memory of a pod by default: enough for a few GB of logs a day."""

MAX_TWO_REPLICAS = frozenset(
    {
        LokiRole.QUERY_FRONTEND,
        LokiRole.QUERY_SCHEDULER,
        LokiRole.INDEX_GATEWAY,
        LokiRole.RULER,
        LokiRole.PATTERN_INGESTER,
    }
)
"""Workloads that two replicas are enough for: their load is low, and one may be unavailable."""


def default_replicas(role: LokiRole, replicas: int | None) -> int:
    """Return the replicas of a workload that sets none of its own; `replicas` is the number for all, if set."""
    if role is LokiRole.COMPACTOR:
        return 1
    each = replicas or (1 if role is LokiRole.LOKI else 3)
    return min(2, each) if role in MAX_TWO_REPLICAS else each


@dataclass(frozen=True)
class LokiWorkload:
    """A workload with every default resolved."""

    role: LokiRole
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


def placement(workload: LokiWorkload) -> dict[str, Any]:
    """Return how pods are spread over hosts and zones; only with `separate_nodes` does a pod wait for another node."""
    same_host = {"labelSelector": {"matchLabels": workload.pod_labels}, "topologyKey": HOSTNAME_LABEL}
    required = [same_host] if workload.separate_nodes else []
    preferred = [] if workload.separate_nodes else [{"weight": 100, "podAffinityTerm": same_host}]
    return {
        "affinity": {
            "podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": required,
                "preferredDuringSchedulingIgnoredDuringExecution": preferred,
            }
        },
        "topologySpreadConstraints": spread_over_zones(workload.pod_labels),
        **scheduling(workload.node_selector, workload.tolerations),
    }


def loki_workload(workload: LokiWorkload) -> dict[str, Any]:
    """Return the values of a workload that runs Loki."""
    environment = {"GOMEMLIMIT": go_memory_limit(workload.memory_mib), **workload.environment}
    values = {
        "replicas": workload.replicas,
        "resources": resources(workload.cpu, workload.memory),
        "extraEnv": [{"name": name, "value": value} for name, value in environment.items()],
        "extraEnvFrom": [{"secretRef": {"name": workload.credentials_secret}}] if workload.credentials_secret else [],
        **placement(workload),
    }
    if workload.role.persistence_style is not PersistenceStyle.NONE:
        values |= {"persistence": persistence(workload), "terminationGracePeriodSeconds": 300}
    return values


def persistence(workload: LokiWorkload) -> dict[str, Any]:
    """Return a volume for the write-ahead log and the compactor's marks that outlives pods and the release."""
    storage_class = {"storageClass": workload.storage_class} if workload.storage_class else {}
    if workload.role.persistence_style is PersistenceStyle.CLAIMS:
        claim = {"name": "data", "accessModes": ["ReadWriteOnce"], "size": workload.volume_size, **storage_class}
        return {"enabled": True, "enableStatefulSetAutoDeletePVC": False, "claims": [claim]}
    return {
        workload.role.persistence_style.value: True,
        "enableStatefulSetAutoDeletePVC": False,
        "size": workload.volume_size,
        **storage_class,
    }
