"""Wrong fields of an area, as pydantic finds them: told at the place in the stack file, with a value that is right."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from components._sentences import closest, sentence
from components.units import parse_quantity

from .problems import SECRET, Problem, nearest, place_of, remove_command, replace_command, shown

Location = tuple[int | str, ...]

OF_A_KEY = "[key]"
"""Ends the location of an error where the key of a map is wrong, not its value."""

_NUMBER = re.compile(r"\d+(\.\d+)?")
_UNIT = re.compile(r"\d+([A-Za-z]+)")
_SIZES = ("Mi", "Gi")
_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True)
class Setting:
    """What a model says of one place in it."""

    owner: type[BaseModel] | None
    """The model whose field it is, `None` for an item of a map or list."""
    field: FieldInfo | None
    example: Any
    """A value that is right; `None` where none is known."""


def setting_at(model: type[BaseModel], location: Location) -> Setting:
    """Find what `model` says of the value at `location`."""
    annotation: Any = model
    found = Setting(None, None, None)
    for part in location:
        inner = _container(annotation)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            field = field_called(inner, str(part))
            found = Setting(inner, field, field.examples[0] if field and field.examples else None)
            annotation = field.annotation if field else None
            continue
        arguments = get_args(inner)
        annotation = arguments[-1] if arguments else None
        found = Setting(None, None, _item(found.example, part))
    return found


def field_called(model: type[BaseModel], key: str) -> FieldInfo | None:
    """Give the field that a stack file calls `key`."""
    return next((field for name, field in model.model_fields.items() if (field.alias or name) == key), None)


def wrong_fields(area: str, model: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
    """Tell each error of one area."""
    for details in error.errors(include_url=False):
        yield _problem(area, model, details)


def right_value(setting: Setting, wrong: Any) -> Any:
    """Give what was probably meant by `wrong`, else an example; `None` where the setting is better removed."""
    annotation = setting.field.annotation if setting.field else None
    names = [str(item.value) for item in _members(annotation)] or _several(setting)
    candidates = [
        closest(str(wrong), names),
        _SWITCHES.get(wrong.lower()) if isinstance(wrong, str) and _is_switch(annotation) else None,
        *_written_out(setting, wrong),
        _same_host(wrong, setting.example),
        [part.strip() for part in wrong.split(",")] if setting.field and isinstance(wrong, str) else None,
        setting.example,
    ]
    return next((item for item in candidates if item is not None and accepts(setting.field, item)), None)


def _several(setting: Setting) -> list[str]:
    """Give the examples of a setting that names all it can be."""
    examples = setting.field.examples if setting.field else None
    return list(map(str, examples)) if examples and len(examples) > 1 else []


def _written_out(setting: Setting, wrong: Any) -> list[str]:
    """Give texts for a number, or for a number in text: as it is, then with each unit, nearest the example first."""
    text = json.dumps(wrong) if isinstance(wrong, int | float) else str(wrong)
    if setting.field is None or _NUMBER.fullmatch(text) is None:
        return []
    plain = [text] if isinstance(wrong, int | float) and not _several(setting) else []
    unit = _UNIT.fullmatch(setting.example) if isinstance(setting.example, str) else None
    if unit is None:
        return plain
    if unit[1] not in _SIZES:
        return [*plain, text + unit[1]]
    usual = parse_quantity(setting.example)
    sizes = [text + size for size in _SIZES]
    return [*plain, *sorted(sizes, key=lambda size: abs((parse_quantity(size) / usual).ln()))]


def _same_host(wrong: Any, example: Any) -> str | None:
    """Give the address of the server that `wrong` names, in the form of `example`; `None` where it names none."""
    if not isinstance(wrong, str) or not isinstance(example, str) or "://" not in example:
        return None
    right = urlsplit(example)
    try:
        given = urlsplit(wrong if "://" in wrong else f"{right.scheme}://{wrong}")
        port = f":{given.port}" if given.port else ""
    except ValueError:
        return None
    if given.scheme not in ("http", "https") or not given.hostname:
        return None
    host = f"[{given.hostname}]" if ":" in given.hostname else given.hostname
    return f"{given.scheme}://{host}{port}{right.path}"


def _problem(area: str, model: type[BaseModel], details: Mapping[str, Any]) -> Problem:
    location, kind, value = details["loc"], details["type"], details["input"]
    if location[-1:] == (OF_A_KEY,):
        place = place_of(area, *location[:-1])
        return Problem(place, sentence(details), remove_command(place))
    place = place_of(area, *location)
    setting = setting_at(model, location)
    if kind == "extra_forbidden":
        return _unknown(place, setting, location, value)
    if kind == "missing":
        return Problem(place, f"is missing: {_meaning(setting)}", _fix(place, setting, None))
    if value is None:
        return Problem(place, f"has no value: {_meaning(setting)}", remove_command(place), "null")
    return Problem(place, sentence(details), _fix(place, setting, value), shown(value))


def _unknown(place: str, setting: Setting, location: Location, value: Any) -> Problem:
    name = str(location[-1])
    if SECRET.search(name):
        return Problem(
            place,
            "looks like a secret, and stands here in plain text: give it as a secret setting of its own "
            "(docs/reference/settings.md) or name a Kubernetes Secret, and change it where it is known",
            remove_command(place),
        )
    hint = "remove it"
    if setting.owner is not None:
        hint = nearest(name, [field.alias or key for key, field in setting.owner.model_fields.items()])
    return Problem(place, f"there is no such setting: {hint}", remove_command(place), shown(value))


def _fix(place: str, setting: Setting, wrong: Any) -> str:
    right = right_value(setting, wrong)
    if right is None:
        return remove_command(place)
    return replace_command(place, wrong, right)


def _meaning(setting: Setting) -> str:
    described = setting.field.description if setting.field else None
    return (described or "it has no default").rstrip(".")


def accepts(field: FieldInfo | None, value: Any) -> bool:
    """Tell whether `value` is right for `field`; where nothing is known of it, everything is."""
    if field is None:
        return True
    if _is_switch(field.annotation) and not isinstance(value, bool):
        return False
    held: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    try:
        TypeAdapter(held).validate_python(value)
    except ValidationError:
        return False
    return True


def _container(annotation: Any) -> Any:
    """Give what may hold more within an annotation: its model, map or list."""
    if get_origin(annotation) is Annotated:
        return _container(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return next((_container(item) for item in get_args(annotation) if item is not type(None)), None)
    return annotation


def _is_switch(annotation: Any) -> bool:
    return _container(annotation) is bool


def _members(annotation: Any) -> list[Enum]:
    inner = _container(annotation)
    return list(inner) if isinstance(inner, type) and issubclass(inner, Enum) else []


def _item(example: Any, part: int | str) -> Any:
    if isinstance(example, Mapping):
        return example.get(part)
    return example[part] if isinstance(part, int) and isinstance(example, list) and part < len(example) else None
