"""The collectors on every node."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from components.charts import ALLOY

from .area import Area, MemorySize, Name, Quantity, Tenant, Values


class LogSource(StrEnum):
    """Where the collectors read the logs of pods."""

    FILES = "files"
    API = "api"


class Telemetry(Area):
    """Settings under `observability:telemetry`."""

    namespace: Name = Field(default="telemetry", description="Namespace of the collectors. Default: telemetry.")
    chart_version: str | None = Field(
        default=None,
        description="Version of the Alloy chart. Default: the newest supported.",
        examples=list(ALLOY.versions),
    )
    log_source: LogSource = Field(
        default=LogSource.FILES,
        description="files (the nodes' log files, needs hostPath) or api (the Kubernetes API). Default: files.",
        examples=["api"],
    )
    node_local_otlp: bool = Field(
        default=False,
        description="Whether what programs send by OTLP stays on their node, which saves traffic between zones; with "
        "log_source files. Default: false.",
        examples=[True],
    )
    log_labels: Mapping[str, str] = Field(
        default_factory=dict, description="Labels put on every log line, beside cluster. Default: none."
    )
    logs_tenant: Tenant | None = Field(
        default=None,
        description="Tenant of logs that no entry of namespace_tenants names another for. Default: the only one of "
        "logging.tenants; required where it names several.",
        examples=["team-a"],
    )
    namespace_tenants: Mapping[Name, Tenant] = Field(
        default_factory=dict,
        description="Namespaces and the tenants that the logs of their containers belong to. Default: none.",
        examples=[{"shop": "team-a"}],
    )
    cpu_request: Quantity | None = Field(
        default=None, description="CPU request of each collector. Default: 100m.", examples=["200m"]
    )
    memory_request: MemorySize | None = Field(
        default=None, description="Memory request of each collector. Default: 256Mi.", examples=["512Mi"]
    )
    memory_limit: MemorySize | None = Field(
        default=None, description="Memory limit of each collector. Default: 512Mi.", examples=["1Gi"]
    )
    values: Values = Field(default_factory=dict)
