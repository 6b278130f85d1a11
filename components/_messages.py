"""Messages for the errors of pydantic, each with the rule that holds."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

_NEAR = 0.75
"""Ratio of difflib from which a name is near another: `tempo` is not near `demo`, `nam` is near `name`."""
_SHORTEST_BEGINNING = 3
_NUMBER = "must be a number"
_INTEGER = "must be a whole number"
_BOOLEAN = "must be true or false"
_MESSAGES = {
    "missing": "is missing",
    "string_type": "must be text",
    "int_type": _INTEGER,
    "int_parsing": _INTEGER,
    "int_parsing_size": _INTEGER,
    "int_from_float": _INTEGER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "must be a finite number",
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "too_short": "must have at least {min_length}, and has {actual_length}",
    "too_long": "must have at most {max_length}, and has {actual_length}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "dict_type": "must be keys and values",
    "mapping_type": "must be keys and values",
    "model_type": "must be keys and values",
    "model_attributes_type": "must be keys and values",
    "list_type": "must be a list",
    "sequence_type": "must be a list",
    "sequence_str": "must be a list",
    "tuple_type": "must be a list",
    "date_type": "must be a day, such as 2024-01-01",
    "date_parsing": "must be a day, such as 2024-01-01",
    "date_from_datetime_inexact": "must be a day, such as 2024-01-01",
    "date_from_datetime_parsing": "must be a day, such as 2024-01-01",
    "extra_forbidden": "there is no such argument: remove it or correct its name",
}


def message(details: Mapping[str, Any]) -> str:
    """Return the message for one error of pydantic, without its place and value."""
    context = details.get("ctx") or {}
    if "problem" in context:
        return str(context["problem"])
    if details["type"] in ("enum", "literal_error"):
        return _choice(details["input"], str(context["expected"]))
    if details["type"] == "is_instance_of" and context["class"] == "Sequence":
        return _MESSAGES["list_type"]
    if details["type"] in _MESSAGES:
        return _MESSAGES[details["type"]].format(**{name: _without_fraction(item) for name, item in context.items()})
    return str(details["msg"]).removeprefix("Value error, ")


def _without_fraction(item: Any) -> Any:
    return int(item) if isinstance(item, float) and item.is_integer() else item


def closest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that is near `name`, or the only one that begins with it; `None` if there is none."""
    known = sorted(names)
    begun = [one for one in known if len(name) >= _SHORTEST_BEGINNING and one.startswith(name)]
    near = difflib.get_close_matches(name, known, n=1, cutoff=_NEAR)
    return near[0] if near else begun[0] if len(begun) == 1 else None


def _choice(value: Any, expected: str) -> str:
    names = expected.replace("'", "").replace(" or ", ", ").split(", ")
    near = closest(str(value), names)
    return f"must be one of {', '.join(names)}" + (f": did you mean {near}?" if near else "")
