"""Requests as applications count them: the raw series that a good and a failed one add to, for an objective's queries.

A request has a value of every label that the queries match, and a duration among the borders of the histograms. Which
requests are good follows from the queries themselves, on the metrics, labels and buckets that are declared: a border
that a histogram has not is no request's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from .catalogue import INFINITE, ApplicationMetric, ApplicationMetricType
from .http_metrics import SERVICE_LABELS, STATUS_LABELS
from .label_flow import BUCKET
from .objectives import Objective
from .promql import (
    NAME,
    Aggregation,
    Call,
    Matcher,
    Negation,
    Node,
    Number,
    Operation,
    Selector,
    alternatives,
    fits,
    parse,
    selectors,
)
from .shapes import selector

_MOST = 2000
"""The most kinds of requests that are looked at."""
_USUAL = {**dict.fromkeys(STATUS_LABELS, "200"), "method": "GET"}
"""Values of labels of a request that nothing is said of."""
_ANY = "other"
_WINDOW = "5m"
_COUNTING = frozenset({"rate", "increase"})


@dataclass(frozen=True)
class Traffic:
    """The series that one request adds 1 to."""

    good: frozenset[str]
    """Of a request that counts as good: `http_requests_total{status="200"}`."""
    failed: frozenset[str]


class NoTrafficError(Exception):
    """No request on the declared metrics is good, or none fails; the message says which."""


class NotCountedError(Exception):
    """Requests cannot be made up for the queries; the message has the reason."""


@dataclass(frozen=True)
class _Series:
    name: str
    labels: Mapping[str, str]

    def is_selected(self, by: Selector) -> bool:
        return by.name == self.name and all(
            matcher.accepts(self.labels.get(matcher.label, "")) for matcher in by.matchers if matcher.label != NAME
        )

    def __str__(self) -> str:
        return selector(self.name, self.labels)


def traffic(objective: Objective, metrics: Mapping[str, ApplicationMetric]) -> Traffic:
    """Return the series of a good and of a failed request; raise `NoTrafficError` or `NotCountedError`."""
    indicator = objective.indicator
    total = parse(indicator.total.over(_WINDOW))
    part = indicator.bad or indicator.good
    assert part is not None
    counted = parse(part.over(_WINDOW))
    found: dict[bool, frozenset[str]] = {}
    for series in _requests(objective.service, [total, counted], metrics):
        every = _count(total, series)
        failed = _count(counted, series) if indicator.bad else every - _count(counted, series)
        if every > 0 and failed in (0, every):
            found.setdefault(failed > 0, frozenset(map(str, series)))
        if len(found) == 2:
            return Traffic(good=found[False], failed=found[True])
    queries = f"{indicator.total.over('…')} and {part.over('…')}"
    missing = "fails" if True not in found else "is good"
    raise NoTrafficError(f"no request on the declared metrics {missing} by {queries}")


def _requests(
    service: str, nodes: Sequence[Node], metrics: Mapping[str, ApplicationMetric]
) -> Iterator[Sequence[_Series]]:
    """Yield the series that each kind of request adds to."""
    selected = [found for node in nodes for found in selectors(node)]
    names = dict.fromkeys(_declared(found.name, metrics) for found in selected)
    used = {name: metrics[name] for name in names}
    matchers: dict[str, list[Matcher]] = {}
    for found in selected:
        for matcher in found.matchers:
            if matcher.label not in (NAME, BUCKET):
                matchers.setdefault(matcher.label, []).append(matcher)
    values = {label: _values(label, of_label, used, service) for label, of_label in matchers.items()}
    borders = sorted({float(text) for metric in used.values() for text in metric.borders} | {float(INFINITE)})
    kinds = len(borders)
    for texts in values.values():
        kinds *= len(texts)
    if kinds > _MOST:
        raise NotCountedError(f"the queries tell {kinds} kinds of requests apart")
    of_scrape = values.keys() - {label for metric in used.values() for label in metric.labels}
    for texts in product(*values.values()):
        stated = dict(zip(values, texts, strict=True))
        for seconds in borders:
            yield [
                series
                for name, metric in used.items()
                for series in _added(name, metric, _labels(metric, stated, of_scrape, service), seconds)
            ]


def _declared(series: str, metrics: Mapping[str, ApplicationMetric]) -> str:
    """Return the name of the declared metric that a series is of."""
    counter, histogram = ApplicationMetricType.COUNTER, ApplicationMetricType.HISTOGRAM
    if series in metrics and metrics[series].type is counter:
        return series
    base = re.sub("_(bucket|count)$", "", series)
    if base != series and base in metrics and metrics[base].type is histogram:
        return base
    raise NotCountedError(f"{series or 'a metric without a name'} is no counter or histogram of application_metrics")


def _values(
    label: str, matchers: Sequence[Matcher], metrics: Mapping[str, ApplicationMetric], service: str
) -> Sequence[str]:
    """Return values of a label that tell its matchers apart: the usual one, and one of each matcher."""
    closed = [text for metric in metrics.values() for text in metric.labels.get(label, ())]
    if closed:
        return [*dict.fromkeys(closed)]
    return [*dict.fromkeys([_usual(label, service), *(text for each in matchers for text in _matched(each))])]


def _matched(matcher: Matcher) -> Sequence[str]:
    if not matcher.operator.endswith("~"):
        return [matcher.value] if matcher.value else []
    if texts := [text for text in alternatives(matcher.value) if text]:
        return texts
    sample = re.sub(r"\[0-9\]|\\d|\.[*+]?", "0", matcher.value.strip("^$").replace(r"\.", _DOT)).replace(_DOT, ".")
    if not fits(matcher.value, sample):
        raise NotCountedError(f"{matcher} is a regular expression that no example was found of")
    return [sample]


_DOT = "\0"


def _usual(label: str, service: str) -> str:
    return service if label in SERVICE_LABELS else _USUAL.get(label, _ANY)


def _labels(
    metric: ApplicationMetric, stated: Mapping[str, str], of_scrape: frozenset[str] | set[str], service: str
) -> dict[str, str]:
    own = {
        label: stated.get(label) or next(iter(texts), _usual(label, service))
        for label, texts in metric.labels.items()
        if label != BUCKET
    }
    return {**own, **{label: stated[label] for label in stated if label in of_scrape}}


def _added(name: str, metric: ApplicationMetric, labels: Mapping[str, str], seconds: float) -> Iterator[_Series]:
    """Yield the series of a metric that a request of so many seconds, or units of the histogram, adds 1 to."""
    if metric.type is ApplicationMetricType.COUNTER:
        yield _Series(name, labels)
        return
    for border in metric.borders or (INFINITE,):
        if seconds <= float(border):
            yield _Series(f"{name}_bucket", {**labels, BUCKET: border})
    yield _Series(f"{name}_count", labels)


def _count(node: Node, added: Sequence[_Series]) -> float:
    """Return what a request adds to the value of an expression."""
    match node:
        case Selector():
            return sum(series.is_selected(node) for series in added)
        case Number():
            return 0
        case Negation():
            return -_count(node.operand, added)
        case Aggregation() if node.operator == "sum":
            return _count(node.operand, added)
        case Call() if node.function in _COUNTING or node.function == "vector":
            return _count(node.arguments[0], added)
        case Operation() if node.operator in ("+", "-", "or"):
            left, right = _count(node.left, added), _count(node.right, added)
            return {"+": left + right, "-": left - right}.get(node.operator, left or right)
    raise NotCountedError("the queries are not sums of counters")
