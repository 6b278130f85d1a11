"""Every setting of a stack with its value and its origin."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from components._spec import Spec
from config.secrets import SECRET_KEYS
from config.source import Source, read
from config.stack import AREAS, Settings, load
from tools.program import Recording, program_of, record
from tools.stackfile import read_stack_file

from .derived import COMPONENTS, INHERITED, derived, derived_from_settings

SECRET = "[secret]"
LONGEST = 60
_SENSITIVE = ("key", "secret", "token", "password", "passphrase")
_EMPTY: tuple[Any, ...] = (None, "", {}, (), [])


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    place: str
    value: str
    origin: str


@dataclass(frozen=True)
class Told:
    """What a component was told, and what it makes of it."""

    arguments: Mapping[str, Any]
    spec: Spec


def rows(root: Path, stack: str) -> list[Row]:
    """Give every setting of `stack`; raise the program's own error where the settings are wrong."""
    sources: list[Source] = []
    program = program_of(root, stack)

    def run() -> Mapping[str, Any]:
        outputs = program()
        sources.append(read())
        return outputs

    recording = record(run, preview=True, stack=stack)
    source = sources[0]
    settings = load(source)
    return [*_of_areas(settings, source, _told(recording)), *_secrets(source), *_of_providers(root, stack)]


def _told(recording: Recording) -> dict[str, Told]:
    found = {}
    for area, (component, model) in COMPONENTS.items():
        for resource in recording.of_type(f":index:{component}"):
            arguments = resource.plain()
            found[area] = Told(arguments, model.model_validate(arguments))
    return found


def _of_areas(settings: Settings, source: Source, told: Mapping[str, Told]) -> Iterator[Row]:
    for area in AREAS:
        given, _ = source.area(area)
        model: BaseModel = getattr(settings, area)
        found = [*(derived(area, told[area].spec) if area in told else ()), *derived_from_settings(settings)]
        computed = {item.place: item for item in found if item.place.startswith(f"{area}.")}
        for row in _of_model(area, model, given, told.get(area)):
            follows = computed.pop(row.place, None)
            yield (
                Row(row.place, shown(follows.value), f"derived from {follows.source}")
                if (follows and row.origin != "stack file")
                else row
            )
        for item in computed.values():
            yield Row(item.place, shown(item.value), f"derived from {item.source}")


def _of_model(place: str, model: BaseModel, given: Mapping[str, Any], told: Told | None) -> Iterator[Row]:
    for name, field in type(model).model_fields.items():
        key = field.alias or name
        value = getattr(model, name)
        here = f"{place}.{key}"
        if isinstance(value, BaseModel):
            yield from _of_model(here, value, given.get(key) or {}, None)
        elif key in given:
            yield Row(here, shown(value), "stack file")
        elif value in _EMPTY and told is not None:
            yield _of_component(here, name, told)
        elif here == "charts.directory" and value:
            yield Row(here, shown(value), "environment variable OBSERVABILITY_CHARTS")
        else:
            yield Row(here, shown(value), "default")


def _of_component(place: str, name: str, told: Told) -> Row:
    """An empty setting: the component takes it from another area, or has a default of its own."""
    value = getattr(told.spec, name, None)
    if name in INHERITED and told.arguments.get(name) not in _EMPTY:
        return Row(place, shown(value), f"derived from {INHERITED[name]}")
    return Row(place, shown(value), "default")


def _secrets(source: Source) -> Iterator[Row]:
    for key in SECRET_KEYS:
        given = key in source.texts
        yield Row(key, SECRET if given else "-", "stack file" if given else "default")


def _of_providers(root: Path, stack: str) -> Iterator[Row]:
    """Keys of other packages, such as `aws:region`."""

    for key, value in sorted(read_stack_file(root, stack).config.items()):
        if not key.startswith("observability:"):
            secret = isinstance(value, Mapping) or any(word in key.lower() for word in _SENSITIVE)
            yield Row(key, SECRET if secret else shown(value), "stack file")


def shown(value: Any) -> str:
    """Write a value on one line; `-` where there is none."""
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
