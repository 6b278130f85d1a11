"""The part of `Logging`'s arguments that bounds what a tenant may write and ask."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from .._spec import rule
from .._switches import Switched
from .._tenants import THE_ONLY_TENANT, Tenant
from ..units import Duration, hours, parse_duration
from .spec_rules import RulesSpec

SHORTEST_RETENTION = timedelta(days=1)
"""The compactor refuses to delete earlier."""

_SIZE = r"[1-9]\d*(?:KB|MB|GB)"


def _size(text: str) -> str:
    if re.fullmatch(_SIZE, text) is None:
        raise ValueError(f"{text!r} is no size of Loki: write a whole number with KB, MB or GB, such as 5MB")
    return text


Size = Annotated[str, AfterValidator(_size)]
"""A number of bytes as Loki writes it: `256KB`, `5MB`."""


class Limits(Switched):
    """Limits of one tenant; what is None has Loki's own default."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    ingestion_rate_mb: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    ingestion_burst_size_mb: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    per_stream_rate_limit: Size | None = None
    per_stream_rate_limit_burst: Size | None = None
    max_line_size: Size | None = None
    max_global_streams_per_user: int | None = Field(default=None, ge=1)
    max_entries_limit_per_query: int | None = Field(default=None, ge=1)
    max_query_length: Duration | None = None
    max_query_parallelism: int | None = Field(default=None, ge=1)
    max_query_series: int | None = Field(default=None, ge=1)
    query_timeout: Duration | None = None

    def config(self) -> dict[str, Any]:
        """Give the entries of Loki's `limits_config`, which have the same names."""
        return self.model_dump(exclude_none=True)

    @model_validator(mode="after")
    def _a_second_of_the_rate_fits(self) -> Self:
        rate, burst = self.ingestion_rate_mb, self.ingestion_burst_size_mb
        if rate is not None and burst is not None and burst < rate:
            raise ValueError(
                f"ingestion_burst_size_mb {burst:g} is less than what comes in a second at ingestion_rate_mb {rate:g}: "
                "raise it"
            )
        return self

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        return iter(self.config().items())


class LimitedSpec(RulesSpec):
    """Limits of all tenants, and limits and retention of single ones."""

    limits: Limits = Field(default_factory=Limits)
    tenant_limits: Mapping[Tenant, Limits] = Field(default_factory=dict)
    tenant_retention: Mapping[Tenant, Duration] = Field(default_factory=dict)

    @rule("tenant_limits", "tenants")
    def _limits_are_of_tenants(self) -> str | None:
        return self._strangers(self.tenant_limits, "use limits for all")

    @rule("tenant_retention", "tenants")
    def _retention_is_of_tenants(self) -> str | None:
        problems = [
            f"{name}: {problem}" for name, text in self.tenant_retention.items() if (problem := retention_problem(text))
        ]
        return self._strangers(self.tenant_retention, "use retention for all") or "; ".join(problems) or None

    def _strangers(self, named: Iterable[str], otherwise: str) -> str | None:
        known = self.tenants or (THE_ONLY_TENANT,)
        if strangers := [name for name in named if name not in known]:
            there = f"tenants has {', '.join(self.tenants)}" if self.tenants else "there are no tenants"
            return f"{', '.join(strangers)} is nobody here, as {there}: name it there, or {otherwise}"
        return None


def retention_problem(text: str) -> str | None:
    """Say what is wrong with a retention, if anything is."""
    try:
        hours(text)
    except ValueError as error:
        return str(error)
    if parse_duration(text) < SHORTEST_RETENTION:
        return "Loki keeps logs for 24h at least: use 24h or more"
    return None
