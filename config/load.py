"""`observability:load`: the expected load."""

from typing import Annotated

from pydantic import Field

from components._model import StrictModel
from components.sizing import Prices as DefaultPrices
from components.units import Interval

_DEFAULTS = DefaultPrices()

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Price = Annotated[float, Field(ge=0, le=1_000_000_000, allow_inf_nan=False)]
"""In any currency: the smallest ones count some ten thousands for a dollar."""
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Prices(StrictModel):
    """Prices of the cost estimate; the defaults are those of AWS in us-east-1, without discounts."""

    currency: str = Field(default=_DEFAULTS.currency, min_length=1, description="Currency of prices.", examples=["EUR"])
    object_gb_month: Price | None = Field(
        default=None,
        description="Price of 1 GB of objects per month. Default: 0.023; with storage `in-cluster`, that of a disk.",
        examples=[0.023],
    )
    write_thousand: Price | None = Field(
        default=None,
        description="Price of 1000 write requests. Default: 0.005; 0 with storage `in-cluster`.",
        examples=[0.005],
    )
    read_thousand: Price | None = Field(
        default=None,
        description="Price of 1000 read requests. Default: 0.0004; 0 with storage `in-cluster`.",
        examples=[0.0004],
    )
    disk_gib_month: Price = Field(
        default=_DEFAULTS.disk_gib_month, description="Price of 1 GiB of volume per month.", examples=[0.08]
    )
    cpu_month: Price = Field(
        default=_DEFAULTS.cpu_month, description="Price of 1 requested core per month.", examples=[29.55]
    )
    memory_gib_month: Price = Field(
        default=_DEFAULTS.memory_gib_month,
        description="Price of 1 GiB of requested memory per month.",
        examples=[3.24],
    )


class LoadArea(StrictModel):
    """Settings under `observability:load`: the expected load. `make size` prints the sizes and limits for it.

    A preview prints the cost and warns of each size that is too small; the load itself changes no resource.
    """

    logs_gb_per_day: Amount = Field(
        default=0,
        le=300_000,
        description="Uncompressed logs in GB per day; the maximum is ten times the largest load in Loki's sizing docs. "
        "Default: 0, without sizes for logs.",
        examples=[100],
    )
    active_streams: Amount | None = Field(
        default=None,
        le=15_000_000,
        description="Number of active streams. Default: 50 for each GB of logs per day.",
        examples=[5000],
    )
    spans_per_second: Amount = Field(
        default=0,
        le=3_000_000,
        description="Number of spans per second; at the maximum, distributed Tempo has about 900 queriers. Default: 0, "
        "without sizes for traces.",
        examples=[5000],
    )
    active_series: Amount = Field(
        default=0,
        le=1_000_000_000,
        description="Number of active series. Default: 0, without sizes for metrics.",
        examples=[500000],
    )
    scrape_interval: Interval = Field(
        default="30s", description="Interval between two samples of a series.", examples=["30s"]
    )
    query_factor: Positive = Field(
        default=1,
        le=100,
        description="Factor of the query load on logs: 1 for optimized queries, 10 for others.",
        examples=[1],
    )
    nodes: int = Field(
        default=3,
        ge=1,
        le=100_000,
        description="Number of nodes, whose collectors share the load; the maximum is that of the largest managed "
        "clusters.",
        examples=[3],
    )
    prices: Prices = Field(
        default_factory=Prices,
        description="Prices of the cost estimate. Default: those of AWS in us-east-1.",
        examples=[{"currency": "EUR"}],
    )

    @property
    def is_set(self) -> bool:
        """Whether the stack states a load."""
        return bool(self.logs_gb_per_day or self.spans_per_second or self.active_series)
