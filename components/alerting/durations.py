"""Scaled time: the same rules with every duration multiplied by one factor, so that hours pass in seconds.

A rehearsal and the end-to-end tests run compiled rules this way: windows of 5 minutes become windows of 5 seconds, and
what a rule computes stays the same, as rates are per second.
"""

import re
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import promql_parser

from .rules import Alert, Group, Rule

_STRING = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`"""
_DURATION = r"(?:\d+(?:ms|[smhdwy]))+"
_TOKENS = re.compile(
    rf"(?P<string>{_STRING})|(?P<comment>#[^\n]*)"
    rf"|\[\s*(?P<range>{_DURATION})\s*(?P<colon>:)?\s*(?P<step>{_DURATION})?\s*\]"
    rf"|\boffset\s+(?P<minus>-?)\s*(?P<offset>{_DURATION})",
    re.IGNORECASE,
)


def scaled(duration: str, factor: Fraction) -> str:
    """Return a duration of Prometheus multiplied by `factor`, to the millisecond; at least `1ms` but for zero."""
    if factor == 1 or not duration.strip("0smhdwy"):
        return duration
    length = promql_parser.parse_duration(duration)
    milliseconds = round(Fraction(length // timedelta(milliseconds=1)) * factor)
    return promql_parser.display_duration(timedelta(milliseconds=max(milliseconds, 1) if length else 0))


def scaled_expression(expression: str, factor: Fraction) -> str:
    """Return PromQL or LogQL with its ranges, steps and offsets multiplied by `factor`, and strings as they are."""

    def replaced(match: re.Match[str]) -> str:
        if match["range"]:
            step = f":{scaled(match['step'] or '', factor)}" if match["colon"] else ""
            return f"[{scaled(match['range'], factor)}{step}]"
        if match["offset"]:
            return f"offset {match['minus']}{scaled(match['offset'], factor)}"
        return match[0]

    return expression if factor == 1 else _TOKENS.sub(replaced, expression)


def scaled_group(group: Group, factor: Fraction) -> Group:
    """Return a group in scaled time, without its cases, which are in real time."""
    if factor == 1:
        return group
    return replace(
        group,
        rules=tuple(_scaled_rule(rule, factor) for rule in group.rules),
        interval=scaled(group.interval, factor),
        query_offset=scaled(group.query_offset, factor),
        cases=(),
    )


def _scaled_rule(rule: Rule, factor: Fraction) -> Rule:
    expr = scaled_expression(rule.expr, factor)
    if not isinstance(rule, Alert):
        return replace(rule, expr=expr)
    return replace(rule, expr=expr, pending=scaled(rule.pending, factor), keep_firing=scaled(rule.keep_firing, factor))
