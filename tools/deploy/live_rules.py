"""The rules that rulers evaluate now, against those that were compiled."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import promql_parser

from components.alerting.logql import Token, tokens
from components.alerting.promql import prettified, quoted
from components.alerting.rules import Alert, Group, Language, Rule

_Item = TypeVar("_Item")
_KINDS = {"alerting": "alert", "recording": "record"}
_FAILED = "err"


class Difference(StrEnum):
    """How a live rule differs from what was compiled."""

    ORPHAN = "is evaluated and was not compiled; remove it, or add it to the rules"
    MISSING = "was compiled and is not evaluated; look at the events of its object and at the log of the ruler"
    CHANGED = "differs from what was compiled; deploy again"
    FAILING = "cannot be evaluated"


@dataclass(frozen=True)
class LiveProblem:
    """A rule that is not evaluated as it was compiled."""

    ruler: str
    group: str
    rule: str
    """Its kind and name, such as `alert NodeDown`."""
    difference: Difference
    detail: str = ""
    """The two expressions, or the error of the ruler."""

    def __str__(self) -> str:
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.ruler}: group {self.group!r}: {self.rule}: {self.difference.value}{detail}"


@dataclass(frozen=True)
class _Live:
    expression: str
    pending: float
    health: str
    error: str


def live_problems(
    ruler: str,
    answer: Mapping[str, Any],
    compiled: Sequence[Group],
    *,
    has_others: bool = False,
    added_labels: Collection[str] = (),
) -> Iterator[LiveProblem]:
    """Yield what differs between the answer of `/api/v1/rules` of a ruler and the groups that were compiled for it.

    Loki answers at `/prometheus/api/v1/rules`. A rule is known by its group, kind, name and labels; several of one name
    are compared in their order. With `has_others`, groups of other names are not looked at. `added_labels` are those
    that the ruler answers on every rule: Thanos's its external labels.
    """
    names = {group.name for group in compiled}
    found = ((group, rule) for group, rule in _rules_of(answer) if group in names or not has_others)
    live = _grouped((_key(group, rule, added_labels), _of_live(rule)) for group, rule in found)
    rules = ((group, rule) for group in compiled for rule in group.rules)
    expected = _grouped((_key_of(group, rule, added_labels), (group, rule)) for group, rule in rules)
    for key in dict.fromkeys([*expected, *live]):
        yield from _compared(ruler, key, expected.get(key, []), live.get(key, []))


_Key = tuple[str, str, frozenset[tuple[str, str]]]


def _compared(
    ruler: str, key: _Key, expected: Sequence[tuple[Group, Rule]], live: Sequence[_Live]
) -> Iterator[LiveProblem]:
    group, name, _ = key
    for compiled, found in zip(expected, live, strict=False):
        if changes := list(_changes(*compiled, found)):
            yield LiveProblem(ruler, group, name, Difference.CHANGED, "; ".join(changes))
        if found.health == _FAILED or found.error:
            yield LiveProblem(ruler, group, name, Difference.FAILING, found.error)
    for _ in expected[len(live) :]:
        yield LiveProblem(ruler, group, name, Difference.MISSING)
    for orphan in live[len(expected) :]:
        yield LiveProblem(ruler, group, name, Difference.ORPHAN, orphan.expression)


def _changes(group: Group, rule: Rule, live: _Live) -> Iterator[str]:
    if _same_form(rule.expr, group.language) != _same_form(live.expression, group.language):
        yield f"expr = {live.expression}, compiled as {' '.join(rule.expr.split())}"
    if isinstance(rule, Alert) and live.pending != _seconds(rule.pending):
        yield f"for = {live.pending:g} s, compiled as {rule.pending or '0'}"


def _rules_of(answer: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for group in answer["data"]["groups"]:
        yield from ((group["name"], rule) for rule in group["rules"] or ())


def _key(group: str, rule: Mapping[str, Any], added: Collection[str]) -> _Key:
    return group, f"{_KINDS[rule['type']]} {rule['name']}", _own(rule.get("labels") or {}, added)


def _key_of(group: Group, rule: Rule, added: Collection[str]) -> _Key:
    kind = "alert" if isinstance(rule, Alert) else "record"
    return group.name, f"{kind} {rule.name}", _own(rule.labels, added)


def _own(labels: Mapping[str, str], added: Collection[str]) -> frozenset[tuple[str, str]]:
    return frozenset((name, value) for name, value in labels.items() if name not in added)


def _of_live(rule: Mapping[str, Any]) -> _Live:
    return _Live(
        expression=rule["query"],
        pending=float(rule.get("duration") or 0),
        health=rule.get("health") or "",
        error=rule.get("lastError") or "",
    )


def _grouped(pairs: Iterable[tuple[_Key, _Item]]) -> dict[_Key, list[_Item]]:
    found: dict[_Key, list[_Item]] = {}
    for key, item in pairs:
        found.setdefault(key, []).append(item)
    return found


def _same_form(expression: str, language: Language) -> str:
    """Return an expression in a form that does not depend on who has printed it: Loki adds parentheses."""
    if language is Language.LOGQL:
        return " ".join(_form_of(token) for token in tokens(expression) if token.text not in ("(", ")"))
    return prettified(expression)


def _form_of(token: Token) -> str:
    """Return a token, with numbers and durations in one form."""
    if token.kind == "string":
        return quoted(token.value)
    if token.kind != "number":
        return token.text
    with suppress(ValueError):
        return f"{float(token.text):g}"
    with suppress(ValueError):
        return f"{_seconds(token.text):g}s"
    return token.text


def _seconds(duration: str) -> float:
    """Return a duration in seconds; 0 where it is empty."""
    return promql_parser.parse_duration(duration).total_seconds() if duration.strip("0") else 0.0
