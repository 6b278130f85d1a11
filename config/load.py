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
    """What the bill is reckoned with; the defaults are those of AWS in us-east-1, without discounts."""

    currency: str = Field(default=_DEFAULTS.currency, min_length=1, description="Of all prices.", examples=["EUR"])
    object_gb_month: Price | None = Field(
        default=None,
        description="A GB in the bucket for a month. Default: 0.023; with storage in-cluster that of a disk.",
        examples=[0.023],
    )
    write_thousand: Price | None = Field(
        default=None,
        description="A thousand requests that write. Default: 0.005; nothing with storage in-cluster.",
        examples=[0.005],
    )
    read_thousand: Price | None = Field(
        default=None,
        description="A thousand requests that read. Default: 0.0004; nothing with storage in-cluster.",
        examples=[0.0004],
    )
    disk_gib_month: Price = Field(
        default=_DEFAULTS.disk_gib_month, description="A GiB of volume for a month.", examples=[0.08]
    )
    cpu_month: Price = Field(default=_DEFAULTS.cpu_month, description="A requested core for a month.", examples=[29.55])
    memory_gib_month: Price = Field(
        default=_DEFAULTS.memory_gib_month,
        description="A requested GiB of memory for a month.",
        examples=[3.24],
    )


class LoadArea(StrictModel):
    """Settings under `observability:load`: what is expected. `make size` prints the settings that it needs.

    A preview prints the cost and warns of each figure that is below; nothing that is deployed changes.
    """

    logs_gb_per_day: Amount = Field(
        default=0,
        le=300_000,
        description="Uncompressed logs, GB a day; the bound is ten times the largest load that Loki's docs size. "
        "Default: 0 (logs are left out).",
        examples=[100],
    )
    active_streams: Amount | None = Field(
        default=None,
        le=15_000_000,
        description="Streams written to at a time. Default: 50 for each GB of logs a day.",
        examples=[5000],
    )
    spans_per_second: Amount = Field(
        default=0,
        le=3_000_000,
        description="Spans a second; at the bound a distributed Tempo has some 900 queriers. Default: 0 "
        "(traces are left out).",
        examples=[5000],
    )
    active_series: Amount = Field(
        default=0,
        le=1_000_000_000,
        description="Series written to at a time. Default: 0 (metrics are left out).",
        examples=[500000],
    )
    scrape_interval: Interval = Field(
        default="30s", description="Time between two samples of a series.", examples=["30s"]
    )
    query_factor: Positive = Field(
        default=1,
        le=100,
        description="How heavily logs are queried: 10 where nobody optimises queries.",
        examples=[1],
    )
    nodes: int = Field(
        default=3,
        ge=1,
        le=100_000,
        description="Nodes whose collectors share the work; the bound is that of the largest clusters that clouds "
        "offer.",
        examples=[3],
    )
    prices: Prices = Field(
        default_factory=Prices,
        description="What the bill is reckoned with. Default: what AWS asks in us-east-1.",
        examples=[{"currency": "EUR"}],
    )

    @property
    def is_set(self) -> bool:
        """Whether the stack states a load."""
        return bool(self.logs_gb_per_day or self.spans_per_second or self.active_series)
