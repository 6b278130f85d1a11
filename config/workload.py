"""What a stack may say of one workload of a signal's backend."""

from pydantic import Field

from .area import Area, NodeSelector, Quantity, Tolerations


class Workload(Area):
    """Size and place of one workload."""

    replicas: int | None = Field(default=None, ge=1, description="Pods. Default: what the mode needs.", examples=[3])
    storage_class: str = Field(default="", description="StorageClass of its volumes. Default: cluster.storage_class.")
    size: Quantity | None = Field(default=None, description="Size of each volume. Default: 10Gi.", examples=["10Gi"])
    node_selector: NodeSelector = Field(default_factory=dict)
    tolerations: Tolerations = ()
