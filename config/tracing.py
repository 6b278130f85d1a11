"""Tempo."""

from collections.abc import Sequence

from pydantic import Field

from .area import Area, Name, Values
from .workload import Workload


class Tracing(Area):
    """Settings under `observability:tracing`."""

    mode: str = Field(
        default="monolithic", description="monolithic or distributed. Default: monolithic.", examples=["distributed"]
    )
    namespace: Name = Field(default="tracing", description="Namespace of Tempo. Default: tracing.")
    chart_version: str | None = Field(
        default=None, description="Version of the Tempo chart. Default: the newest supported."
    )
    replication_factor: int | None = Field(
        default=None, ge=1, le=3, description="Copies of each span. Default: 1 for one ingester, 3 for three or more."
    )
    ingester: Workload = Field(
        default_factory=Workload, description="Ingesters, or the one workload of mode monolithic."
    )
    processors: Sequence[str] | None = Field(
        default=None,
        description="Processors of the metrics generator. Default: service-graphs, span-metrics, local-blocks.",
    )
    values: Values = Field(default_factory=dict)
