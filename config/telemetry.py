"""`observability:telemetry`: Alloy's settings, and what only a stack states of it."""

from pydantic import Field

from components.telemetry.spec import TelemetrySettings
from components.units import Name


class TelemetryArea(TelemetrySettings):
    """Settings under `observability:telemetry`."""

    namespace: Name = Field(default="telemetry", description="Namespace of the collectors.", examples=["telemetry"])
