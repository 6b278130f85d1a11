"""LogQL as far as rules are checked without a parser of it.

Brackets and quotes are closed, what the stream selectors are, and whether the result is numbers.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .label_flow import UNKNOWN, Series, Values
from .promql import Matcher

RANGE_FUNCTIONS = frozenset(
    {
        *("rate", "rate_counter", "bytes_rate", "count_over_time", "bytes_over_time", "absent_over_time"),
        *("sum_over_time", "avg_over_time", "max_over_time", "min_over_time", "first_over_time", "last_over_time"),
        *("stdvar_over_time", "stddev_over_time", "quantile_over_time", "vector"),
    }
)
"""What makes numbers of lines: https://grafana.com/docs/loki/latest/query/metric_queries/"""
_COUNTS = frozenset({"rate", "bytes_rate", "count_over_time", "bytes_over_time"})
"""Those that count lines or their bytes."""
_COMPARISONS = frozenset({">", "<", "=", "==", "!="})
"""With the first sign of `>=` and `<=`."""
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)|(?P<string>"(?:[^"\\]|\\.)*"|`[^`]*`)|(?P<word>[A-Za-z_][\w.]*)|(?P<number>\d[\w.]*)|(?P<sign>=~|!~|!=|==|\S)"""
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_QUOTES = frozenset('"`')
_MATCH_SIGNS = frozenset({"=", "!=", "=~", "!~"})
_AGGREGATIONS = frozenset({"sum", "avg", "min", "max", "count", "stddev", "stdvar", "topk", "bottomk"})
_PICKING = frozenset({"topk", "bottomk"})


@dataclass(frozen=True, slots=True)
class Token:
    """A token of LogQL."""

    kind: str
    text: str

    @property
    def value(self) -> str:
        """The text of a string, without its quotes."""
        if self.text.startswith("`"):
            return self.text[1:-1]
        return re.sub(r"\\(.)", r"\1", self.text[1:-1])


def tokens(expression: str) -> list[Token]:
    """Return the tokens of an expression, without comments."""
    return [token for _, token in _located(expression)]


def _located(expression: str) -> Iterator[tuple[int, Token]]:
    """Yield the tokens of an expression with the index that each begins at."""
    for match in _TOKEN.finditer(expression):
        if match.lastgroup != "comment":
            yield match.start(), Token(str(match.lastgroup), match[0])


def unbalanced(expression: str) -> str:
    """Return the bracket or quote that has no counterpart, with its place; empty where there is none."""
    opened: list[tuple[int, str]] = []
    for index, token in _located(expression):
        if token.kind != "sign":
            continue
        if token.text in _QUOTES:
            return _at(expression, index)
        if token.text in _CLOSING:
            opened.append((index, token.text))
        elif token.text in _CLOSING.values():
            if not opened:
                return _at(expression, index)
            begin, text = opened.pop()
            if _CLOSING[text] != token.text:
                return _at(expression, begin)
    return _at(expression, opened[-1][0]) if opened else ""


def _at(expression: str, index: int) -> str:
    """Return the sign at an index with its place, as Loki counts: lines and columns from 1."""
    line, column = expression.count("\n", 0, index) + 1, index - expression.rfind("\n", 0, index)
    return f"unbalanced {expression[index]} at line {line}, col {column}"


def stream_matchers(expression: str) -> Iterator[Matcher]:
    """Yield the matchers of all stream selectors of an expression."""
    inside = False
    found = tokens(expression)
    for index, token in enumerate(found):
        if token.text in ("{", "}") and token.kind == "sign":
            inside = token.text == "{"
        elif inside and token.text in _MATCH_SIGNS and 0 < index < len(found) - 1:
            yield Matcher(found[index - 1].text, token.text, found[index + 1].value)


def is_metric_query(expression: str) -> bool:
    """Whether the result is numbers; a rule on lines is refused by Loki when it loads it."""
    found = tokens(expression)
    return any(
        token.kind == "word" and token.text in RANGE_FUNCTIONS and following.text == "("
        for token, following in pairwise(found)
    )


def unguarded_ratio(expression: str) -> bool:
    """Whether a ratio of two counts of lines is compared without a condition on how many there are.

    False for an expression that is `unbalanced`, as its parts are not known.
    """
    if unbalanced(expression):
        return False
    outer = [token.text for token in _outside_of_ranges(expression)]
    if _COMPARISONS.isdisjoint(outer) or not {"and", "unless"}.isdisjoint(outer):
        return False
    return any(
        not _COUNTS.isdisjoint(outer[:index]) and _is_count(_divisor(outer[index + 1 :]))
        for index, text in enumerate(outer)
        if text == "/"
    )


def _outside_of_ranges(expression: str) -> Iterator[Token]:
    """Yield the tokens of an expression but those within the parentheses of range functions."""
    depth, inside, before = 0, 0, ""
    for token in tokens(expression):
        depth += token.text == "("
        if token.text == "(" and before in RANGE_FUNCTIONS and not inside:
            inside = depth
        if not inside:
            yield token
        if token.text == ")":
            inside = 0 if inside == depth else inside
            depth -= 1
        before = token.text


def _divisor(texts: Sequence[str]) -> list[str]:
    """Return what is divided by, from the first token behind the sign."""
    depth, found = 0, list[str]()
    for text in texts:
        depth += {"(": 1, ")": -1}.get(text, 0)
        if depth < 0 or (depth == 0 and text in {*_COMPARISONS, *"+-*/%^", "and", "or", "unless"}):
            break
        found.append(text)
    return found


def _is_count(texts: Sequence[str]) -> bool:
    """Whether a divisor counts lines, and is not itself a condition such as `(… > 10)`."""
    return not _COUNTS.isdisjoint(texts) and _COMPARISONS.isdisjoint(texts)


def result_series(expression: str) -> Series:
    """Return the labels of the result where its outermost aggregation states them, else that they are not known."""
    found = [] if unbalanced(expression) else tokens(expression)
    while found and found[0].text == "(":
        found = found[1:]
    if not found or found[0].text not in _AGGREGATIONS - _PICKING:
        return UNKNOWN
    labels = _grouping(found[1:]) or _grouping(_after_parentheses(found[1:]))
    if labels is None:
        return Series({}) if [token.text for token in found[1:2]] == ["("] else UNKNOWN
    return Series({label: Values(None, True) for label in labels})


def _grouping(found: list[Token]) -> list[str] | None:
    """Return the labels of `by (…)` at the beginning; `None` where there is none."""
    if [token.text for token in found[:2]] != ["by", "("]:
        return None
    end = next(index for index, token in enumerate(found) if token.text == ")")
    return [token.text for token in found[2:end] if token.kind == "word"]


def _after_parentheses(found: list[Token]) -> list[Token]:
    """Return what follows the parentheses that open first."""
    depth = 0
    for index, token in enumerate(found):
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
        if depth == 0:
            return found[index + 1 :]
    return []
