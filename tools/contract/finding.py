"""One violation of the contract."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """What is wrong with an object or a value."""

    object: str
    """Its name, such as `Deployment logging/loki-gateway: container nginx`."""
    message: str
    """What is wrong with it, and what would be right."""

    def __str__(self) -> str:
        return f"{self.object}: {self.message}"
