"""What a tenant may write to Loki and ask of it."""

from pydantic import Field

from .area import Area, Duration


class Limits(Area):
    """Limits of a tenant, by the names that Loki has for them; where there are no tenants, of everybody together.

    `make size` prints those that `load` exceeds.
    """

    ingestion_rate_mb: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="MB of lines a second. Default: Loki's 4.",
        examples=[10],
    )
    ingestion_burst_size_mb: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="MB at once, at least a second of the rate. Default: Loki's 6.",
        examples=[20],
    )
    per_stream_rate_limit: str | None = Field(
        default=None, description="Bytes a second in one stream. Default: Loki's 3MB.", examples=["5MB"]
    )
    per_stream_rate_limit_burst: str | None = Field(
        default=None, description="Bytes at once in one stream. Default: Loki's 15MB.", examples=["20MB"]
    )
    max_line_size: str | None = Field(
        default=None, description="Longest line. Default: Loki's 256KB.", examples=["512KB"]
    )
    max_global_streams_per_user: int | None = Field(
        default=None, ge=1, description="Streams written to at a time. Default: Loki's 5000.", examples=[20000]
    )
    max_entries_limit_per_query: int | None = Field(
        default=None, ge=1, description="Lines that a query gives. Default: Loki's 5000.", examples=[10000]
    )
    max_query_length: Duration | None = Field(
        default=None, description="Time that a query may span. Default: Loki's 721h.", examples=["721h"]
    )
    max_query_parallelism: int | None = Field(
        default=None, ge=1, description="Pieces of one query at a time. Default: Loki's 32.", examples=[32]
    )
    max_query_series: int | None = Field(
        default=None, ge=1, description="Series that a metric query gives. Default: Loki's 500.", examples=[1000]
    )
    query_timeout: Duration | None = Field(
        default=None, description="How long a query may take. Default: the chart's 5m.", examples=["5m"]
    )
