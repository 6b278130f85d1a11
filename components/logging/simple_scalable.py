"""Loki split into reading, writing and background work; deprecated by Loki, which drops it with version 4."""

from typing import Any

from .modes import Mode
from .spec import LoggingSpec
from .workload import loki_workload


def simple_scalable_values(spec: LoggingSpec) -> dict[str, Any]:
    """Give the three workloads."""
    roles = Mode.SIMPLE_SCALABLE.roles
    return {role.section: loki_workload(spec.workload(role)) for role in roles}
