"""Every setting of a stack with its value and its origin."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pulumi
from pydantic import BaseModel

from config.secrets import SECRET_KEYS
from config.settings import AREAS, Settings
from config.source import Source
from tools.program.stacks import with_settings
from tools.stackfile import read_stack_file
from wiring.argument_origins import INHERITED
from wiring.planned_components import planned_components

from .derived import derived

SECRET = "[secret]"
LONGEST = 60
_SENSITIVE = ("key", "secret", "token", "password", "passphrase")
_EMPTY: tuple[Any, ...] = (None, "", {}, (), [])


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    setting: str
    value: str
    origin: str


def rows(root: Path, stack: str) -> list[Row]:
    """Return every setting of `stack`; raise the program's own error where the settings are wrong."""

    def of_settings(settings: Settings, source: Source) -> list[Row]:
        return [*_of_areas(settings, source), *_secrets(source), *_of_providers(root, stack)]

    return with_settings(read_stack_file(root, stack).config, stack, of_settings)


def _of_areas(settings: Settings, source: Source) -> Iterator[Row]:
    planned = list(planned_components(settings))
    for area in AREAS:
        stated, _ = source.area(area)
        components = [component for component in planned if component.area == area]
        specs = [component.spec.check(component.name, component.arguments) for component in components]
        computed = {item.setting: item for spec in specs for item in derived(area, spec)}
        filled_in = {name: value for component in components for name, value in component.arguments.items()}
        for row in _of_model(area, getattr(settings, area), stated, filled_in):
            follows = computed.pop(row.setting, None)
            if follows is None or row.origin == "stack file":
                yield row
            else:
                yield Row(row.setting, shown(follows.value), f"derived from {follows.source}")
        for item in computed.values():
            yield Row(item.setting, shown(item.value), f"derived from {item.source}")


def _of_model(
    setting: str, model: BaseModel, stated: Mapping[str, Any], filled_in: Mapping[str, Any] | None = None
) -> Iterator[Row]:
    arguments = filled_in or {}
    for name, field in type(model).model_fields.items():
        key = field.alias or name
        value = getattr(model, name)
        here = f"{setting}.{key}"
        if isinstance(value, BaseModel):
            yield from _of_model(here, value, stated.get(key) or {})
        elif key in stated:
            yield Row(here, shown(value), "stack file")
        elif name in arguments and not isinstance(arguments[name], pulumi.Output):
            yield _of_argument(here, name, value, arguments[name])
        elif here == "charts.directory" and value:
            yield Row(here, shown(value), "environment variable OBSERVABILITY_CHARTS")
        else:
            yield Row(here, shown(value), "default")


def _of_argument(setting: str, name: str, default: Any, value: Any) -> Row:
    """Return the row of a setting that the program fills in from another one."""
    if value == default or (value in _EMPTY and default in _EMPTY):
        return Row(setting, shown(value), "default")
    return Row(setting, shown(value), f"derived from {INHERITED.get(name, 'other settings')}")


def _secrets(source: Source) -> Iterator[Row]:
    for key in SECRET_KEYS:
        stated = key in source.texts
        yield Row(key, SECRET if stated else "-", "stack file" if stated else "default")


def _of_providers(root: Path, stack: str) -> Iterator[Row]:
    """Yield the keys of other packages, such as `aws:region`."""
    for key, value in sorted(read_stack_file(root, stack).config.items()):
        if not key.startswith("observability:"):
            secret = isinstance(value, Mapping) or any(word in key.lower() for word in _SENSITIVE)
            yield Row(key, SECRET if secret else shown(value), "stack file")


def shown(value: Any) -> str:
    """Return a value on one line; `-` where there is none."""
    if isinstance(value, Enum):
        value = value.value
    if value in _EMPTY:
        return "-"
    text = value if isinstance(value, str) else json.dumps(value, default=_plain)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return list(value) if isinstance(value, Iterable) else str(value)
