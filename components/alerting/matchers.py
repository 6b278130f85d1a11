"""Matchers of Alertmanager: parsed, written in the one form that both of its parsers read alike, and evaluated.

The grammar is that of the UTF-8 parser
(https://prometheus.io/docs/alerting/latest/configuration/#matcher); what only the classic parser reads is refused.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any


class Operator(StrEnum):
    """How the value of a label is compared."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCHES = "=~"
    MATCHES_NOT = "!~"


_TEXT = r"""(?:"(?:[^"\\]|\\.)*"|[^\s{}!=~,\\"'`]+)"""
_MATCHER = re.compile(rf"\s*(?P<label>{_TEXT})\s*(?P<operator>=~|!~|!=|=)\s*(?P<value>{_TEXT})\s*(?:,|$)", re.DOTALL)
_CLASSIC_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ATOM = re.compile(
    r"(?:\\(?P<escaped>.)|\[(?P<first>[^\]^\\])[^\]]*\]|(?P<any>\.)|(?P<plain>[^\\\[\](){}*+?^$|.]))(?P<times>[*+?]?)",
    re.DOTALL,
)
_PLAIN = re.compile(r"\(?[\w /:@-]+(\|[\w /:@-]+)*\)?")
"""A regular expression that is a list of texts."""
_CLASSES = {"d": "0", "w": "a", "s": " "}


@dataclass(frozen=True)
class Matcher:
    """A condition on the value of one label, empty where an alert has no such label."""

    label: str
    operator: Operator
    value: str

    def matches(self, text: str) -> bool:
        """Whether a value satisfies the condition; a regular expression must match all of it."""
        if self.operator in (Operator.EQUAL, Operator.NOT_EQUAL):
            return (text == self.value) is (self.operator is Operator.EQUAL)
        return (self._regex.fullmatch(text) is not None) is (self.operator is Operator.MATCHES)

    @cached_property
    def samples(self) -> tuple[str, ...]:
        """Values that the text of the matcher names: of each alternative of a regular expression, where one is found.

        They are the values that tell this matcher from others; empty for an expression that no value is found for.
        """
        if self.operator in (Operator.EQUAL, Operator.NOT_EQUAL):
            return (self.value,)
        found = (_sample(part) for part in _alternatives(self.value))
        return tuple(text for text in found if text is not None and self._regex.fullmatch(text) is not None)

    @property
    def is_listed(self) -> bool:
        """Whether it matches its samples alone."""
        if self.operator is Operator.MATCHES:
            return _PLAIN.fullmatch(self.value) is not None
        return self.operator is Operator.EQUAL

    @cached_property
    def _regex(self) -> Any:
        return _compiled(self.value)

    def __str__(self) -> str:
        """Return the matcher as both parsers of Alertmanager read it alike."""
        name = self.label if is_classic(self.label) else json.dumps(self.label, ensure_ascii=False)
        value = self.value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
        return f'{name}{self.operator}"{value}"'


def is_classic(label: str) -> bool:
    """Whether the name of a label is one that the classic parser takes, which the Prometheus operator has alone."""
    return _CLASSIC_NAME.fullmatch(label) is not None


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """Return the matchers of a text such as `severity="critical", team=~"a|b"`; raise `ValueError` with the rule."""
    found: list[Matcher] = []
    at = 0
    while at < len(text) or not found:
        part = _MATCHER.match(text, at)
        if part is None:
            raise ValueError(
                'must be label, operator (=, !=, =~ or !~) and value, such as severity="critical"; correct it, and put '
                "the value in double quotes"
            )
        found.append(_matcher(part))
        at = part.end()
    return tuple(found)


def _matcher(part: re.Match[str]) -> Matcher:
    operator = Operator(part["operator"])
    value = _unquoted(part["value"])
    if operator in (Operator.MATCHES, Operator.MATCHES_NOT):
        _compiled(value)
    return Matcher(_unquoted(part["label"]), operator, value)


def _unquoted(text: str) -> str:
    """Return what a text stands for; a backslash before another character stays, as the classic parser has it."""
    if not text.startswith('"'):
        return text
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[0]), text[1:-1])


def _compiled(pattern: str) -> Any:
    import re2

    quiet = re2.Options()
    quiet.log_errors = False
    if r"\C" in pattern:
        raise ValueError(r"must not have \C, which Alertmanager does not take; correct it")
    try:
        return re2.compile(pattern, quiet)
    except re2.error as error:
        found = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise ValueError(f"must have a regular expression of RE2, and {found}; correct it") from None


def _alternatives(pattern: str) -> Iterator[str]:
    """Yield the alternatives of a regular expression, of one group around it too."""
    inner = re.fullmatch(r"\((?:\?:)?([^()]*)\)", pattern)
    yield from (inner[1] if inner else pattern).split("|")


def _sample(alternative: str) -> str | None:
    """Return a text that a regular expression without groups matches, `None` where it has another form."""
    at, text = 0, ""
    for atom in _ATOM.finditer(alternative):
        if atom.start() != at:
            return None
        at = atom.end()
        if atom["times"] not in ("*", "?"):
            escaped = atom["escaped"] and _CLASSES.get(atom["escaped"], atom["escaped"])
            text += escaped or atom["first"] or atom["plain"] or "x"
    return text if at == len(alternative) else None
