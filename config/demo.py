"""A small generator of correlated telemetry, so that there is a first trace to click."""

from pydantic import Field

from .area import Area, Name


class Demo(Area):
    """Settings under `observability:demo`."""

    enabled: bool = Field(default=False, description="Run the generator. Default: false.", examples=[True])
    namespace: Name = Field(default="demo", description="Namespace of the generator. Default: demo.")
