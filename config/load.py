"""The expected load, for which `make size` prints sizes; nothing that is deployed follows from it."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from components.sizing import Prices as DefaultPrices
from components.units import parse_duration

from .area import Area, Duration, rule
from .problems import PROJECT, Problem, place_of, remove_command, set_command, shown

_DEFAULTS = DefaultPrices()

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Price = Annotated[float, Field(ge=0, le=1_000_000_000, allow_inf_nan=False)]
"""In any currency: the smallest ones count some ten thousands for a dollar."""
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Prices(Area):
    """What the bill is reckoned with; the defaults are those of AWS in us-east-1, without discounts."""

    currency: str = Field(
        default=_DEFAULTS.currency, min_length=1, description="Of all prices. Default: USD.", examples=["EUR"]
    )
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
        default=_DEFAULTS.disk_gib_month, description="A GiB of volume for a month. Default: 0.08.", examples=[0.08]
    )
    cpu_month: Price = Field(
        default=_DEFAULTS.cpu_month, description="A requested core for a month. Default: 29.55.", examples=[29.55]
    )
    memory_gib_month: Price = Field(
        default=_DEFAULTS.memory_gib_month,
        description="A requested GiB of memory for a month. Default: 3.24.",
        examples=[3.24],
    )


class Load(Area):
    """Settings under `observability:load`: what is expected. `make size` prints the settings that it needs.

    A preview prints the cost and warns of each figure that is below; nothing that is deployed changes.
    """

    logs_gb_per_day: Amount = Field(
        default=0,
        le=300_000,
        description="Uncompressed logs, GB a day, 300000 at most: ten times the largest load that Loki's docs size. "
        "Default: 0 (logs are left out).",
        examples=[100],
    )
    active_streams: Amount | None = Field(
        default=None,
        le=15_000_000,
        description="Streams written to at a time, 15000000 at most, those of the most logs. Default: 50 for each GB "
        "of logs a day.",
        examples=[5000],
    )
    spans_per_second: Amount = Field(
        default=0,
        le=3_000_000,
        description="Spans a second, 3000000 at most, which a distributed Tempo has some 900 queriers for. Default: 0 "
        "(traces are left out).",
        examples=[5000],
    )
    active_series: Amount = Field(
        default=0,
        le=1_000_000_000,
        description="Series written to at a time, 1000000000 at most. Default: 0 (metrics are left out).",
        examples=[500000],
    )
    scrape_interval: Duration = Field(
        default="30s", description="Time between two samples of a series. Default: 30s.", examples=["30s"]
    )
    query_factor: Positive = Field(
        default=1,
        le=100,
        description="How heavily logs are queried, 100 at most: 10 where nobody optimises queries. Default: 1.",
        examples=[1],
    )
    nodes: int = Field(
        default=3,
        ge=1,
        le=100_000,
        description="Nodes whose collectors share the work, 100000 at most, as in the largest clusters that clouds "
        "offer. Default: 3.",
        examples=[3],
    )
    prices: Prices = Field(
        default_factory=Prices,
        description="What the bill is reckoned with. Default: what AWS asks in us-east-1.",
        examples=[{"currency": "EUR"}],
    )

    @property
    def given(self) -> bool:
        """Whether the stack states a load."""
        return bool(self.logs_gb_per_day or self.spans_per_second or self.active_series)

    @rule
    def _some_load_is_stated(self) -> Iterator[Problem]:
        if self.model_fields_set and not self.given:
            yield Problem(
                f"{PROJECT}:load",
                "states no load: set logs_gb_per_day, spans_per_second or active_series",
                set_command(place_of("load", "logs_gb_per_day"), 100),
            )

    @rule
    def _streams_are_of_logs(self) -> Iterator[Problem]:
        if self.active_streams is not None and not self.logs_gb_per_day:
            yield Problem(
                place_of("load", "active_streams"),
                "are streams of logs: set logs_gb_per_day too",
                set_command(place_of("load", "logs_gb_per_day"), 100),
                f"{self.active_streams:g}",
            )

    @rule
    def _samples_are_apart(self) -> Iterator[Problem]:
        if parse_duration(self.scrape_interval).total_seconds() == 0:
            place = place_of("load", "scrape_interval")
            yield Problem(place, "must be longer: 30s, for example", remove_command(place), shown(self.scrape_interval))
