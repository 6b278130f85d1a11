"""Arguments of every pod of a component: the registry of its images, its pull secrets and its priority class."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Annotated, Any, Protocol

from pydantic import Field

from ._kubernetes import NodeSelector, ObjectName, OptionalObjectName, Tolerations
from ._merge import deep_merge
from ._model import USER_KNOWN, StrictModel
from ._workload import scheduling
from .units import form

_REGISTRY = r"([A-Za-z0-9.-]+(:\d+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*)?"
_A_REGISTRY = "host, port and path of a registry without a scheme; set one such as registry.example.com/mirror"
ImageRegistry = Annotated[str, form(_REGISTRY, _A_REGISTRY), USER_KNOWN]


class PodSettings(StrictModel):
    """Images and priority of all pods of a component."""

    image_registry: ImageRegistry = Field(
        default="",
        description=(
            "Registry that replaces that of every image, such as `docker.io`, and keeps the path of its repository: "
            "with `registry.example.com/mirror`, `docker.io/grafana/loki` becomes "
            "`registry.example.com/mirror/grafana/loki`; official images of Docker Hub are below `library/`. An image "
            "that is set by name stays. Default: the registry of each image."
        ),
        examples=["registry.example.com/mirror"],
    )
    image_pull_secrets: Sequence[ObjectName] = Field(
        default=(),
        description=(
            "Names of Secrets of type `kubernetes.io/dockerconfigjson`, in the namespace of the pods, that images are "
            "pulled with. Default: none."
        ),
        examples=[["registry-login"]],
    )
    priority_class: OptionalObjectName = Field(
        default="",
        description="Name of an existing PriorityClass of the pods. Default: the cluster's default.",
        examples=["observability"],
    )


class PodArguments(Protocol):
    """The arguments that the pods of a component read."""

    @property
    def node_selector(self) -> NodeSelector:
        """Labels of the nodes for the pods."""

    @property
    def tolerations(self) -> Tolerations:
        """Tolerations of the pods."""

    @property
    def image_pull_secrets(self) -> Sequence[str]:
        """Names of the Secrets that images are pulled with."""

    @property
    def priority_class(self) -> str:
        """Name of the PriorityClass."""


def pod_fields(spec: PodArguments) -> dict[str, Any]:
    """Return the fields of the specification of a component's own pod, without those that are not set."""
    fields = {
        **scheduling(spec.node_selector, spec.tolerations),
        "imagePullSecrets": pull_secrets(spec),
        "priorityClassName": spec.priority_class,
    }
    return {name: value for name, value in fields.items() if value}


def pull_secrets(spec: PodArguments | PodSettings) -> list[dict[str, str]]:
    """Return the pull secrets as in a pod's specification."""
    return [{"name": name} for name in spec.image_pull_secrets]


def pod_values(
    spec: PodSettings,
    *,
    image_registry: Mapping[str, Any],
    image_pull_secrets: Mapping[str, Any],
    priority_class: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the values by which a chart takes each of the arguments, without those that are not set."""
    arguments = (
        (spec.image_registry, image_registry),
        (spec.image_pull_secrets, image_pull_secrets),
        (spec.priority_class, priority_class),
    )
    return reduce(deep_merge, (values for argument, values in arguments if argument), {})
