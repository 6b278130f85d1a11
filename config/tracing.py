"""Tempo."""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import Field

from .area import Name, PodSecurity, Values
from .workload import Workload


class TracingMode(StrEnum):
    """How Tempo's parts are spread over workloads."""

    MONOLITHIC = "monolithic"
    DISTRIBUTED = "distributed"


class Tracing(Workload):
    """Settings under `observability:tracing`; those of a workload hold for the ingesters."""

    mode: TracingMode = Field(
        default=TracingMode.MONOLITHIC,
        description="monolithic or distributed. Default: monolithic.",
        examples=["distributed"],
    )
    namespace: Name = Field(default="tracing", description="Namespace of Tempo. Default: tracing.")
    pod_security: PodSecurity = Field(
        default=PodSecurity.RESTRICTED,
        description="Pod security level of that namespace: restricted, baseline or privileged. Default: restricted.",
        examples=["restricted"],
    )
    chart_version: str | None = Field(
        default=None, description="Version of the chart tempo or tempo-distributed. Default: the newest supported."
    )
    processors: Sequence[str] | None = Field(
        default=None, description="Of the metrics generator. Default: service-graphs, span-metrics, local-blocks."
    )
    values: Values = Field(default_factory=dict)
