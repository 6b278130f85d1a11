"""A writer of Alloy's syntax: blocks and expressions as values, text as `alloy fmt` formats it.

The grammar is https://grafana.com/docs/alloy/latest/get-started/syntax/; string escapes are Go's.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from ...units import parse_duration

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYWORDS = frozenset({"true", "false", "null"})
_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}
_LINE_WIDTH = 100


Value: TypeAlias = "str | bool | int | float | Ref | Call | Sum | Sequence[Value] | Mapping[str, Value]"


@dataclass(frozen=True)
class Ref:
    """A dotted name: a component's export (`loki.write.loki.receiver`) or a constant (`constants.hostname`)."""

    name: str

    def lines(self) -> list[str]:
        """Return the name itself."""
        return [dotted(self.name)]


@dataclass(frozen=True)
class Call:
    """A call of a standard-library function: `Call("sys.env", ("HOSTNAME",))`."""

    function: str
    arguments: Sequence[Value] = ()

    def lines(self) -> list[str]:
        """Return the call with its arguments one after another."""
        return _joined(f"{dotted(self.function)}(", (lines_of(argument) for argument in self.arguments), ", ", ")")


@dataclass(frozen=True)
class Sum:
    """Strings (or numbers) joined with `+`."""

    terms: Sequence[Value]

    def lines(self) -> list[str]:
        """Return the terms joined with `+`."""
        return _joined("", (lines_of(term) for term in self.terms), " + ", "")


def quote(text: str) -> str:
    """Return `text` as a string literal; raise `ValueError` for a lone surrogate, which UTF-8 cannot encode."""
    return f'"{"".join(_escaped(character) for character in text)}"'


def dotted(name: str) -> str:
    """Return a name of identifiers joined by dots; raise `ValueError` for another text."""
    if not all(is_identifier(part) for part in name.split(".")):
        raise ValueError(f"{name!r} is not a name in Alloy; use identifiers of letters, digits and _, joined by dots")
    return name


def is_identifier(text: str) -> bool:
    """Whether `text` can be written unquoted as a name."""
    return _IDENTIFIER.fullmatch(text) is not None and text not in _KEYWORDS


def identifier(name: str) -> str:
    """Return the identifier of a name of Kubernetes, a different one for each."""
    return name.replace("-", "_")


def go_duration(text: str) -> str:
    """Return a duration such as `1d12h` in the units of Go, which has none above hours."""
    milliseconds = parse_duration(text) // timedelta(milliseconds=1)
    return f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"


def assignments(fields: Iterable[tuple[str, Value]], separator: str = "") -> Iterator[str]:
    """Yield `name = value` lines with the `=` of neighbouring lines aligned; a value of several lines ends a run."""
    run: list[tuple[str, list[str]]] = []
    for name, value in fields:
        run.append((name, lines_of(value)))
        if len(run[-1][1]) > 1:
            yield from _aligned(run, separator)
            run = []
    yield from _aligned(run, separator)


def lines_of(value: Value) -> list[str]:
    """Return the lines of a value; those after the first are indented relative to it."""
    if isinstance(value, Ref | Call | Sum):
        return value.lines()
    if isinstance(value, str):
        return [quote(value)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, int | float):
        return [_number(value)]
    if isinstance(value, Mapping):
        return _object(value)
    return _list(value)


def _aligned(run: list[tuple[str, list[str]]], separator: str) -> Iterator[str]:
    width = max((len(name) for name, _ in run), default=0)
    for name, (first, *rest) in run:
        yield from _ended([f"{name:<{width}} = {first}", *rest], separator)


def _ended(lines: list[str], separator: str) -> list[str]:
    return [*lines[:-1], lines[-1] + separator]


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError(f"the lone surrogate {character!r} cannot be written; correct the encoding of the text")
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _number(value: int | float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"Alloy has no literal for {value}; use a finite number")
    return repr(value)


def _object(fields: Mapping[str, Value]) -> list[str]:
    if not fields:
        return ["{}"]
    named = ((_key(key), value) for key, value in fields.items())
    return ["{", *(f"\t{line}" for line in assignments(named, ",")), "}"]


def _key(key: str) -> str:
    if is_identifier(key):
        return key
    # Alloy does not unescape keys, nor unquote an empty one: backslashes and quotes become part of the key.
    if not key or (quoted := quote(key)) != f'"{key}"':
        raise ValueError(f'Alloy reads the key {key!r} as another; use printable characters without " and \\')
    return quoted


def _list(items: Sequence[Value]) -> list[str]:
    written = [lines_of(item) for item in items]
    flat = f"[{', '.join(lines[0] for lines in written)}]"
    if len(flat) <= _LINE_WIDTH and all(len(lines) == 1 for lines in written):
        return [flat]
    return ["[", *(f"\t{line}" for lines in written for line in _ended(lines, ",")), "]"]


def _joined(opening: str, parts: Iterable[list[str]], separator: str, closing: str) -> list[str]:
    """Return the lines of parts one after another: each begins on the line where the last one ended."""
    lines = [opening]
    for index, (first, *rest) in enumerate(parts):
        lines[-1] += (separator if index else "") + first
        lines += rest
    return _ended(lines, closing)


@dataclass(frozen=True)
class Block:
    """A component (with a label) or a block inside one; attributes come before inner blocks.

    Raise `ValueError` for a name or label that Alloy cannot parse.
    """

    name: str
    label: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    blocks: Sequence["Block"] = ()

    def __post_init__(self) -> None:
        dotted(self.name)
        for name in (self.label or "_", *self.attributes):
            if not is_identifier(name):
                raise ValueError(f"{self.name}: {name!r} is not an identifier in Alloy; use letters, digits and _")

    def export(self, name: str) -> Ref:
        """Return a reference to an export of this component, such as `receiver` or `output`."""
        return Ref(".".join(part for part in (self.name, self.label, name) if part))


def render(blocks: Iterable[Block]) -> str:
    """Return the configuration of these blocks, formatted as by `alloy fmt`."""
    return "\n\n".join("\n".join(_lines(block)) for block in blocks) + "\n"


def _lines(block: Block) -> list[str]:
    head = f'{block.name} "{block.label}" {{' if block.label else f"{block.name} {{"
    body = list(assignments(block.attributes.items()))
    for inner in block.blocks:
        body += [*([""] if body else []), *_lines(inner)]
    if not body:
        return [f"{head} }}"]
    return [head, *(f"\t{line}" if line else "" for line in body), "}"]
