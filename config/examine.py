"""One area of settings, checked as far as it goes: what is wrong in it is left open, all else can be looked at."""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from components._unsettled import Settling, UnsettledError

from .area import Area, rules_of
from .fields import OF_A_KEY, Location, setting_at, wrong_fields
from .problems import Problem, place_of

_ATTEMPTS = 8
"""A repair can bring up what a wrong value hid: an area is no deeper than that."""


@dataclass(frozen=True)
class Examined:
    """What can be said of an area."""

    whole: Area
    """The area with a stand-in for what is wrong: the default, else an example."""
    right: Area
    """The area without what is wrong: reading that raises `UnsettledError`."""
    problems: list[Problem]
    wrong: frozenset[str]
    """The places of what is wrong."""


def examine(name: str, model: type[Area], written: Mapping[str, Any]) -> Examined:
    """Check the fields of an area, then every rule of its own whose fields are right."""
    problems: list[Problem] = []
    wrong: list[Location] = []
    data = deepcopy(dict(written))
    for _ in range(_ATTEMPTS):
        try:
            whole, right = model.model_validate(data), model.model_validate(data)
            break
        except ValidationError as error:
            problems = problems or list(wrong_fields(name, model, error))
            for details in error.errors(include_url=False):
                location = _repair(model, data, details)
                if details["type"] != "extra_forbidden":
                    wrong.append(location)
    else:
        raise AssertionError(f"{name} could not be repaired: a required field lacks an example")
    for location in wrong:
        _leave_open(right, location)
    for rule in rules_of(right):
        problems += findings(rule)
    return Examined(whole, right, problems, frozenset(place_of(name, *location) for location in wrong))


def findings(rule: Callable[..., Iterable[Problem]], *arguments: Any) -> list[Problem]:
    """Run a rule until it reads what is wrong, and give what it found so far."""
    found: list[Problem] = []
    try:
        for problem in rule(*arguments):
            found.append(problem)
    except UnsettledError:
        pass
    return found


def _repair(model: type[Area], data: dict[str, Any], details: Mapping[str, Any]) -> Location:
    """Take one wrong value out of `data`, or put an example where it cannot be without; give its place."""
    location: Location = details["loc"]
    if location[-1:] == (OF_A_KEY,):
        location = location[:-1]
    if details["type"] == "missing":
        holder, example = _holder(data, location), setting_at(model, location).example
        if holder is not None and example is not None:
            holder[location[-1]] = example
            return location
    while (holder := _holder(data, location)) is None or location[-1] not in holder:
        if len(location) == 1:
            return location
        location = location[:-1]
    del holder[location[-1]]
    return location


def _holder(data: dict[str, Any], location: Location) -> dict[int | str, Any] | None:
    """Give the map that the last part of `location` is a key of, `None` where a list or nothing holds it."""
    holder: Any = data
    for part in location[:-1]:
        holder = holder.get(part) if isinstance(holder, dict) else None
    return holder if isinstance(holder, dict) else None


def _leave_open(area: Area, location: Location) -> None:
    """Leave the field at `location` open, or the nearest one around it."""
    owner: Settling = area
    field = ""
    value: Any = area
    for part in location:
        if isinstance(value, Settling):
            owner, field = value, _field_name(type(value), str(part))
            value = vars(value).get(field)
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    owner.leave_open(field)


def _field_name(model: type[BaseModel], key: str) -> str:
    return next((name for name, field in model.model_fields.items() if field.alias == key), key)
