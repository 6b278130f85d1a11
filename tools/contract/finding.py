"""One violation of the contract."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """What is wrong, and where."""

    place: str
    """The object or the value, such as `Deployment logging/loki-gateway: container nginx`."""
    sentence: str
    """What is wrong with it, and what would be right."""

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"
