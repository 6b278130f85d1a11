"""Limits of what Tempo takes from a tenant."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from .._model import StrictModel


class TracingLimits(StrictModel):
    """Limits of a tenant, by Tempo's names; as there is one tenant only, of all clients together."""

    ingestion_rate_limit_bytes: int | None = Field(
        default=None,
        ge=1,
        description="Bytes of spans a second that each distributor accepts. Default: Tempo's 15000000.",
        examples=[30000000],
    )
    ingestion_burst_size_bytes: int | None = Field(
        default=None,
        ge=1,
        description=(
            "Bytes of spans at once that each distributor accepts, at least a second of the rate and the largest "
            "request. Default: Tempo's 20000000."
        ),
        examples=[40000000],
    )
    max_traces_per_user: int | None = Field(
        default=None,
        ge=1,
        description=("Traces that receive spans at a time, in each ingester or live-store. Default: Tempo's 10000."),
        examples=[50000],
    )
    max_bytes_per_trace: int | None = Field(
        default=None,
        ge=1,
        description="Size of one trace in bytes; further spans of it are refused. Default: Tempo's 5000000.",
        examples=[10000000],
    )

    def overrides(self) -> dict[str, dict[str, int]]:
        """Return the sections of Tempo's `overrides.defaults` that hold limits, without those that are not set.

        https://grafana.com/docs/tempo/latest/configuration/#standard-overrides
        """
        ingestion = {
            "rate_limit_bytes": self.ingestion_rate_limit_bytes,
            "burst_size_bytes": self.ingestion_burst_size_bytes,
            "max_traces_per_user": self.max_traces_per_user,
        }
        sections = {"ingestion": ingestion, "global": {"max_bytes_per_trace": self.max_bytes_per_trace}}
        stated = {
            name: {key: limit for key, limit in limits.items() if limit is not None}
            for name, limits in sections.items()
        }
        return {name: limits for name, limits in stated.items() if limits}

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        return iter(self.model_dump(exclude_none=True).items())
