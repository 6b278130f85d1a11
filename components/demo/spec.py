"""Settings and arguments of `Demo`."""

from typing import Annotated

from pydantic import Field

from .._model import Plain
from .._namespace_spec import NamespacedSpec, NamespaceSettings
from .._pods import PodSettings
from .._workload import PlacementSettings
from ..units import Name, form
from ..urls import OtlpUrl

DOCKER_HUB = "docker.io"
REPOSITORY = "library/python:3.13.7-alpine3.22"


class DemoSettings(NamespaceSettings, PodSettings, PlacementSettings):
    """The generator: settings of a stack and arguments of a program."""

    interval_seconds: int = Field(
        default=5,
        ge=1,
        le=86_400,
        description="Time between two requests of the simulated shop, in seconds.",
        examples=[30],
    )
    image: Annotated[str, form(r"\S+[:@]\S+", "an image with a tag or digest")] = Field(
        default=f"{DOCKER_HUB}/{REPOSITORY}",
        description=(
            "Container image with Python 3.11 or newer, with a tag or digest. Default: "
            f"`{DOCKER_HUB}/{REPOSITORY}`, from `image_registry` where that is set."
        ),
        examples=["registry.acme.io/python:3.13.7-alpine3.22"],
    )


class DemoSpec(DemoSettings, NamespacedSpec):
    """The checked arguments of `Demo`."""

    namespace: Name = Field(description="Namespace of the generator.")
    otlp_http_url: OtlpUrl = Field(
        description="OTLP/HTTP address without the path of a signal, such as `http://alloy.telemetry:4318`."
    )
    workload_name: Plain[Name] = Field(
        default="telemetry-generator",
        description="Name of the Deployment and its ConfigMap; a second generator in one namespace needs another.",
    )
    protect_namespace: Plain[bool] = Field(
        default=False, description="Whether a created namespace is protected from deletion."
    )

    @property
    def effective_image(self) -> str:
        """The image by its own setting, else the default one of `image_registry`."""
        by_name = "image" in self.model_fields_set
        return self.image if by_name else f"{self.image_registry or DOCKER_HUB}/{REPOSITORY}"
