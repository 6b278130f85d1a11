"""What a stack changes of the alerts of the library and of the chart."""

from typing import Any

from pydantic import Field

from .._model import StrictModel
from ..units import Interval, Word
from .rules import Severity


class AlertOverride(StrictModel):
    """What a stack changes of one alert; what is not set leaves it as it is."""

    enabled: bool = Field(default=True, description="Whether the alert is there.", examples=[False])
    reason: str = Field(
        default="",
        max_length=500,
        description="Why the alert is not there; required with `enabled` false. Default: none.",
        examples=["The nodes are not ours."],
    )
    threshold: float | None = Field(
        default=None,
        ge=-1e15,
        le=1e15,
        description="Value that it fires beyond, in the unit of the alert. Default: that of the library.",
        examples=[0.02],
    )
    minimum: float | None = Field(
        default=None,
        ge=0,
        le=1e15,
        description="Traffic above which a ratio is looked at, per second. Default: that of the library.",
        examples=[1],
    )
    pending: Interval | None = Field(
        default=None,
        description="How long it holds before it fires (`for`). Default: that of the library.",
        examples=["10m"],
    )
    severity: Severity | None = Field(
        default=None, description="Severity. Default: that of the library.", examples=["warning"]
    )
    owner: Word | None = Field(
        default=None, description="Team that answers for it. Default: `owner`.", examples=["shop"]
    )

    @property
    def changes(self) -> dict[str, Any]:
        """The fields of an alert that it changes."""
        names = ("threshold", "minimum", "pending", "severity", "owner")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}
