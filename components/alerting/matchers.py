"""Matchers of Alertmanager: parsed, and the values that tell one from another.

The grammar is that of the UTF-8 parser
(https://prometheus.io/docs/alerting/latest/configuration/#matcher); what only the classic parser reads is refused.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import re2

from .promql import EXPRESSIONS, Matcher, compiled, fits

_TEXT = r"""(?:"(?:[^"\\]|\\.)*"|[^\s{}!=~,\\"'`]+)"""
_MATCHER = re.compile(rf"\s*(?P<label>{_TEXT})\s*(?P<operator>=~|!~|!=|=)\s*(?P<value>{_TEXT})\s*(?:,|$)", re.DOTALL)
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ATOM = re.compile(
    r"(?:\\(?P<escaped>.)|\[(?P<first>[^\]^\\])[^\]]*\]|(?P<any>\.)|(?P<plain>[^\\\[\](){}*+?^$|.]))(?P<times>[*+?]?)",
    re.DOTALL,
)
_PLAIN = re.compile(r"\(?[\w /:@-]+(\|[\w /:@-]+)*\)?")
"""A regular expression that is a list of texts."""
_CLASSES = {"d": "0", "w": "a", "s": " "}


@lru_cache(EXPRESSIONS)
def samples_of(matcher: Matcher) -> tuple[str, ...]:
    """Return the values that the text of a matcher names: of each alternative of a regular expression, where found.

    They are the values that tell it from other matchers; empty for an expression that no value is found for.
    """
    if not matcher.operator.endswith("~"):
        return (matcher.value,)
    found = (_sample(part) for part in _alternatives(matcher.value))
    return tuple(text for text in found if text is not None and fits(matcher.value, text))


def is_listed(matcher: Matcher) -> bool:
    """Whether a matcher accepts its samples alone."""
    return matcher.operator == "=" or (matcher.operator == "=~" and _PLAIN.fullmatch(matcher.value) is not None)


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
    value = _unquoted(part["value"])
    if part["operator"].endswith("~"):
        _check(value)
    return Matcher(_unquoted(part["label"]), part["operator"], value)


def _unquoted(text: str) -> str:
    """Return what a text stands for; a backslash before another character stays, as the classic parser has it."""
    if not text.startswith('"'):
        return text
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[0]), text[1:-1])


def _check(pattern: str) -> None:
    if r"\C" in pattern:
        raise ValueError(r"must not have \C, which Alertmanager does not take; correct it")
    try:
        compiled(pattern)
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
