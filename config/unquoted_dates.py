"""Dates without quotes in a stack file: YAML takes them for times, and the engine passes them in Go's notation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from components._model import Location, StrictModel, container

from .errors import Problem, set_command, setting_path, shown
from .fields import date_of, setting_at


@dataclass(frozen=True)
class UnquotedDate:
    """A date without quotes within an area."""

    location: Location
    text: str
    """The date, or the time in RFC 3339."""
    problem: Problem | None
    """`None` where the setting takes a day."""


def unquoted_dates(area: str, model: type[StrictModel], written: Mapping[str, Any]) -> Iterator[UnquotedDate]:
    """Yield every date without quotes in the values of an area."""
    for location, text in _texts(written):
        if found := date_of(text):
            takes_day = container(setting_at(model, location).annotation) is date
            yield UnquotedDate(location, found, None if takes_day else _problem(setting_path(area, *location), found))


def _problem(place: str, found: str) -> Problem:
    sentence = "is a date or time without quotes, which YAML does not read as text: put it in quotes"
    return Problem(place, sentence, set_command(place, found), shown(found))


def with_value(value: Any, location: Location, new: Any) -> Any:
    """Return a value of maps and lists with `new` at a location."""
    if not location:
        return new
    part, *rest = location
    inner = with_value(value[part], tuple(rest), new)
    if isinstance(value, Mapping):
        return {**value, part: inner}
    return [inner if index == part else item for index, item in enumerate(value)]


def _texts(value: Any, at: Location = ()) -> Iterator[tuple[Location, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*at, index))
