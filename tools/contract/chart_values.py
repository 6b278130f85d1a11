"""The values of a release against what its chart knows: a key that no template reads is silently without effect.

What every published chart knows is kept in `published/`, so that values are also checked where the chart is not at
hand, or another than the published one is used. `python -m tools.contract DIRECTORY` writes it.

A key is known where the chart's `values.yaml` has it, or shows it in a comment, or its schema describes it. Where the
default is empty (`{}`, `null`, `""`) the chart leaves the subtree open, and anything may stand there.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

import jsonschema

from components._merge import deep_merge
from components._messages import closest
from tools.render.chartfiles import ChartFiles

from .commented import Path, commented_keys
from .finding import Finding
from .opaque_values import is_open, leads_to_open, read_instead

PUBLISHED = FilePath(__file__).parent / "published"
SEPARATOR = "/"
"""Between the keys of a path in JSON, as keys hold dots."""


@dataclass(frozen=True)
class ChartValues:
    """What a chart knows of values, with the charts inside it."""

    name: str
    version: str
    defaults: Mapping[str, Any]
    """What the chart does by itself; `global` is shared with the charts inside."""
    commented: Mapping[Path, frozenset[str]]
    """The keys that the chart's `values.yaml` shows in comments, by the path of what they stand in."""
    described: Mapping[str, Any]
    """The properties of its schema, each with its own."""
    inner: Mapping[str, "ChartValues | None"]
    """The charts inside, by the key of their values; `None` where their files are not at hand."""

    @classmethod
    def of(cls, files: ChartFiles, outer: Mapping[str, Any] | None = None) -> "ChartValues":
        """Return the values that the files of a chart read; `outer` has the defaults of the chart around it."""
        own = deep_merge(files.values, outer or {})
        inner: dict[str, ChartValues | None] = {}
        for dependency in files.description.get("dependencies") or []:
            key, within = str(dependency.get("alias") or dependency["name"]), files.inner(str(dependency["name"]))
            around = own.get(key)
            inner[key] = cls.of(within, around if isinstance(around, Mapping) else {}) if within else None
        for chart in inner.values():
            own = deep_merge({"global": chart.defaults.get("global") or {}} if chart else {}, own)
        commented = commented_keys(files.values_text)
        return cls(files.name, files.version, own, commented, _properties(files.schema or {}), inner)

    @classmethod
    def published(cls, name: str, version: str) -> "ChartValues":
        """Return what the published chart knows; raise `FileNotFoundError` where that was not written down."""
        return cls.loaded(json.loads((PUBLISHED / f"{name}-{version}.json").read_text()))

    @classmethod
    def loaded(cls, kept: Mapping[str, Any]) -> "ChartValues":
        """Return what `kept` wrote."""
        commented = {
            tuple(place.split(SEPARATOR)) if place else (): frozenset(keys) for place, keys in kept["commented"].items()
        }
        inner = {key: cls.loaded(chart) if chart else None for key, chart in kept["inner"].items()}
        return cls(kept["name"], kept["version"], kept["defaults"], commented, kept["described"], inner)

    def kept(self) -> dict[str, Any]:
        """Return it as JSON has it, every default but maps as an example of its kind."""
        return {
            "name": self.name,
            "version": self.version,
            "defaults": _kinds(self.defaults),
            "commented": {SEPARATOR.join(place): sorted(keys) for place, keys in self.commented.items()},
            "described": self.described,
            "inner": {key: chart.kept() if chart else None for key, chart in self.inner.items()},
        }

    @cached_property
    def paths(self) -> frozenset[Path]:
        """Every path of the defaults."""
        return frozenset(_paths(self.defaults, ()))


def _properties(schema: Any) -> dict[str, Any]:
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    return {key: _properties(within) for key, within in (properties or {}).items()}


def _kinds(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _kinds(item) for key, item in value.items()}
    return value if isinstance(value, bool | int | float) else None


def findings(release: str, values: Mapping[str, Any], files: ChartFiles) -> Iterator[Finding]:
    """Yield which values the chart does not know, and which its schema refuses."""
    yield from unknown_values(release, values, ChartValues.of(files))
    if files.schema is not None:
        merged = _without_nulls(deep_merge(files.values, values))
        validator = jsonschema.validators.validator_for(files.schema, jsonschema.Draft7Validator)(files.schema)
        for error in validator.iter_errors(merged):
            key_path = ".".join(str(part) for part in error.absolute_path)
            yield Finding(
                f"release {release}: values.{key_path}", f"the chart's schema refuses it: {error.message[:300]}"
            )


def unknown_values(release: str, values: Mapping[str, Any], chart: ChartValues) -> Iterator[Finding]:
    """Yield which values the chart does not know."""
    for path, message in _unknown(values, chart.defaults, (), chart):
        yield Finding(f"release {release}: values.{'.'.join(path)}", f"{message} (chart {chart.name} {chart.version})")


def _unknown(
    given: Mapping[str, Any], defaults: Mapping[str, Any], path: Path, chart: ChartValues
) -> Iterator[tuple[Path, str]]:
    for key, value in given.items():
        key_path = (*path, str(key))
        if instead := read_instead(chart.name, chart.version, key_path):
            yield key_path, f"the chart has it and does not read it; use {instead}"
            continue
        if is_open(chart.name, key_path):
            continue
        if not path and key in chart.inner:
            yield from _in_inner_chart(str(key), value, chart)
        elif key in defaults:
            yield from _known(value, defaults[key], key_path, chart)
        elif leads_to_open(chart.name, key_path) and isinstance(value, Mapping):
            yield from _unknown(value, {}, key_path, chart)
        elif not _described(key_path, chart):
            yield key_path, f"unknown value; {_hint(key_path, defaults, chart)}"


def _known(value: Any, default: Any, key_path: Path, chart: ChartValues) -> Iterator[tuple[Path, str]]:
    if isinstance(default, bool | int | float) and isinstance(value, Mapping):
        yield key_path, f"the chart has {default!r} here, not a map"
    elif isinstance(default, Mapping) and default:
        if isinstance(value, Mapping):
            yield from _unknown(value, default, key_path, chart)
        elif value is not None:
            yield key_path, f"the chart has a map here, with {', '.join(sorted(map(str, default)))}"


def _in_inner_chart(key: str, value: Any, chart: ChartValues) -> Iterator[tuple[Path, str]]:
    inner = chart.inner[key]
    if inner is None or not isinstance(value, Mapping):
        return
    for key_path, message in _unknown(value, inner.defaults, (), inner):
        if key_path != ("enabled",) and key_path[0] != "global":
            yield (key, *key_path), message


def _described(key_path: Path, chart: ChartValues) -> bool:
    """Whether a comment or the schema knows the key."""
    if key_path[-1] in chart.commented.get(key_path[:-1], ()):
        return True
    described: Mapping[str, Any] | None = chart.described
    for part in key_path:
        described = None if described is None else described.get(part)
    return described is not None


def _hint(key_path: Path, siblings: Mapping[str, Any], chart: ChartValues) -> str:
    close = closest(key_path[-1], map(str, siblings))
    elsewhere = [path for path in chart.paths if path[-1] == key_path[-1]]
    if close:
        return f"did you mean {'.'.join((*key_path[:-1], close))}?"
    if elsewhere:
        nearest = min(elsewhere, key=lambda path: (len(set(path) ^ set(key_path)), path))
        return f"did you mean {'.'.join(nearest)}?"
    return f"there are {', '.join(sorted(map(str, siblings)))}"


def _paths(value: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for key, item in value.items():
        yield (*path, str(key))
        if isinstance(item, Mapping):
            yield from _paths(item, (*path, str(key)))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return value
