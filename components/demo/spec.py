"""What `Demo` accepts: settings that a stack may state, and what only a program decides."""

from typing import Annotated

from pydantic import Field

from .._kubernetes import NodeSelector, Tolerations
from .._model import Plain
from .._pod_security import NamespaceSettings, cluster_namespace_problem
from .._spec import Spec, rule
from ..units import HttpUrl, Name, form


class DemoSettings(NamespaceSettings):
    """The generator: what a stack may state and a program may pass."""

    interval_seconds: int = Field(
        default=5, ge=1, description="Time between two requests of the simulated shop, in seconds.", examples=[30]
    )
    image: Annotated[str, form(r"\S+[:@]\S+", "an image with a tag or digest")] = Field(
        default="docker.io/library/python:3.13.7-alpine3.22",
        description="Container image with Python 3.11 or newer, with a tag or digest.",
        examples=["registry.acme.io/python:3.13.7-alpine3.22"],
    )
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


class DemoSpec(DemoSettings, Spec):
    """The checked arguments of `Demo`."""

    namespace: Name = Field(description="Namespace of the generator.")
    otlp_http_url: HttpUrl = Field(
        description="OTLP/HTTP address without the path of a signal, such as `http://alloy.telemetry:4318`."
    )
    workload_name: Plain[Name] = Field(
        default="telemetry-generator",
        description="Name of the Deployment and its ConfigMap; a second generator in one namespace needs another.",
    )
    create_namespace: Plain[bool] = Field(default=True, description="Whether the component creates the namespace.")
    protect_namespace: Plain[bool] = Field(
        default=False, description="Whether a created namespace is protected from deletion."
    )

    @rule("namespace", "create_namespace")
    def _namespace_is_not_of_the_cluster(self) -> str | None:
        return cluster_namespace_problem(self.namespace) if self.create_namespace else None
