"""The workloads of collectors, which `Telemetry` runs and `sizing` sizes."""

from enum import StrEnum


class Role(StrEnum):
    """What a workload of collectors is for."""

    AGENTS = "agents"
    SINGLETON = "singleton"
    GATEWAY = "gateway"
