"""The recording monitor, as tests use it, and what one component registers alone."""

from collections.abc import Callable
from typing import Any

import pulumi

from tools.program.recording import SECRET, UNKNOWN, Recording, Registered, record

__all__ = ["SECRET", "UNKNOWN", "Recording", "Registered", "outputs_of", "record", "record_component"]


def outputs_of(component: pulumi.ComponentResource) -> dict[str, Any]:
    """Return every output of a component by its name."""
    return {name: getattr(component, name) for name in type(component).__annotations__}


def record_component(
    component: Callable[[str, Any], pulumi.ComponentResource], args: Any, *, name: str = "test", preview: bool = False
) -> Recording:
    """Record a program of this component alone, with all its outputs."""
    return record(lambda: outputs_of(component(name, args)), preview=preview)
