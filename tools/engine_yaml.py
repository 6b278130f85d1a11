"""YAML as the engine reads a stack file: by the rules of Go's yaml.v3, which differ from those of PyYAML.

`yes` and `12:30` are text, `017` is 15, a date without quotes becomes the text of a Go time
(https://github.com/go-yaml/yaml/blob/v3.0.1/resolve.go). What has no use in a stack file, or what the engine would
read at random, is refused with its line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from math import isfinite
from typing import Any

import yaml

MAX_DEPTH = 100
"""Levels of keys and lists; settings and chart values have some twenty."""
_MAX_EXPANSION = 100
"""Values for each one that is written, as yaml.v3 allows it for aliases."""
_SMALL = 1_000
"""Values that aliases may always come to, as in yaml.v3."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG_PREFIX = "tag:yaml.org,2002:"
_UNTAGGED = (None, "!")
_TAGS = ("str", "int", "float", "bool", "null", "timestamp")
_NAMES = {bool: "bool", float: "float", type(None): "null"}
_MERGE = "<<"

_WORDS: Mapping[str, Any] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_INTEGER = re.compile(
    r"(?P<sign>[-+]?)"
    r"(?:0[xX](?P<base16>[0-9a-fA-F]+)|0[bB](?P<base2>[01]+)|0[oO]?(?P<base8>[0-7]+)|(?P<base10>0|[1-9][0-9]*))"
)
_FIRST_OF_NUMBERS = tuple("+-0123456789")
_FRACTION = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+)?")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9_]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TIME = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    r"(?:(?:(?P<zoned>[Tt])| +)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2}):(?P<second>[0-9]{1,2})"
    r"(?:[.,](?P<fraction>[0-9]+))?(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})?)?"
)


class EngineYamlError(Exception):
    """A text that cannot be read, or is refused."""

    def __init__(self, problem: str, line: int | None) -> None:
        super().__init__(problem)
        self.line = line
        """Counted from 1; `None` where the parser states none."""


@dataclass(frozen=True)
class Document:
    """One YAML document as plain data: what JSON can hold."""

    value: Any
    lines: Mapping[tuple[int | str, ...], int] = field(default_factory=dict)
    """The line of every key, by its path."""


@dataclass
class _Anchor:
    value: Any = None
    size: int = 0
    height: int = 0
    complete: bool = False


def read_document(text: str) -> Document:
    """Return the only document of `text`; raise `EngineYamlError` where there is none that can be read."""
    if found := yaml.reader.Reader.NON_PRINTABLE.search(text):
        problem = f"control character {found[0]!r} is not allowed; remove it, or write it as an escape in double quotes"
        raise EngineYamlError(problem, text[: found.start()].count("\n") + 1)
    try:
        return _DocumentReader(text).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = f"{error.problem or error.context}; correct it there, or set values with pulumi config set --path"
        raise EngineYamlError(problem, mark.line + 1 if mark else None) from None


class _DocumentReader:
    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, _Loader)
        self._anchors: dict[str, _Anchor] = {}
        self._lines: dict[tuple[int | str, ...], int] = {}
        self._path: list[int | str] = []
        self._written = 0
        self._values = 0
        self._deepest = 0

    def document(self) -> Document:
        next(self._events)
        start = next(self._events)
        if isinstance(start, yaml.StreamEndEvent):
            return Document(None)
        if start.version not in (None, (1, 1)):
            version = ".".join(map(str, start.version))
            raise _refusal(start, f"%YAML {version} is refused by the engine, which reads 1.1; remove the line")
        value = self._value(next(self._events))
        next(self._events)
        if not isinstance(more := next(self._events), yaml.StreamEndEvent):
            raise _refusal(more, "a second document begins, which the engine does not read; remove it")
        return Document(value, self._lines)

    def _value(self, event: Any) -> Any:
        self._written += 1
        self._values += 1
        self._deepest = max(self._deepest, len(self._path))
        if len(self._path) > MAX_DEPTH:
            raise _too_deep(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.anchor is None:
            return self._content(event)
        anchor = self._anchors[event.anchor] = _Anchor()
        values, deepest = self._values, self._deepest
        self._deepest = len(self._path)
        anchor.value = self._content(event)
        anchor.size, anchor.height = self._values - values, self._deepest - len(self._path)
        anchor.complete = True
        self._deepest = max(deepest, self._deepest)
        return anchor.value

    def _alias(self, event: Any) -> Any:
        anchor = self._anchors.get(event.anchor)
        if anchor is None:
            raise _refusal(event, f"*{event.anchor} has no anchor &{event.anchor} before it; write the value")
        if not anchor.complete:
            raise _refusal(event, f"*{event.anchor} is within &{event.anchor} itself, without end; write the value")
        self._values += anchor.size
        self._deepest = max(self._deepest, len(self._path) + anchor.height)
        if self._deepest > MAX_DEPTH:
            raise _too_deep(event)
        if self._values > max(_SMALL, _MAX_EXPANSION * self._written):
            raise _refusal(event, f"aliases come to {self._values} values or more; write the values that are needed")
        return anchor.value

    def _content(self, event: Any) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)[1]
        kind = "map" if isinstance(event, yaml.MappingStartEvent) else "seq"
        if event.tag not in (*_UNTAGGED, _TAG_PREFIX + kind):
            raise _refusal(event, f"tag {_short(event.tag)} has no use in a stack file; remove it")
        return self._mapping() if kind == "map" else self._sequence()

    def _sequence(self) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._within(len(items), event))
        return items

    def _mapping(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        merged: list[Mapping[str, Any]] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event)
            line = event.start_mark.line + 1
            if key in lines:
                raise _refusal(event, f"{key} is set twice, first in line {lines[key]}; remove one of them")
            lines[key] = line
            if key == _MERGE:
                merged = self._merged(event)
                continue
            self._lines[(*self._path, key)] = line
            found[key] = self._within(key, next(self._events))
        for other in merged:
            found = {**found, **{key: value for key, value in other.items() if key not in found}}
        return found

    def _within(self, part: int | str, event: Any) -> Any:
        self._path.append(part)
        try:
            return self._value(event)
        finally:
            self._path.pop()

    def _key(self, event: Any) -> str:
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            raise _refusal(
                event, "a key must be text and is a map or list; put braces and brackets of a text in quotes"
            )
        key = self._value(event)
        kind, written = ("str", f"*{event.anchor}")
        if isinstance(event, yaml.ScalarEvent):
            kind, written = _scalar(event)[0], event.value
        if kind == "int":
            return str(key)
        if kind != "str" or not isinstance(key, str):
            raise _refusal(event, f"the key {written or '(nothing)'} is no text; put it in quotes")
        if key == _MERGE and (written != _MERGE or event.style):
            raise _refusal(event, "the engine merges the key << also in quotes; use another key")
        return key

    def _merged(self, key: Any) -> list[Mapping[str, Any]]:
        event = next(self._events)
        value = self._within(_MERGE, event)
        several = isinstance(event, yaml.SequenceStartEvent)
        maps = value if several else [value]
        if not all(isinstance(item, Mapping) for item in maps):
            raise _refusal(key, "<< must have a map or a list of maps; write the keys in its place")
        return list(maps)


def _scalar(event: Any) -> tuple[str, Any]:
    """Return the type of a scalar, and its value as JSON holds it."""
    tag = None if event.tag in _UNTAGGED else event.tag.removeprefix(_TAG_PREFIX)
    if tag is not None and tag not in _TAGS:
        raise _refusal(
            event, f"tag {_short(event.tag)} has no use in a stack file; remove it and write the value as text"
        )
    if tag == "str" or (tag is None and event.style):
        return "str", event.value
    kind, value = _resolved(event.value, with_times=tag in (None, "timestamp"))
    if (tag, kind) == ("float", "int"):
        kind, value = "float", float(value)
    if tag not in (None, kind):
        raise _refusal(event, f"{event.value or 'nothing'} is no value of tag !!{tag}; remove the tag")
    if kind == "float" and not isfinite(value):
        raise _refusal(event, f"{event.value} is no number that JSON has; write a finite number, or a text in quotes")
    return kind, value if isinstance(value, bool) or not isinstance(value, int | float) else _json_number(value)


def _resolved(text: str, with_times: bool) -> tuple[str, Any]:
    """Return type and value of a scalar without quotes, as `resolve` of yaml.v3 does."""
    if text in _WORDS:
        value = _WORDS[text]
        return _NAMES[type(value)], value
    if with_times and (time := _go_time(text)):
        return "timestamp", time
    if text[:1] == ".":
        digits = text if _FRACTION.fullmatch(text) else ""
    else:
        digits = text.replace("_", "") if text[:1] in _FIRST_OF_NUMBERS else ""
        if (number := _integer(digits)) is not None:
            return "int", number
    if _FLOAT.fullmatch(digits) and isfinite(value := float(digits.replace("_", ""))):
        return "float", value
    return "str", text


def _integer(digits: str) -> int | None:
    """Return a number of 64 bits, which is unsigned only where no sign is written; `None` for another text."""
    found = _INTEGER.fullmatch(digits)
    if found is None or found.lastgroup is None:
        return None
    number = int(found["sign"] + found[found.lastgroup], int(found.lastgroup.removeprefix("base")))
    return number if -(2**63) <= number < 2 ** (63 if found["sign"] else 64) else None


def _json_number(number: int | float) -> int | float:
    """Return what Python reads of the JSON that the engine writes: whole numbers up to 1e21 without a fraction."""
    if isinstance(number, int) and -(2**63) <= number < 2**63:
        return number
    wide = float(number)
    return int(Decimal(repr(wide))) if wide.is_integer() and abs(wide) < 1e21 else wide


def _go_time(text: str) -> str | None:
    """Return a timestamp of YAML as `time.Time.String` of Go writes it, `None` for another text."""
    found = _TIME.fullmatch(text)
    if found is None or bool(found["zoned"]) != bool(found["zone"]):
        return None
    year, month, day, hour, minute, second = (
        int(found[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second")
    )
    zone = found["zone"] or "Z"
    try:
        # Python's calendar begins in year 1, and repeats every 400 years.
        date(2000 + year % 400, month, day)
        time(hour, minute, second)
        time.fromisoformat(f"00:00{zone}")
    except ValueError:
        return None
    fraction = (found["fraction"] or "")[:9].rstrip("0")
    offset = zone.replace(":", "")
    utc = offset in ("Z", "+0000", "-0000")
    return (
        f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{'.' * bool(fraction)}{fraction} "
        f"{'+0000 UTC' if utc else f'{offset} {offset}'}"
    )


def _refusal(event: Any, problem: str) -> EngineYamlError:
    return EngineYamlError(problem, event.start_mark.line + 1)


def _too_deep(event: Any) -> EngineYamlError:
    return _refusal(event, f"more than {MAX_DEPTH} levels of keys and lists; write a flatter value")


def _short(tag: str) -> str:
    return f"!!{tag.removeprefix(_TAG_PREFIX)}" if tag.startswith(_TAG_PREFIX) else tag
