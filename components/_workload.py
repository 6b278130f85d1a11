"""Settings of workloads, and the chart values that follow from them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import Field

from ._kubernetes import NodeSelector, OptionalObjectName, Toleration, Tolerations
from ._model import StrictModel
from .units import MemorySize, Quantity, Replicas, VolumeSize

SECCOMP_PROFILE = {"seccompProfile": {"type": "RuntimeDefault"}}
NO_PRIVILEGES = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
CONTAINER_SECURITY_CONTEXT = {**NO_PRIVILEGES, "runAsNonRoot": True}

HOSTNAME_LABEL = "kubernetes.io/hostname"
ZONE_LABEL = "topology.kubernetes.io/zone"

GO_SHARE_OF_MEMORY = Decimal("0.85")
"""Part of the memory limit that Go may fill before it collects garbage without pause."""


class PlacementSettings(StrictModel):
    """The nodes of a component that is one pod."""

    node_selector: NodeSelector = Field(
        default_factory=dict,
        description="Labels of the nodes for the pod. Default: any node.",
        examples=[{"pool": "obs"}],
    )
    tolerations: Tolerations = Field(
        default=(),
        description="Tolerations of the pod. Default: none.",
        examples=[[{"key": "dedicated", "operator": "Exists"}]],
    )


class WorkloadSettings(StrictModel):
    """Size and placement of one workload."""

    replicas: Replicas | None = Field(
        default=None, description="Number of pods. Default: what the mode needs.", examples=[3]
    )
    cpu: Quantity | None = Field(
        default=None,
        description="CPU request of each pod. Default: that of the area, or by workload.",
        examples=["500m"],
    )
    memory: MemorySize | None = Field(
        default=None,
        description="Memory request and limit of each pod. Default: that of the area, or by workload.",
        examples=["2Gi"],
    )
    volume_size: VolumeSize | None = Field(
        default=None,
        description="Size of the volume of each pod, for workloads that have one. Default: that of the area.",
        examples=["10Gi"],
    )
    storage_class: OptionalObjectName | None = Field(
        default=None, description="Storage class of those volumes. Default: that of the area.", examples=["gp3"]
    )
    node_selector: NodeSelector | None = Field(
        default=None,
        description="Labels of the nodes for the pods; empty for any node. Default: those of the area.",
        examples=[{"pool": "obs"}],
    )
    tolerations: Sequence[Toleration] | None = Field(
        default=None,
        description="Tolerations of the pods; empty for none. Default: those of the area.",
        examples=[[{"key": "dedicated", "operator": "Exists"}]],
    )


def resources(cpu: str, memory: str) -> dict[str, Any]:
    """Return requests, and a memory limit equal to its request: a pod within it is not evicted."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}}


def non_root(user: int) -> dict[str, Any]:
    """Return the security context of a pod whose user and group are both `user`."""
    return {"runAsNonRoot": True, "runAsUser": user, "runAsGroup": user, **SECCOMP_PROFILE}


EXPORTER_RESOURCES = resources("10m", "32Mi")
"""Resources of a metrics exporter beside a cache or a gateway."""


def go_memory_limit(mebibytes: int | Decimal) -> str:
    """Return the value of `GOMEMLIMIT` for a memory limit in MiB."""
    return f"{int(mebibytes * GO_SHARE_OF_MEMORY)}MiB"


def scheduling(node_selector: Mapping[str, str], tolerations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the nodes that pods may run on."""
    return {
        "nodeSelector": dict(node_selector),
        "tolerations": [dict(toleration) for toleration in tolerations],
    }


def spread_over_zones(pod_labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the `topologySpreadConstraints` by which pods are spread over zones; no pod waits for another zone."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": ZONE_LABEL,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(pod_labels)},
        }
    ]
