"""What a stack changes of the alerts of the library and of the chart."""

from dataclasses import dataclass
from typing import Any

from .rules import Severity


@dataclass(frozen=True)
class AlertOverride:
    """What a stack changes of one alert; `None` leaves it as it is."""

    enabled: bool = True
    reason: str = ""
    """Why the alert is not enabled."""
    threshold: float | None = None
    minimum: float | None = None
    """The traffic that a ratio needs."""
    pending: str | None = None
    severity: Severity | None = None
    owner: str | None = None

    @property
    def changes(self) -> dict[str, Any]:
        """The fields of an alert that it changes."""
        names = ("threshold", "minimum", "pending", "severity", "owner")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}
