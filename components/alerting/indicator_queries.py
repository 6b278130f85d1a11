"""The queries of an indicator: PromQL that returns one series without labels, for any window.

A query is written in one of two forms. `sum(rate(http_requests_total{code="500"}[{{.window}}]))` has a place for the
window, as Sloth has (https://sloth.dev/specs/default/). A counter alone, `http_requests_total{code="500"}` or its
`sum(…)`, is what OpenSLO's `counter: true` describes, and stands for `sum(rate(…))`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import promql_parser
from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    Call,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    SubqueryExpr,
    VectorSelector,
)

from .objectives import Query

_WINDOW = re.compile(r"\{\{\s*\.window\s*\}\}")
_ANY_WINDOW = timedelta(minutes=7, seconds=13)
"""Stands for the window where a query is parsed: nobody writes it."""
_EXAMPLE = "sum(rate(http_requests_total[{{.window}}]))"
_RANGE = "[{{.window}}]"


class Measure(StrEnum):
    """What a query returns: events per second of a counter, or events of the window."""

    RATE = "rate"
    INCREASE = "increase"
    SAMPLES = "samples"


_MEASURES = {
    "rate": Measure.RATE,
    "increase": Measure.INCREASE,
    "sum_over_time": Measure.SAMPLES,
    "count_over_time": Measure.SAMPLES,
}
_AGGREGATIONS = frozenset({"sum", "count", "min", "max", "avg"})
_OPERATORS = frozenset({"+", "-", "*", "/", "or"})


@dataclass(frozen=True)
class IndicatorQuery:
    """A query as it is evaluated, and what it returns."""

    query: Query
    measure: Measure


@cache
def read_query(text: str) -> IndicatorQuery:
    """Return the query; raise `ValueError` with every problem of it."""
    parts = tuple(_WINDOW.split(text.strip()))
    window = promql_parser.display_duration(_ANY_WINDOW)
    try:
        expr = promql_parser.parse(window.join(parts))
    except ValueError as error:
        raise ValueError(f"must be PromQL ({error}); correct it") from None
    nodes: list[Any] = []
    promql_parser.walk(expr, pre_visit=nodes.append)
    if counter := _counter(expr):
        query = IndicatorQuery(Query((f"sum(rate({counter.prettify()}[", "]))")), Measure.RATE)
        problems = list(_selector_problems(nodes))
    else:
        functions = {node.func.name for node in nodes if isinstance(node, Call) and _reads_range(node)}
        measures = {_MEASURES[name] for name in functions & set(_MEASURES)}
        query = IndicatorQuery(Query(parts), next(iter(measures), Measure.RATE))
        problems = [*_range_problems(nodes, functions), *_label_problems(expr), *_selector_problems(nodes)]
    if problems:
        raise ValueError("; and ".join(problems))
    return query


def _counter(expr: Any) -> VectorSelector | None:
    """Return the selector that a query is alone, or the sum of."""
    if isinstance(expr, AggregateExpr) and str(expr.op) == "sum" and not _grouping(expr):
        expr = expr.expr
    return expr if isinstance(expr, VectorSelector) else None


def _range_problems(nodes: list[Any], functions: set[str]) -> Iterator[str]:
    if any(isinstance(node, SubqueryExpr) for node in nodes):
        yield f"must not have a subquery, which evaluates it again at every step; write {_EXAMPLE}"
    ranges = [node.range for node in nodes if isinstance(node, MatrixSelector)]
    if fixed := [length for length in ranges if length != _ANY_WINDOW]:
        lengths = ", ".join(sorted({f"[{promql_parser.display_duration(length)}]" for length in fixed}))
        yield f"must be evaluated over every window, and has the fixed range {lengths}; write {_RANGE} in its place"
    if not ranges:
        yield f"must read counters over a window; write {_EXAMPLE}"
    if others := sorted(functions - set(_MEASURES)):
        yield f"must count events by one of {', '.join(_MEASURES)}, not by {', '.join(others)}; write {_EXAMPLE}"
    counted = sorted(functions & set(_MEASURES))
    if len({_MEASURES[name] for name in counted}) > 1:
        yield f"must count events in one way, not by {' and '.join(counted)}; use one function"


def _reads_range(call: Any) -> bool:
    return any(isinstance(argument, MatrixSelector) for argument in call.args)


def _label_problems(expr: Any) -> Iterator[str]:
    if not _is_single(expr):
        yield f"must return one series without labels; aggregate it by sum(…) without by, as {_EXAMPLE}"


def _is_single(expr: Any) -> bool:
    """Whether an expression returns one series without labels, or a number."""
    if isinstance(expr, AggregateExpr):
        return not _grouping(expr) and str(expr.op) in _AGGREGATIONS
    if isinstance(expr, BinaryExpr):
        return str(expr.op) in _OPERATORS and _is_single(expr.lhs) and _is_single(expr.rhs)
    if isinstance(expr, ParenExpr):
        return _is_single(expr.expr)
    if isinstance(expr, Call):
        return all(map(_is_single, expr.args))
    return isinstance(expr, NumberLiteral)


def _grouping(expr: Any) -> bool:
    """Whether an aggregation keeps labels."""
    return expr.modifier is not None and (expr.modifier.type != AggModifierType.By or bool(expr.modifier.labels))


def _selector_problems(nodes: list[Any]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, VectorSelector):
            selected = any(matcher.name == "le" for matcher in node.matchers.matchers)
            if str(node.name).endswith("_bucket") and not selected:
                yield f'{node.name} has a series for each border; select one, such as le="0.3"'
