"""The values of a release against what its chart knows: a key that no template reads is silently without effect.

A key is known where the chart's `values.yaml` has it, or shows it in a comment, or its schema describes it. Where the
default is empty (`{}`, `null`, `""`) the chart leaves the subtree open, and anything may stand there.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jsonschema

from components._merge import deep_merge
from tools.render.chartfiles import ChartFiles

from .commented import Path, commented_keys
from .finding import Finding
from .opaque_values import is_open, leads_to_open, read_instead


@dataclass(frozen=True)
class ChartValues:
    """What a chart's own files say of its values; the charts inside it are asked for theirs."""

    files: ChartFiles
    outer: Mapping[str, Any] = field(default_factory=dict)
    """What the chart around it gives as defaults."""

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """What the chart does by itself; `global` is shared with the charts inside."""
        merged = deep_merge(self.files.values, self.outer)
        for inner in self.inner.values():
            merged = deep_merge({"global": inner.defaults.get("global") or {}} if inner else {}, merged)
        return merged

    @cached_property
    def commented(self) -> Mapping[Path, frozenset[str]]:
        """The keys that the chart's `values.yaml` shows in comments, by the path of what they stand in."""
        return commented_keys(self.files.values_text)

    @cached_property
    def inner(self) -> Mapping[str, "ChartValues | None"]:
        """The charts inside, by the key of their values; `None` where their files are not at hand."""
        found: dict[str, ChartValues | None] = {}
        for dependency in self.files.description.get("dependencies") or []:
            key = str(dependency.get("alias") or dependency["name"])
            files = self.files.inner(str(dependency["name"]))
            outer = {**self.files.values, **self.outer}.get(key)
            found[key] = ChartValues(files, outer if isinstance(outer, Mapping) else {}) if files else None
        return found

    @cached_property
    def paths(self) -> frozenset[Path]:
        """Every path of the defaults."""
        return frozenset(_paths(self.defaults, ()))


def findings(release: str, values: Mapping[str, Any], files: ChartFiles) -> Iterator[Finding]:
    """Yield which values the chart does not know, and which its schema refuses."""
    chart = ChartValues(files)
    for path, sentence in _unknown(values, chart.defaults, (), chart):
        yield Finding(f"release {release}: values.{'.'.join(path)}", f"{sentence} (chart {files.name} {files.version})")
    if files.schema is not None:
        merged = _without_nulls(deep_merge(files.values, values))
        validator = jsonschema.validators.validator_for(files.schema, jsonschema.Draft7Validator)(files.schema)
        for error in validator.iter_errors(merged):
            place = ".".join(str(part) for part in error.absolute_path)
            yield Finding(f"release {release}: values.{place}", f"the chart's schema refuses it: {error.message[:300]}")


def _unknown(
    given: Mapping[str, Any], defaults: Mapping[str, Any], path: Path, chart: ChartValues
) -> Iterator[tuple[Path, str]]:
    for key, value in given.items():
        place = (*path, str(key))
        if instead := read_instead(chart.files.name, chart.files.version, place):
            yield place, f"the chart has it and does not read it: use {instead}"
            continue
        if is_open(chart.files.name, place):
            continue
        if not path and key in chart.inner:
            yield from _in_inner_chart(str(key), value, chart)
        elif key in defaults:
            yield from _known(value, defaults[key], place, chart)
        elif leads_to_open(chart.files.name, place) and isinstance(value, Mapping):
            yield from _unknown(value, {}, place, chart)
        elif not _described(place, chart):
            yield place, f"there is no such value: {_hint(place, defaults, chart)}"


def _known(value: Any, default: Any, place: Path, chart: ChartValues) -> Iterator[tuple[Path, str]]:
    if isinstance(default, bool | int | float) and isinstance(value, Mapping):
        yield place, f"the chart has {default!r} here, not a map"
    elif isinstance(default, Mapping) and default:
        if isinstance(value, Mapping):
            yield from _unknown(value, default, place, chart)
        elif value is not None:
            yield place, f"the chart has a map here, with {', '.join(sorted(map(str, default)))}"


def _in_inner_chart(key: str, value: Any, chart: ChartValues) -> Iterator[tuple[Path, str]]:
    inner = chart.inner[key]
    if inner is None or not isinstance(value, Mapping):
        return
    for place, sentence in _unknown(value, inner.defaults, (), inner):
        if place != ("enabled",) and place[0] != "global":
            yield (key, *place), sentence


def _described(place: Path, chart: ChartValues) -> bool:
    """Whether a comment or the schema knows the key."""
    if place[-1] in chart.commented.get(place[:-1], ()):
        return True
    schema: Any = chart.files.schema
    for part in place:
        schema = ((schema or {}).get("properties") or {}).get(part)
    return schema is not None


def _hint(place: Path, siblings: Mapping[str, Any], chart: ChartValues) -> str:
    close = difflib.get_close_matches(place[-1], [str(key) for key in siblings], n=1)
    elsewhere = [path for path in chart.paths if path[-1] == place[-1]]
    if close:
        return f"did you mean {'.'.join((*place[:-1], close[0]))}?"
    if elsewhere:
        nearest = min(elsewhere, key=lambda path: (len(set(path) ^ set(place)), path))
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
