"""`observability:tracing`: Tempo's settings, and what only a stack states of it."""

from pydantic import Field

from components.tracing.spec import TracingSettings
from components.units import Name


class TracingArea(TracingSettings):
    """Settings under `observability:tracing`; size holds for the pods that hold spans, placement for all."""

    namespace: Name = Field(default="tracing", description="Namespace of Tempo.", examples=["tracing"])
