"""What the demo's arguments must be, with their defaults."""

from pydantic import Field

from .._pod_security import PodSecurity, cluster_namespace_problem
from .._spec import Spec, rule
from ..units import HttpUrl, Name


class DemoSpec(Spec):
    """The checked arguments of `Demo`."""

    namespace: Name
    otlp_http_url: HttpUrl
    interval_seconds: int = Field(default=5, ge=1)
    image: str = Field(default="docker.io/library/python:3.13.7-alpine3.22", pattern=r"^\S+[:@]\S+$")
    workload_name: Name = "telemetry-generator"
    create_namespace: bool = True
    pod_security: PodSecurity = PodSecurity.RESTRICTED
    protect_namespace: bool = False

    @rule("namespace", "create_namespace")
    def _the_namespace_is_nobody_elses(self) -> str | None:
        return cluster_namespace_problem(self.namespace) if self.create_namespace else None
