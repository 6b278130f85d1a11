"""What one workload of a signal's backend may have of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from .units import Quantity


class WorkloadSpec(BaseModel):
    """The figures and the place of one workload; what is left out follows from the component."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    replicas: int | None = Field(default=None, ge=1)
    cpu: Quantity | None = None
    memory: Quantity | None = None
    volume_size: Quantity | None = None
    storage_class: str | None = None
    node_selector: Mapping[str, str] | None = None
    tolerations: Sequence[Mapping[str, Any]] | None = None
