"""Topics of the library: records and alerts that need the same metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..http_metrics import HttpSource
from ..rules import Case, Group
from ..shapes import Quiet, Shape

PLACE = "library"
PLATFORM = "platform"
"""Owner of the alerts of the library, until a stack sets another."""

LibraryAlert = Shape | Quiet


@dataclass(frozen=True)
class Available:
    """What a stack measures."""

    producers: frozenset[str] = frozenset()
    """Names of the programs that it scrapes, as the catalogue has them."""
    application_metrics: frozenset[str] = frozenset()
    """Names of the counters that its applications declare."""
    http: tuple[HttpSource, ...] = ()
    """How they count HTTP requests."""


@dataclass(frozen=True)
class Topic:
    """Records and alerts that need the same metrics: a stack without one of them leaves out all."""

    name: str
    about: str
    producers: frozenset[str] = frozenset()
    """The programs that it needs, all of them."""
    any_producer: frozenset[str] = frozenset()
    """The programs of which it needs one."""
    application_metrics: frozenset[str] = frozenset()
    """The counters of applications that it needs, all of them; what a topic of `Available.http` is made of."""
    records: Sequence[Group] = ()
    alert_group: str = ""
    """Name of the group of its alerts."""
    alerts: Sequence[LibraryAlert] = ()
    recorded_elsewhere: Sequence[Group] = ()
    """Groups of another component with records that the alerts read; they are not deployed once more."""

    def needs_are_met(self, available: Available) -> bool:
        """Whether the stack has all that the topic needs."""
        return (
            self.producers <= available.producers
            and (not self.any_producer or bool(self.any_producer & available.producers))
            and self.application_metrics <= available.application_metrics
        )

    @property
    def needs(self) -> list[str]:
        """What it needs, for a reader."""
        either = [" or ".join(sorted(self.any_producer))] if self.any_producer else []
        return [*sorted(self.producers), *either, *sorted(self.application_metrics)]


def per_second(metric: str, by: str, window: str = "5m") -> str:
    """Return the increase per second of a counter in a window, summed by labels."""
    return f"sum by ({by}) (rate({metric}[{window}]))"


def share(part: str, whole: str, by: str, window: str = "5m") -> str:
    """Return the share of one counter in another one in a window, 0 where nothing of the part was ever counted."""
    total = per_second(whole, by, window)
    return f"({per_second(part, by, window)} or 0 * {total}) / {total}"


def example(
    name: str, series: Mapping[str, str], results: Mapping[str, float], *, at: str = "30m", interval: str = "1m"
) -> Case:
    """Return the case that series give records these values: `{'service:http_requests:rate5m{service="a"}': 2}`.

    Values are compared to six digits after the point.
    """
    samples = [
        {
            "expr": f"round({record} * 1e6) / 1e6",
            "eval_time": at,
            "exp_samples": [{"labels": record[record.index("{") :] if "{" in record else "{}", "value": value}],
        }
        for record, value in results.items()
    ]
    return Case(name, series, samples=samples, interval=interval)
