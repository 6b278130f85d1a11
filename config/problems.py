"""Problems of a stack's settings: each with its place, its value, what would be right and the command that fixes it."""

import difflib
import json
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from components._plain_secrets import veiled

PROJECT = "observability"

_SECRET = re.compile(r"password|secret|token|access_?key|htpasswd|credential", re.IGNORECASE)
_USER_IN_URL = re.compile(r"//[^/@\s\"]+@")


class SettingsError(pulumi.RunError):
    """The settings of a stack are wrong; the message lists every problem and its fix."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the settings."""

    place: str
    """The setting, such as `observability:logging.replicas`."""
    sentence: str
    """What is wrong, and what would be right."""
    fix: str
    """The command that puts it right."""
    shown: str = ""
    """The value as the user wrote it; empty where there is none or it must not be shown."""

    def __str__(self) -> str:
        """Write the problem as two lines: what, and the command that fixes it."""
        value = f" = {self.shown}" if self.shown else ""
        return f"  {self.place}{value}: {self.sentence}\n      {self.fix}"


def settings_error(stack: str, problems: Iterable[Problem]) -> SettingsError:
    """Make one error of all problems."""
    found = list(problems)
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    head = f"the settings of stack {stack} have {count}; nothing was created or changed"
    return SettingsError("\n".join([head, *map(str, found)]))


def problems_of(area: str, model: type[BaseModel], error: ValidationError) -> list[Problem]:
    """Translate what pydantic found in one area."""
    return [_problem(area, model, details) for details in error.errors(include_url=False)]


def set_command(place: str, value: Any) -> str:
    """Give the command that sets `place` to `value`."""
    text = value if isinstance(value, str) else json.dumps(value)
    nested = "." in place or not isinstance(value, str)
    if isinstance(value, dict | list):
        inner = "; ".join(_leaf_commands(place, value))
        return inner or f"pulumi config set --path {shlex.quote(place)} ''"
    return f"pulumi config set {'--path ' if nested else ''}{shlex.quote(place)} {shlex.quote(text)}"


def _leaf_commands(place: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        return [command for key, item in value.items() for command in _leaf_commands(f"{place}.{key}", item)]
    if isinstance(value, list):
        return [command for index, item in enumerate(value) for command in _leaf_commands(f"{place}[{index}]", item)]
    return [set_command(place, value)]


def remove_command(place: str) -> str:
    """Give the command that removes `place`."""
    return f"pulumi config rm {'--path ' if '.' in place or '[' in place else ''}{shlex.quote(place)}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, or list what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}"


def _problem(area: str, model: type[BaseModel], details: Mapping[str, Any]) -> Problem:
    location = details["loc"]
    place = _place(area, location)
    field = _field(model, location)
    kind = details["type"]
    if kind == "missing":
        return Problem(place, f"is missing: {_meaning(field)}", _fix(place, field))
    if kind == "extra_forbidden" and _SECRET.search(str(location[-1])):
        sentence = (
            "looks like a secret, and stands here in plain text: give it as a secret setting of its own "
            "(docs/reference/settings.md) or name a Kubernetes Secret, and change it where it is known"
        )
        return Problem(place, sentence, remove_command(place))
    if kind == "extra_forbidden":
        owner = _owner(model, location)
        hint = nearest(str(location[-1]), owner.model_fields) if owner else "remove it"
        return Problem(place, f"there is no such setting: {hint}", remove_command(place), _shown(details["input"]))
    sentence = str(details["msg"]).removeprefix("Value error, ")
    return Problem(place, sentence, _fix(place, field), _shown(details["input"]))


def _place(area: str, location: tuple[int | str, ...]) -> str:
    path = f"{PROJECT}:{area}"
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path


def _owner(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel] | None:
    owner: type[BaseModel] | None = model
    for part in location[:-1]:
        field = owner.model_fields.get(str(part)) if owner else None
        owner = _model_in(field) if field else None
    return owner


def _field(model: type[BaseModel], location: tuple[int | str, ...]) -> FieldInfo | None:
    names = [part for part in location if isinstance(part, str)]
    owner = _owner(model, tuple(names))
    return owner.model_fields.get(names[-1]) if owner and names else None


def _model_in(field: FieldInfo) -> type[BaseModel] | None:
    annotation = field.annotation
    candidates = [annotation, *getattr(annotation, "__args__", ())]
    return next((item for item in candidates if isinstance(item, type) and issubclass(item, BaseModel)), None)


def _meaning(field: FieldInfo | None) -> str:
    return (field.description if field and field.description else "it has no default").rstrip(".")


def _fix(place: str, field: FieldInfo | None) -> str:
    if field and field.examples:
        return set_command(place, field.examples[0])
    if field and not field.is_required():
        return remove_command(place)
    return f"pulumi config set --path {shlex.quote(place)} VALUE"


def _shown(value: Any) -> str:
    text = _USER_IN_URL.sub("//[hidden]@", json.dumps(veiled(value), default=str))
    return text if len(text) <= 80 else f"{text[:77]}..."
