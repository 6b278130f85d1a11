"""`observability:demo`: settings of the generator of telemetry, and what only a stack states of it."""

from pydantic import Field

from components.demo.spec import DemoSettings
from components.units import Name


class DemoArea(DemoSettings):
    """Settings under `observability:demo`."""

    enabled: bool = Field(default=False, description="Whether the generator runs.", examples=[True])
    namespace: Name = Field(default="demo", description="Namespace of the generator.", examples=["demo"])
