"""The check of one area: each wrong field is reported with a valid value, and replaced by its default."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from components._messages import PLAIN_SECRET, closest, message
from components._model import (
    Location,
    StrictModel,
    UpstreamKey,
    called_here,
    container,
    field_called,
    holds_placeholder,
    inner_annotation,
    is_placeholder,
    is_user_known,
    members,
    placeholder,
    upstream_key,
)
from components._plain_secrets import HIDDEN, plain_secrets
from components._shown import SECRET, shown
from components.units import parse_quantity
from components.urls import OTLP_GRPC_PORT, OTLP_HTTP_PORT

from .errors import Problem, nearest, remove_command, replace_command, set_command, setting_path
from .settings import AREAS
from .suggestions import RENAMED, described, moved_value, other_kinds_with, suggested
from .unquoted_dates import date_of, dates_in, with_value

OF_A_KEY = "[key]"
"""The last part of an error's location where the key of a map is wrong, not its value."""

_NUMBER = re.compile(r"\d+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")
_UNIT = re.compile(r"\d+([A-Za-z]+)")
_SIZES = ("Mi", "Gi")
_SECRET_NAMES = ("secret", "credential", "credentials", "key")
"""Names of a secret's value; longer ones are recognised as in chart values."""
_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True)
class CheckedArea:
    """An area of the stack file after its fields were checked."""

    area: StrictModel
    """The settings, with the default in place of each wrong one; an example where it is required."""
    problems: list[Problem]
    invalid: frozenset[str] = frozenset()
    """The names of the wrong fields."""
    written: Mapping[str, Any] = field(default_factory=dict)
    """The values as written, where a date without quotes is the text of that day."""


def check_area(name: str, model: type[StrictModel], written: Mapping[str, Any]) -> CheckedArea:
    """Return an area with each field checked by its declaration."""
    dates = dict(dates_in(written))
    for location, text in dates.items():
        written = with_value(written, location, text)
    misplaced = {location: text for location, text in dates.items() if not _takes_day(model, location)}
    problems = [_unquoted(setting_path(name, *location), text) for location, text in misplaced.items()]
    wrong = {str(location[0]) for location in misplaced}
    try:
        area = model.model_validate(written)
    except ValidationError as error:
        places = {problem.field for problem in problems}
        problems += [problem for problem in wrong_fields(name, model, error, written) if problem.field not in places]
        wrong |= {str(details["loc"][0]) for details in error.errors(include_url=False)}
        right = {key: value for key, value in written.items() if key not in wrong}
        required = {key: field for key, field in model.model_fields.items() if field.is_required()}
        examples = {key: (field.examples or [None])[0] for key, field in required.items()}
        area = model.model_validate({**examples, **right})
    return CheckedArea(area, problems, frozenset(wrong & model.model_fields.keys()), written)


def _takes_day(model: type[StrictModel], location: Location) -> bool:
    return container(setting_at(model, location).annotation) is date


def _unquoted(place: str, text: str) -> Problem:
    rule = "is a date or time without quotes, which YAML does not read as text; put it in quotes"
    return Problem(place, rule, set_command(place, text), shown(text))


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


def wrong_fields(
    area: str, model: type[BaseModel], error: ValidationError, written: Mapping[str, Any]
) -> Iterator[Problem]:
    """Yield a problem for each error of one area."""
    for details in error.errors(include_url=False):
        yield _problem(area, model, details, written)


def right_value(setting: Setting, wrong: Any) -> Any:
    """Return the value that was probably meant by `wrong`, else an example, or a placeholder for what only users know.

    `None` where the setting is better removed.
    """
    if isinstance(wrong, str) and is_placeholder(wrong):
        return wrong
    user_known = is_user_known(setting.annotation)
    names = members(setting.annotation)
    candidates: list[Any] = [
        called_here(setting.annotation, wrong),
        closest(str(wrong), names),
        _day(wrong),
        _SWITCHES.get(wrong.lower()) if isinstance(wrong, str) and _is_switch(setting.annotation) else None,
        *_written_out(setting, wrong),
        *_same_host(wrong, setting.example),
        [part.strip() for part in wrong.split(",")] if isinstance(wrong, str) else None,
        _enabled(wrong),
        None if user_known or _is_entry(setting) or (_is_choice(setting) and wrong is not None) else setting.example,
    ]
    found = next((item for item in candidates if item is not None and accepts(setting.annotation, item)), None)
    return placeholder(setting.name) if found is None and user_known else found


def _is_choice(setting: Setting) -> bool:
    """Whether a setting has few values: another one of them is something else than what was meant."""
    return bool(members(setting.annotation)) or _is_switch(setting.annotation)


def _enabled(wrong: Any) -> Any:
    """Return the value of `enabled` in a map, as charts write a switch."""
    return wrong.get("enabled") if isinstance(wrong, Mapping) else None


def _day(wrong: Any) -> str | None:
    """Return the day of a date or time, which Go or the user wrote; `None` where `wrong` has none."""
    found = _DAY.match((date_of(wrong) or wrong) if isinstance(wrong, str) else "")
    return found[0] if found else None


def _is_entry(setting: Setting) -> bool:
    """Whether a setting is an entry of a map or list and itself has parts: no example can replace it."""
    return setting.field is None and isinstance(setting.example, Mapping | list)


def _written_out(setting: Setting, wrong: Any) -> list[str]:
    """Return a number, which may be a string, as strings: as it is, then with each unit, nearest the example first."""
    text = json.dumps(wrong) if isinstance(wrong, int | float) else str(wrong)
    if _NUMBER.fullmatch(text) is None:
        return []
    # YAML drops the zeros that a number begins with.
    unknown = is_user_known(setting.annotation) and accepts(setting.annotation, f"0{text}")
    plain = [text] if isinstance(wrong, int | float) and not members(setting.annotation) and not unknown else []
    unit = _UNIT.fullmatch(setting.example) if isinstance(setting.example, str) else None
    if unit is None:
        return plain
    if unit[1] not in _SIZES:
        return [*plain, text + unit[1]]
    usual = parse_quantity(setting.example)
    sizes = [text + size for size in _SIZES]
    return [*plain, *sorted(sizes, key=lambda size: abs((parse_quantity(size) / usual).ln()))]


def _same_host(wrong: Any, example: Any) -> list[str]:
    """Return the addresses of the server that `wrong` names: with its own path and query, its path, that of `example`.

    None where it names no server.
    """
    if not isinstance(wrong, str) or not isinstance(example, str) or "://" not in example:
        return []
    right = urlsplit(example)
    try:
        given = urlsplit(wrong if "://" in wrong else f"{right.scheme}://{wrong}")
        port = given.port
    except ValueError:
        return []
    if given.scheme not in ("http", "https") or not given.hostname or {"<", ">"} & set(given.hostname):
        return []
    host = f"[{given.hostname}]" if ":" in given.hostname else given.hostname
    # The same server takes OTLP over HTTP at the port beside that of gRPC.
    ports = [port, OTLP_HTTP_PORT] if port == OTLP_GRPC_PORT else [port]
    servers = [f"{given.scheme}://{host}:{port}" if port else f"{given.scheme}://{host}" for port in ports]
    path = given.path.rstrip("/")
    paths = [f"{path}?{given.query}"] if path and given.query else []
    return [f"{server}{end}" for server in servers for end in (*paths, path or right.path, right.path)]


def _problem(area: str, model: type[BaseModel], details: Mapping[str, Any], written: Mapping[str, Any]) -> Problem:
    location, kind, value = details["loc"], details["type"], details["input"]
    if location[-1:] == (OF_A_KEY,):
        place = setting_path(area, *location[:-1])
        return Problem(place, message(details), remove_command(place))
    place = setting_path(area, *location)
    setting = setting_at(model, location)
    if kind == "extra_forbidden":
        return _unknown(area, model, location, value, written)
    if kind == "missing":
        return Problem(place, f"is missing: {meaning(setting)}", _fix(place, setting, None))
    if value is None:
        return Problem(place, "must not be null; remove it, or set a value", remove_command(place), "null")
    text = message(details)
    if (meant := called_here(setting.annotation, value)) and isinstance(value, str):
        text = f"{text.partition('; ')[0]}; did you mean {meant}?"
    if kind == "string_type" and _is_number_without_quotes(setting, value):
        text = "must be text; put it in quotes"
    shown_value = HIDDEN if kind == PLAIN_SECRET else shown(value)
    return Problem(place, text, _fix(place, setting, value), shown_value)


def _unknown(area: str, model: type[BaseModel], location: Location, value: Any, written: Mapping[str, Any]) -> Problem:
    place = setting_path(area, *location)
    name = str(location[-1])
    if found := upstream_key(model, location):
        return _foreign(place, setting_path(area, *location[:-1], found.field), model, location, found, value)
    if (area, *location) not in RENAMED and _is_secret(name, value):
        return Problem(
            place,
            "looks like a secret in plain text; use a secret setting (docs/reference/settings.md) or name a "
            "Kubernetes Secret, and rotate it",
            remove_command(place),
        )
    shown_value = "" if SECRET.search(name) else shown(value)
    owner = setting_at(model, location).owner
    if owner is None:
        return Problem(place, "unknown setting; remove it", remove_command(place), shown_value)
    target = suggested(area, location, owner)
    if area == "storage" and len(location) == 1 and (kinds := other_kinds_with(name, model)):
        rule = f"unknown setting of this kind of store; remove it, as it is of kind {' and '.join(kinds)}"
        return Problem(place, rule, remove_command(place), shown_value)
    if target is None:
        names = [field.alias or key for key, field in owner.model_fields.items()]
        return Problem(place, f"unknown setting; {nearest(name, names)}", remove_command(place), shown_value)
    commands = [remove_command(place)]
    if right := _accepted(area, model, target, moved_value(area, location, value, written)):
        commands.append(set_command(setting_path(*target), right[0]))
    return Problem(place, f"unknown setting; {described(target, area, location)}", "\n".join(commands), shown_value)


def _foreign(
    place: str, target: str, model: type[BaseModel], location: Location, found: UpstreamKey, value: Any
) -> Problem:
    """Return the problem of a key that others have, with the command that sets `target` in its place."""
    commands = [remove_command(place)]
    right = found.converted(value) if found.field else None
    if right is not None and accepts(setting_at(model, (*location[:-1], found.field)).annotation, right):
        commands.append(set_command(target, right))
    shown_value = HIDDEN if found.is_secret else shown(value)
    return Problem(place, f"unknown setting: {found.message}", "\n".join(commands), shown_value)


def _accepted(area: str, model: type[BaseModel], target: Location, value: Any) -> list[Any]:
    """Return the value that the setting at `target` takes for `value`, in a list; an empty one where it takes none."""
    owner = model if target[0] == area else AREAS[str(target[0])]
    setting = setting_at(owner, target[1:])
    right = value if accepts(setting.annotation, value) else None
    return [] if right is None or holds_placeholder(right) else [right]


def _is_secret(name: str, value: Any) -> bool:
    """Whether an unknown setting has a secret in plain text, by its name or by its value."""
    named = name.lower() in _SECRET_NAMES and isinstance(value, str) and value != ""
    return named or any(plain_secrets({name: value}))


def _is_number_without_quotes(setting: Setting, value: Any) -> bool:
    """Whether a value is a number, and the setting is a text that may consist of digits."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return accepts(setting.annotation, json.dumps(value)) or _NUMBER.fullmatch(str(setting.example)) is not None


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
