"""What every pod that a component specifies itself takes from the arguments."""

from typing import Any, Protocol

from ._kubernetes import NodeSelector, Tolerations
from ._workload import scheduling


class PodArguments(Protocol):
    """The arguments of a component that its own pods read."""

    @property
    def node_selector(self) -> NodeSelector: ...

    @property
    def tolerations(self) -> Tolerations: ...


def pod_fields(spec: PodArguments) -> dict[str, Any]:
    """Return the fields of a pod's specification, without those that are not set."""
    fields = scheduling(spec.node_selector, spec.tolerations)
    return {name: value for name, value in fields.items() if value}
