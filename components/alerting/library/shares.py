"""Shares of what a part of the platform handles: how much there is, and which share of it fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..rules import Case, Group, Record
from ..shapes import Signal, Unit, gauge, selector
from .model import PLACE, example, per_second, share

POD_LOGS = "The last errors of its pods: `kubectl -n <namespace> logs <pod> --since=30m`."
"""A step of a diagnosis."""
ESCALATE = "The platform team; at once where data is being lost."


@dataclass(frozen=True)
class Share:
    """Two records: how much a counter grows per second, and the share of another counter in it."""

    record: str
    """Beginning of the names of both, such as `job:loki_writes`."""
    part: str
    whole: str
    by: Mapping[str, str]
    """Labels of the results, with their values in the cases."""
    added: bool = False
    """Whether the part has to be added to make the whole."""
    constant: Mapping[str, str] = field(default_factory=dict)
    """Labels that the records add."""
    example_labels: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})
    """Further labels of the series of the example: of the part, and of the rest."""
    window: str = "5m"
    """Window of both: at least three times the time between two increases of a counter."""

    @property
    def signal(self) -> Signal:
        """The share."""
        return gauge(f"{self.record}_failed:ratio{self.window}", Unit.RATIO, {**self.by, **self.constant})

    @property
    def traffic(self) -> Signal:
        """The whole per second."""
        return gauge(f"{self.record}:rate{self.window}", Unit.PER_SECOND, {**self.by, **self.constant})

    @property
    def records(self) -> list[Record]:
        """The records."""
        by = ", ".join(self.by)
        part, whole = (per_second(counter, by, self.window) for counter in (self.part, self.whole))
        total = f"{part} + {whole}" if self.added else whole
        ratio = f"{part} / ({total})" if self.added else share(self.part, self.whole, by, self.window)
        return [
            Record(self.traffic.expr, total, self.constant),
            Record(self.signal.expr, ratio, self.constant),
        ]

    @property
    def example(self) -> Case:
        """The case of 60 a minute, of which 3 are the part."""
        part, whole = self.part.partition("{")[0], self.whole.partition("{")[0]
        of_part, of_rest = ({**self.by, **labels} for labels in self.example_labels)
        rest = 57 if self.added or part == whole else 60
        series = {selector(part, of_part): "0+3x40", selector(whole, of_rest): f"0+{rest}x40"}
        labels = selector("", {**self.by, **self.constant})
        results = {f"{self.traffic.expr}{labels}": 1, f"{self.signal.expr}{labels}": 0.05}
        return example(f"a twentieth of {self.record}", series, results)


def share_group(name: str, *shares: Share) -> Group:
    """Return the group of the records of shares."""
    records = [record for found in shares for record in found.records]
    return Group(f"{name}_rules", records, PLACE, interval="1m", cases=[found.example for found in shares])
