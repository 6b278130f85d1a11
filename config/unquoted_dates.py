"""Dates without quotes in a stack file: YAML takes them for times, and the engine passes them in Go's notation."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from components._model import Location

_GO_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) ([-+]\d\d)(\d\d) \S+")
"""https://pkg.go.dev/time#Time.String"""


def date_of(text: str) -> str | None:
    """Return the date or time that Go wrote as `text`, as a user writes it; `None` for another text."""
    found = _GO_TIME.fullmatch(text)
    if found is None:
        return None
    day, time, hours, minutes = found.groups()
    zone = "Z" if (hours, minutes) == ("+00", "00") else f"{hours}:{minutes}"
    return day if (time, zone) == ("00:00:00", "Z") else f"{day}T{time}{zone}"


def dates_in(value: Any, at: Location = ()) -> Iterator[tuple[Location, str]]:
    """Yield the location of every date without quotes in `value`, and the date, or the time in RFC 3339."""
    if isinstance(value, str):
        if found := date_of(value):
            yield at, found
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from dates_in(item, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from dates_in(item, (*at, index))


def with_value(value: Any, location: Location, new: Any) -> Any:
    """Return a value of maps and lists with `new` at a location."""
    if not location:
        return new
    part, *rest = location
    inner = with_value(value[part], tuple(rest), new)
    if isinstance(value, Mapping):
        return {**value, part: inner}
    return [inner if index == part else item for index, item in enumerate(value)]
