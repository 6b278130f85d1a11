"""One violation of the contract, and what programs judged of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Finding:
    """What is wrong with an object or a value."""

    object: str
    """Its name, such as `Deployment logging/loki-gateway: container nginx`."""
    message: str
    """What is wrong with it, and what would be right."""

    def __str__(self) -> str:
        return f"{self.object}: {self.message}"


@dataclass
class Validation:
    """What a program refused, and what it was and was not asked about."""

    findings: list[Finding] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
