"""What one workload of a signal's backend may have of its own."""

from collections.abc import Mapping, Sequence

from pydantic import ConfigDict

from ._objects import LabelKey, LabelValue, OptionalObjectName, Toleration
from ._switches import Switched
from .units import MemorySize, Quantity, Replicas, VolumeSize


class WorkloadSpec(Switched):
    """The figures and the place of one workload; what is left out follows from the component."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    replicas: Replicas | None = None
    cpu: Quantity | None = None
    memory: MemorySize | None = None
    volume_size: VolumeSize | None = None
    storage_class: OptionalObjectName | None = None
    node_selector: Mapping[LabelKey, LabelValue] | None = None
    tolerations: Sequence[Toleration] | None = None
