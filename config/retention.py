"""How long signals are kept."""

from pydantic import Field

from .area import Area, Duration


class Retention(Area):
    """Settings under `observability:retention`."""

    logs: Duration = Field(
        default="744h", description="Age at which logs are deleted. Default: 744h (31 days).", examples=["30d"]
    )
    traces: Duration = Field(
        default="14d", description="Age at which traces are deleted. Default: 14d.", examples=["14d"]
    )
    metrics: Duration = Field(
        default="15d",
        description="Age at which the in-stack Prometheus deletes samples. Default: 15d.",
        examples=["15d"],
    )
