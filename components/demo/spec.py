"""Settings and arguments of `Demo`."""

from typing import Annotated

from pydantic import Field

from .._model import Plain
from .._namespace_spec import NamespacedSpec, NamespaceSettings
from ..units import Name, form
from ..urls import OtlpUrl


class DemoSettings(NamespaceSettings):
    """The generator: settings of a stack and arguments of a program."""

    interval_seconds: int = Field(
        default=5,
        ge=1,
        le=86_400,
        description="Time between two requests of the simulated shop, in seconds.",
        examples=[30],
    )
    image: Annotated[str, form(r"\S+[:@]\S+", "an image with a tag or digest")] = Field(
        default="docker.io/library/python:3.13.7-alpine3.22",
        description="Container image with Python 3.11 or newer, with a tag or digest.",
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
