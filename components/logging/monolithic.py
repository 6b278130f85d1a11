"""Loki in one process, with one to three replicas or more of it."""

from typing import Any

from .modes import Role
from .spec import LoggingSpec
from .workload import loki_workload


def monolithic_values(spec: LoggingSpec) -> dict[str, Any]:
    """Give the workload that is all of Loki."""
    return {Role.LOKI.section: loki_workload(spec.workload(Role.LOKI))}
