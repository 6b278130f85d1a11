"""What a stack may say of one workload of a signal's backend."""

from pydantic import Field

from components.units import Replicas

from .area import Area, MemorySize, NodeSelector, OptionalObjectName, Quantity, Tolerations, VolumeSize


class Workload(Area):
    """Size and place of one workload."""

    replicas: Replicas | None = Field(
        default=None, description="Pods, 1000 at most. Default: what the mode needs.", examples=[3]
    )
    cpu: Quantity | None = Field(
        default=None, description="CPU request of each pod. Default: by workload.", examples=["500m"]
    )
    memory: MemorySize | None = Field(
        default=None, description="Memory request and limit of each pod. Default: by workload.", examples=["2Gi"]
    )
    volume_size: VolumeSize | None = Field(
        default=None, description="Size of each volume. Default: 10Gi.", examples=["10Gi"]
    )
    storage_class: OptionalObjectName = Field(
        default="", description="StorageClass of its volumes. Default: cluster.storage_class."
    )
    node_selector: NodeSelector | None = Field(
        default=None,
        description="Labels that a node must have; {} for any node. Default: those of the area or the cluster.",
        examples=[{"pool": "obs"}],
    )
    tolerations: Tolerations | None = Field(
        default=None,
        description="Tolerations as in a pod's specification; [] for none. Default: those of the area or the cluster.",
    )
