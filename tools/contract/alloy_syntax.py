"""A reader of Alloy's syntax: the blocks of a configuration with the names of their arguments, and literals as data.

The grammar is https://grafana.com/docs/alloy/latest/get-started/syntax/; it reads what Alloy's own parser accepts.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/%^<>!={}\[\](),.;])""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Expression:
    """An expression that is no literal, as its text without white space."""

    text: str


@dataclass(frozen=True)
class ParsedBlock:
    """A block: its name, its label, and what it has."""

    name: str
    label: str
    arguments: Mapping[str, Any]
    """The value of each: strings, numbers, lists and objects as data, others as `Expression`."""
    blocks: Sequence["ParsedBlock"]

    @property
    def reference(self) -> str:
        """Its name and its label."""
        return f"{self.name}.{self.label}" if self.label else self.name

    def of(self, name: str) -> list["ParsedBlock"]:
        """Return its blocks of a name."""
        return [block for block in self.blocks if block.name == name]


def parse(text: str) -> list[ParsedBlock]:
    """Return the blocks of a configuration; raise `ValueError` for what is not Alloy's syntax."""
    return list(_Parser(list(_tokens(text))).blocks())


def _tokens(text: str) -> Iterator[str]:
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise ValueError(f"{text[position : position + 20]!r} is not Alloy's syntax")
        if found.lastgroup != "space":
            yield found[0]
        position = found.end()


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.position = tokens, 0

    def peek(self, ahead: int = 0) -> str:
        place = self.position + ahead
        return self.tokens[place] if place < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise ValueError(f"{token or 'the end'} in place of {expected or 'more'}")
        self.position += 1
        return token

    def blocks(self) -> Iterator[ParsedBlock]:
        while self.peek():
            yield self.block(self.dotted())

    def dotted(self) -> str:
        name = self.take()
        while self.peek() == ".":
            name += self.take() + self.take()
        return name

    def block(self, name: str) -> ParsedBlock:
        label = _string(self.take()) if self.peek()[:1] == '"' else ""
        self.take("{")
        arguments: dict[str, Any] = {}
        blocks: list[ParsedBlock] = []
        while self.peek() != "}":
            inner = self.dotted()
            if self.peek() == "=":
                self.take()
                arguments[inner] = self.value()
            else:
                blocks.append(self.block(inner))
        self.take("}")
        return ParsedBlock(name, label, arguments, blocks)

    def value(self) -> Any:
        """Return the value of an expression; operators and calls make an `Expression` of it."""
        start = self.position
        value = self.operand()
        whole = True
        while self.peek() in ("+", "-", "*", "/", "==", "!=", "&&", "||", ".", "(", "[") or self._continues():
            whole = False
            if self.peek() in ("(", "["):
                self.group()
            else:
                self.take()
        return value if whole else Expression("".join(self.tokens[start : self.position]))

    def _continues(self) -> bool:
        """Whether the expression goes on after an operator or a dot."""
        return self.tokens[self.position - 1] in ("+", "-", "*", "/", "==", "!=", "&&", "||", ".")

    def group(self) -> None:
        closing = {"(": ")", "[": "]"}[self.take()]
        while self.peek() != closing:
            self.value()
            if self.peek() == ",":
                self.take()
        self.take(closing)

    def operand(self) -> Any:
        token = self.take()
        if token == "[":
            return self.items()
        if token == "{":
            return self.fields()
        if token[0] in '"`':
            return _string(token)
        if token[0].isdigit():
            return float(token) if re.search(r"[.eE]", token) else int(token)
        return {"true": True, "false": False, "null": None}.get(token, Expression(token))

    def items(self) -> list[Any]:
        found = []
        while self.peek() != "]":
            found.append(self.value())
            if self.peek() == ",":
                self.take()
        self.take("]")
        return found

    def fields(self) -> dict[str, Any]:
        found = {}
        while self.peek() != "}":
            key = self.take()
            self.take("=")
            found[_string(key) if key[0] == '"' else key] = self.value()
            if self.peek() == ",":
                self.take()
        self.take("}")
        return found


def _string(token: str) -> str:
    if token[0] == "`":
        return token[1:-1]
    # Go's escapes are Python's but for those of bytes.
    return str(ast.literal_eval(token))
