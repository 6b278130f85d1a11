"""The part of Go's text/template, with functions of sprig, that the rendered stages use.

https://pkg.go.dev/text/template, https://masterminds.github.io/sprig/
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_ACTION = re.compile(r'\{\{-?\s*((?:"(?:[^"\\]|\\.)*"|[^"])*?)\s*-?\}\}', re.DOTALL)
_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\(|\)|\||[^\s()|"]+)')

_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "hasSuffix": lambda suffix, text: text.endswith(suffix),
    "trimSuffix": lambda suffix, text: text.removesuffix(suffix),
    "trimAll": lambda characters, text: text.strip(characters),
    "lower": lambda text: text.lower(),
    "coalesce": lambda *values: next((value for value in values if value), None),
    "dict": lambda *pairs: dict(zip(pairs[::2], pairs[1::2], strict=True)),
    "get": lambda table, key: table.get(key, ""),
    "ToLower": lambda text: text.lower(),
    "ToUpper": lambda text: text.upper(),
}


def evaluate(template: str, values: Mapping[str, Any]) -> str:
    """Return the text of a template with values."""
    parts = _ACTION.split(template)
    return "".join(_written(iter(list(enumerate(parts))), values, written=True))


def _written(parts: Iterator[tuple[int, str]], values: Mapping[str, Any], *, written: bool) -> Iterator[str]:
    """Yield the texts until the end of a block; only read them where another branch is taken."""
    for index, part in parts:
        if index % 2 == 0:
            if written:
                yield part
        elif part.startswith("if "):
            taken = written and bool(_pipeline(part.removeprefix("if "), values))
            yield from _branches(parts, values, taken=taken, written=written)
        elif part in ("else", "end"):
            return
        elif written:
            value = _pipeline(part, values)
            yield "<no value>" if value is None else str(value)


def _branches(
    parts: Iterator[tuple[int, str]], values: Mapping[str, Any], *, taken: bool, written: bool
) -> Iterator[str]:
    last = ""

    def watched() -> Iterator[tuple[int, str]]:
        nonlocal last
        for index, part in parts:
            last = part if index % 2 else last
            yield index, part

    yield from _written(watched(), values, written=taken)
    if last == "else":
        yield from _written(watched(), values, written=written and not taken)


def _pipeline(text: str, values: Mapping[str, Any]) -> Any:
    tokens = _TOKEN.findall(text)
    value, rest = _commands(tokens, values)
    assert not rest, f"{rest} is not read in {text}"
    return value


def _commands(tokens: list[str], values: Mapping[str, Any]) -> tuple[Any, list[str]]:
    """Return the value of commands joined by pipes, and what follows the bracket that ends them."""
    piped: list[Any] = []
    while True:
        words: list[Any] = []
        while tokens and tokens[0] not in ("|", ")"):
            token, tokens = tokens[0], tokens[1:]
            if token == "(":
                value, tokens = _commands(tokens, values)
                assert tokens[0] == ")"
                tokens = tokens[1:]
                words.append(value)
            else:
                words.append(_word(token, values))
        first, *arguments = [*words, *piped]
        piped = [first(*arguments)] if callable(first) else [first]
        if not tokens or tokens[0] == ")":
            return piped[0], tokens
        tokens = tokens[1:]


def _word(token: str, values: Mapping[str, Any]) -> Any:
    if token.startswith('"'):
        return json.loads(token)
    if token.startswith("."):
        return values.get(token[1:])
    return _FUNCTIONS[token]
