"""The collectors on every node."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from .area import Area, Name, Values


class LogSource(StrEnum):
    """Where the collectors read the logs of pods."""

    FILES = "files"
    API = "api"


class Telemetry(Area):
    """Settings under `observability:telemetry`."""

    namespace: Name = Field(default="telemetry", description="Namespace of the collectors. Default: telemetry.")
    chart_version: str | None = Field(
        default=None, description="Version of the Alloy chart. Default: the newest supported."
    )
    log_source: LogSource = Field(
        default=LogSource.FILES,
        description="files (the nodes' log files, needs hostPath) or api (the Kubernetes API). Default: files.",
        examples=["api"],
    )
    log_labels: Mapping[str, str] = Field(
        default_factory=dict, description="Labels put on every log line, beside cluster. Default: none."
    )
    values: Values = Field(default_factory=dict)
