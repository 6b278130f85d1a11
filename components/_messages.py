"""Messages for the errors of pydantic, each with the rule that holds."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

PLAIN_SECRET = "plain_secret"
"""The type of an error whose value must not be shown."""

_NEAR = 0.75
"""Ratio of difflib from which a name is near another: `tempo` is not near `demo`, `nam` is near `name`."""
_SHORTEST_BEGINNING = 3
_TEXT = "must be text; set one"
_NUMBER = "must be a number; set one"
_INTEGER = "must be a whole number; set one"
_BOOLEAN = "must be true or false; set one of them"
_MAP = "must be a map; set keys and values"
_LIST = "must be a list; set one"
_DAY = "must be a day; set one such as 2024-01-01"
_MESSAGES = {
    "missing": "is missing; set it",
    "string_type": _TEXT,
    "int_type": _INTEGER,
    "int_parsing": _INTEGER,
    "int_parsing_size": _INTEGER,
    "int_from_float": _INTEGER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "must be a finite number; set one",
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "greater_than_equal": "must be at least {ge}; set {ge} or more",
    "greater_than": "must be more than {gt}; set a higher number",
    "less_than_equal": "must be at most {le}; set {le} or less",
    "less_than": "must be less than {lt}; set a lower number",
    "too_short": "must have at least {min_length} items, and has {actual_length}; add some",
    "too_long": "must have at most {max_length} items, and has {actual_length}; remove some",
    "string_too_short": "must have at least {min_length} characters; set a longer text",
    "string_too_long": "must have at most {max_length} characters; shorten it",
    "dict_type": _MAP,
    "mapping_type": _MAP,
    "model_type": _MAP,
    "model_attributes_type": _MAP,
    "list_type": _LIST,
    "sequence_type": _LIST,
    "sequence_str": _LIST,
    "tuple_type": _LIST,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "date_from_datetime_parsing": _DAY,
    "extra_forbidden": "unknown argument; remove it, or correct its name",
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
    return not_one_of(str(value), expected.replace("'", "").replace(" or ", ", ").split(", "))


def not_one_of(value: str, names: Collection[str]) -> str:
    """Return the message that a value must be one of some names."""
    near = closest(value, names)
    return f"must be one of {', '.join(names)}; {f'did you mean {near}?' if near else 'set one of them'}"
