"""The check of one area: each wrong field is reported with a valid value, and replaced by its default."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from components._messages import closest, message
from components._model import (
    Location,
    StrictModel,
    container,
    field_called,
    inner_annotation,
    is_placeholder,
    is_user_known,
    members,
    placeholder,
)
from components._shown import SECRET, shown
from components.units import parse_quantity

from .errors import Problem, nearest, remove_command, replace_command, setting_path

OF_A_KEY = "[key]"
"""The last part of an error's location where the key of a map is wrong, not its value."""

_NUMBER = re.compile(r"\d+(\.\d+)?")
_UNIT = re.compile(r"\d+([A-Za-z]+)")
_SIZES = ("Mi", "Gi")
_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True)
class CheckedArea:
    """An area of the stack file after its fields were checked."""

    area: StrictModel
    """The settings, with the default in place of each wrong one; an example where it is required."""
    problems: list[Problem]
    invalid: frozenset[str] = frozenset()
    """The names of the wrong fields."""


def check_area(name: str, model: type[StrictModel], written: Mapping[str, Any]) -> CheckedArea:
    """Return an area with each field checked by its declaration."""
    try:
        return CheckedArea(model.model_validate(written), [])
    except ValidationError as error:
        problems = list(wrong_fields(name, model, error))
        wrong = {str(details["loc"][0]) for details in error.errors(include_url=False)}
    right = {key: value for key, value in written.items() if key not in wrong}
    examples = {key: (field.examples or [None])[0] for key, field in model.model_fields.items() if field.is_required()}
    return CheckedArea(
        model.model_validate({**examples, **right}), problems, frozenset(wrong & model.model_fields.keys())
    )


@dataclass(frozen=True)
class Setting:
    """The declaration of a setting in a model."""

    name: str
    owner: type[BaseModel] | None
    """The model whose field it is, `None` for an item of a map or list."""
    field: FieldInfo | None
    annotation: Any
    """The type of valid values."""
    example: Any
    """A valid value; `None` where none is known."""


def setting_at(model: type[BaseModel], location: Location) -> Setting:
    """Return the declaration in `model` of the value at `location`."""
    annotation: Any = model
    found = Setting("", None, None, model, None)
    for part in location:
        held = container(annotation)
        annotation = inner_annotation(annotation, part)
        if isinstance(held, type) and issubclass(held, BaseModel):
            field = field_called(held, str(part))
            stated = Annotated[(annotation, *field.metadata)] if field and field.metadata else annotation
            found = Setting(str(part), held, field, stated, field.examples[0] if field and field.examples else None)
        else:
            name = found.name if isinstance(part, int) else str(part)
            found = Setting(name, None, None, annotation, _item(found.example, part))
    return found


def wrong_fields(area: str, model: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
    """Yield a problem for each error of one area."""
    for details in error.errors(include_url=False):
        yield _problem(area, model, details)


def right_value(setting: Setting, wrong: Any) -> Any:
    """Return the value that was probably meant by `wrong`, else an example, or a placeholder for what only users know.

    `None` where the setting is better removed.
    """
    if isinstance(wrong, str) and is_placeholder(wrong):
        return wrong
    user_known = is_user_known(setting.annotation)
    names = members(setting.annotation)
    candidates = [
        closest(str(wrong), names),
        _SWITCHES.get(wrong.lower()) if isinstance(wrong, str) and _is_switch(setting.annotation) else None,
        *_written_out(setting, wrong),
        _same_host(wrong, setting.example),
        [part.strip() for part in wrong.split(",")] if isinstance(wrong, str) else None,
        None if user_known or _is_entry(setting) else setting.example,
    ]
    found = next((item for item in candidates if item is not None and accepts(setting.annotation, item)), None)
    return placeholder(setting.name) if found is None and user_known else found


def _is_entry(setting: Setting) -> bool:
    """Whether a setting is an entry of a map or list and itself has parts: no example can replace it."""
    return setting.field is None and isinstance(setting.example, Mapping | list)


def _written_out(setting: Setting, wrong: Any) -> list[str]:
    """Return a number, which may be a string, as strings: as it is, then with each unit, nearest the example first."""
    text = json.dumps(wrong) if isinstance(wrong, int | float) else str(wrong)
    if _NUMBER.fullmatch(text) is None:
        return []
    plain = [text] if isinstance(wrong, int | float) and not members(setting.annotation) else []
    unit = _UNIT.fullmatch(setting.example) if isinstance(setting.example, str) else None
    if unit is None:
        return plain
    if unit[1] not in _SIZES:
        return [*plain, text + unit[1]]
    usual = parse_quantity(setting.example)
    sizes = [text + size for size in _SIZES]
    return [*plain, *sorted(sizes, key=lambda size: abs((parse_quantity(size) / usual).ln()))]


def _same_host(wrong: Any, example: Any) -> str | None:
    """Return the address of the server that `wrong` names, in the form of `example`; `None` where it names none."""
    if not isinstance(wrong, str) or not isinstance(example, str) or "://" not in example:
        return None
    right = urlsplit(example)
    try:
        given = urlsplit(wrong if "://" in wrong else f"{right.scheme}://{wrong}")
        port = f":{given.port}" if given.port else ""
    except ValueError:
        return None
    if given.scheme not in ("http", "https") or not given.hostname or {"<", ">"} & set(given.hostname):
        return None
    host = f"[{given.hostname}]" if ":" in given.hostname else given.hostname
    return f"{given.scheme}://{host}{port}{right.path}"


def _problem(area: str, model: type[BaseModel], details: Mapping[str, Any]) -> Problem:
    location, kind, value = details["loc"], details["type"], details["input"]
    if location[-1:] == (OF_A_KEY,):
        place = setting_path(area, *location[:-1])
        return Problem(place, message(details), remove_command(place))
    place = setting_path(area, *location)
    setting = setting_at(model, location)
    if kind == "extra_forbidden":
        return _unknown(place, setting, location, value)
    if kind == "missing":
        return Problem(place, f"is missing: {meaning(setting)}", _fix(place, setting, None))
    if value is None:
        return Problem(place, "must not be null; remove it, or set a value", remove_command(place), "null")
    return Problem(place, message(details), _fix(place, setting, value), shown(value))


def _unknown(place: str, setting: Setting, location: Location, value: Any) -> Problem:
    name = str(location[-1])
    if SECRET.search(name):
        return Problem(
            place,
            "looks like a secret in plain text; use a secret setting (docs/reference/settings.md) or name a "
            "Kubernetes Secret, and rotate it",
            remove_command(place),
        )
    hint = "remove it"
    if setting.owner is not None:
        hint = nearest(name, [field.alias or key for key, field in setting.owner.model_fields.items()])
    return Problem(place, f"unknown setting; {hint}", remove_command(place), shown(value))


def _fix(place: str, setting: Setting, wrong: Any) -> str:
    right = right_value(setting, wrong)
    if right is None:
        return remove_command(place)
    return replace_command(place, wrong, right)


def meaning(setting: Setting) -> str:
    """Return the description of a setting."""
    described = setting.field.description if setting.field else None
    return (described or "it has no default").rstrip(".")


def accepts(annotation: Any, value: Any) -> bool:
    """Whether `value` is valid for `annotation`."""
    if _is_switch(annotation) and not isinstance(value, bool):
        return False
    try:
        TypeAdapter(annotation).validate_python(value)
    except ValidationError:
        return False
    return True


def _is_switch(annotation: Any) -> bool:
    return container(annotation) is bool


def _item(example: Any, part: int | str) -> Any:
    if isinstance(example, Mapping):
        return example.get(part)
    return example[part] if isinstance(part, int) and isinstance(example, list) and part < len(example) else None
