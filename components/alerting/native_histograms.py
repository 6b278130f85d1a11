"""What an expression makes of native histograms, whose samples are histograms and no numbers.

Prometheus leaves such samples out where it needs a number, with an annotation of the query that rules do not report:
https://prometheus.io/docs/prometheus/latest/querying/operators/ and …/querying/functions/
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from .promql import COMPARISONS, Aggregation, Call, Negation, Node, Operation, Selector, Subquery, selectors


class Samples(Enum):
    """The samples of the series of an expression."""

    NUMBERS = "numbers"
    HISTOGRAMS = "histograms"
    UNKNOWN = "unknown"
    """Either, or both."""


Select = Callable[[Selector], Samples]
"""Returns the samples of what a selector selects."""

_OF_HISTOGRAMS = frozenset(
    {
        *("histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev", "histogram_stdvar"),
        *("histogram_quantile", "histogram_quantiles", "histogram_fraction"),
    }
)
"""Functions that make numbers of histograms."""
_OF_BUCKETS = frozenset({"histogram_quantile", "histogram_quantiles", "histogram_fraction"})
"""Those of them that take the buckets of classic ones too."""
_OF_BOTH = frozenset(
    {
        *("rate", "increase", "irate", "delta", "idelta", "sum_over_time", "avg_over_time", "last_over_time"),
        *("first_over_time", "label_replace", "label_join", "sort_by_label", "sort_by_label_desc", "info"),
    }
)
"""Functions that make histograms of histograms."""
_COUNTING = frozenset(
    {
        *("count_over_time", "present_over_time", "absent", "absent_over_time", "changes", "resets", "timestamp"),
        *("ts_of_last_over_time", "ts_of_first_over_time"),
    }
)
"""Functions that make numbers of any samples."""
_ADDING = frozenset({"sum", "avg", "limitk", "limit_ratio"})
_COUNTING_SERIES = frozenset({"count", "group", "count_values"})
_ARITHMETIC_WITH_NUMBERS = frozenset({"*", "/"})
_SETS = frozenset({"and", "or", "unless"})


@dataclass(frozen=True)
class Found:
    """The samples of an expression, and what is wrong on the way."""

    samples: Samples
    problems: tuple[str, ...]


def samples_of(node: Node, select: Select) -> Found:
    """Return the samples of an expression."""
    reading = _Reading(select)
    samples = reading.of(node)
    return Found(samples, tuple(dict.fromkeys(reading.problems)))


class _Reading:
    def __init__(self, select: Select) -> None:
        self.problems: list[str] = []
        self._select = select

    def of(self, node: Node) -> Samples:
        """Return the samples of a part of the expression."""
        match node:
            case Selector():
                return self._select(node)
            case Subquery() | Negation():
                return self.of(node.operand)
            case Call():
                return self._called(node)
            case Aggregation():
                return self._aggregated(node)
            case Operation():
                return self._operation(node)
        return Samples.NUMBERS

    def _called(self, node: Call) -> Samples:
        found = [self.of(argument) for argument in node.arguments]
        if node.function in _OF_HISTOGRAMS:
            if Samples.HISTOGRAMS not in found and node.function not in _OF_BUCKETS and Samples.UNKNOWN not in found:
                self.problems.append(
                    f"{node.function}: its operand must be a native histogram, and has {_named(node)}; use the "
                    "_count and _sum of a classic one, or declare it as native-histogram in application_metrics"
                )
            return Samples.NUMBERS
        if node.function in _OF_BOTH:
            return found[0] if found else Samples.NUMBERS
        if node.function not in _COUNTING:
            for argument, samples in zip(node.arguments, found, strict=True):
                self._needs_numbers(node.function, argument, samples)
        return Samples.NUMBERS

    def _aggregated(self, node: Aggregation) -> Samples:
        samples = self.of(node.operand)
        if node.operator in _ADDING:
            return samples
        if node.operator not in _COUNTING_SERIES:
            self._needs_numbers(node.operator, node.operand, samples)
        return Samples.NUMBERS

    def _operation(self, node: Operation) -> Samples:
        left, right = self.of(node.left), self.of(node.right)
        both = {left, right}
        if node.operator in _SETS:
            return left if node.operator != "or" or left is right else Samples.UNKNOWN
        if Samples.UNKNOWN in both:
            return Samples.UNKNOWN
        if both == {Samples.NUMBERS}:
            return Samples.NUMBERS
        equal = node.operator in ("==", "!=", "+", "-") and len(both) == 1
        scaled = node.operator in _ARITHMETIC_WITH_NUMBERS and right is Samples.NUMBERS
        scaled = scaled or (node.operator == "*" and left is Samples.NUMBERS)
        if not (equal or scaled):
            self._needs_numbers(node.operator, node.left, left)
            self._needs_numbers(node.operator, node.right, right)
            return Samples.NUMBERS
        return Samples.NUMBERS if node.returns_bool and node.operator in COMPARISONS else Samples.HISTOGRAMS

    def _needs_numbers(self, what: str, operand: Node, samples: Samples) -> None:
        if samples is Samples.HISTOGRAMS:
            self.problems.append(
                f"{what}: its operand must be a number, and has native histograms of {_named(operand)}; take one of "
                "them: histogram_count(…), histogram_avg(…) or histogram_quantile(0.95, …)"
            )


def _named(node: Node) -> str:
    return ", ".join(dict.fromkeys(_names(node))) or "no series"


def _names(node: Node) -> Iterator[str]:
    return (selector.name or str(selector) for selector in selectors(node))
