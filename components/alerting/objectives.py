"""Objectives: what share of a service's requests must be good over a period, and how the share is measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Event(StrEnum):
    """What a query of an indicator counts."""

    TOTAL = "total"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True)
class Query:
    """PromQL that returns one series without labels, for any window of time."""

    parts: tuple[str, ...]
    """The text between the places of the window."""

    def over(self, window: str) -> str:
        """Return the query for a window, such as `5m`."""
        return window.join(self.parts)


@dataclass(frozen=True)
class Indicator:
    """The ratio that is measured: all events, and either the good or the bad of them."""

    total: Query
    good: Query | None = None
    bad: Query | None = None
    per_second: bool = True
    """Whether the queries return events per second (`rate`), and not events of the window (`sum_over_time`)."""

    @property
    def queries(self) -> Mapping[Event, Query]:
        """The queries that there are."""
        stated = {Event.TOTAL: self.total, Event.GOOD: self.good, Event.BAD: self.bad}
        return {event: query for event, query in stated.items() if query}


@dataclass(frozen=True)
class Objective:
    """An objective of a service, with what its alerts say."""

    service: str
    name: str
    description: str
    target: Decimal
    """Share of good events, between 0 and 1."""
    period: str
    """The rolling window of the error budget: `28d` or `30d`."""
    indicator: Indicator
    owner: str
    impact: str
    dashboard_url: str
    runbook_url: str
    """`{alert}` in it stands for the name of the alert."""
    place: str
    sla: Decimal | None = None
    """The share that a contract promises, below the target."""
    minimum_requests: int = 0
    """Events within the long window of an alert below which it does not fire."""
    place_of_period: Callable[[], str] = field(default=str, compare=False, repr=False)
    """Returns where the period is stated: the lines within a document are looked for where there is a problem."""
    place_of_query: Callable[[Event], str] = field(default=str, compare=False, repr=False)
    """Returns where a query is stated."""

    @property
    def error_budget(self) -> Decimal:
        """The share of events that may be bad."""
        return 1 - self.target


@dataclass(frozen=True)
class ObjectiveDefaults:
    """What holds of every objective whose documents state nothing else."""

    owner: str = ""
    dashboard_url: str = ""
    """`{service}` and `{slo}` in it stand for the names of the service and the objective."""
    runbook_url: str = ""
    """`{alert}` in it stands for the name of the alert."""
    minimum_requests: int = 10
