"""Limits of what a tenant of Loki may write and query, and valid retentions."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field

from .._model import StrictModel
from ..units import Duration, Interval, hours, parse_duration

MIN_RETENTION = timedelta(days=1)
"""The minimum of the compactor."""

LABEL_LIMITS: Mapping[str, int] = {
    "max_label_names_per_series": 15,
    "max_label_name_length": 1024,
    "max_label_value_length": 2048,
    "max_structured_metadata_entries_count": 128,
}
"""Loki's own limits on labels (https://grafana.com/docs/loki/latest/configure/#limits_config)."""

_SIZE = re.compile(r"[1-9]\d*(?:KB|MB|GB)")


def _size(text: str) -> str:
    if _SIZE.fullmatch(text) is None:
        raise ValueError("must be a whole number with KB, MB or GB; use one such as 5MB")
    return text


Size = Annotated[str, AfterValidator(_size)]
"""A number of bytes as Loki writes it: `256KB`, `5MB`."""


class LoggingLimits(StrictModel):
    """Limits of a tenant, by Loki's names; without tenants, of all clients together."""

    ingestion_rate_mb: float | None = Field(
        default=None,
        gt=0,
        le=100_000,
        allow_inf_nan=False,
        description="MB of lines a second. Default: Loki's 4.",
        examples=[10],
    )
    ingestion_burst_size_mb: float | None = Field(
        default=None,
        gt=0,
        le=1_000_000,
        allow_inf_nan=False,
        description="MB at once, at least a second of the rate and the largest push. Default: Loki's 6.",
        examples=[20],
    )
    per_stream_rate_limit: Size | None = Field(
        default=None,
        description="Bytes a second in one stream, such as `5MB`. Default: Loki's `3MB`.",
        examples=["5MB"],
    )
    per_stream_rate_limit_burst: Size | None = Field(
        default=None,
        description="Bytes at once in one stream. Default: Loki's `15MB`.",
        examples=["20MB"],
    )
    max_line_size: Size | None = Field(
        default=None,
        description="Longest line. Default: Loki's `256KB`.",
        examples=["512KB"],
    )
    max_label_names_per_series: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description=(
            "Index labels of a stream beside `service_name`; lines with more are rejected. Default: Loki's "
            f"{LABEL_LIMITS['max_label_names_per_series']}."
        ),
        examples=[20],
    )
    max_label_name_length: int | None = Field(
        default=None,
        ge=64,
        le=65_536,
        description=(
            "Bytes of the name of a label; lines with longer ones are rejected. Default: Loki's "
            f"{LABEL_LIMITS['max_label_name_length']}."
        ),
        examples=[1024],
    )
    max_label_value_length: int | None = Field(
        default=None,
        ge=512,
        le=1_048_576,
        description=(
            "Bytes of the value of a label, of which the path of a log file takes some hundred; lines with longer ones "
            f"are rejected. Default: Loki's {LABEL_LIMITS['max_label_value_length']}."
        ),
        examples=[4096],
    )
    max_structured_metadata_entries_count: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description=(
            "Entries of structured metadata of a line; lines with more are rejected. Default: Loki's "
            f"{LABEL_LIMITS['max_structured_metadata_entries_count']}."
        ),
        examples=[256],
    )
    max_global_streams_per_user: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000_000,
        description="Active streams. Default: Loki's 5000.",
        examples=[20000],
    )
    max_entries_limit_per_query: int | None = Field(
        default=None,
        ge=1,
        le=100_000_000,
        description="Lines that a query returns. Default: Loki's 5000.",
        examples=[10000],
    )
    max_query_length: Duration | None = Field(
        default=None,
        description="Maximum time range of a query. Default: Loki's `721h`.",
        examples=["721h"],
    )
    max_query_parallelism: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="Subqueries of one query that run at a time. Default: Loki's 32.",
        examples=[32],
    )
    max_query_series: int | None = Field(
        default=None,
        ge=1,
        le=100_000_000,
        description="Series that a metric query returns. Default: Loki's 500.",
        examples=[1000],
    )
    query_timeout: Interval | None = Field(
        default=None,
        description="Timeout of a query. Default: the chart's `5m`.",
        examples=["5m"],
    )

    def config(self) -> dict[str, Any]:
        """Return the entries of Loki's `limits_config`, which have the same names."""
        return self.model_dump(exclude_none=True)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        return iter(self.config().items())


class LabelLimit(NamedTuple):
    """A limit on labels that is in force for a tenant."""

    value: int
    place: tuple[str, ...]
    """The argument that sets it, or may."""


def retention_problem(text: str) -> str | None:
    """Return why a retention is invalid, or `None`."""
    try:
        hours(text)
    except ValueError:
        return f"must be a whole number of hours; set {nearest_retention(text)}"
    if parse_duration(text) < MIN_RETENTION:
        return "must be at least 24h; set 24h or more"
    return None


def nearest_retention(text: str) -> str:
    """Return the nearest valid retention."""
    return f"{max(24, round(parse_duration(text).total_seconds() / 3600))}h"
