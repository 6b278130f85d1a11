"""A row of a document's table: a value that the document quotes, and where the objects of its stack have it."""

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sandbox.documents import load
from tests.checkout import ROOT
from tests.program.programs import record_stack
from tools.contract.alloy_syntax import Expression, ParsedBlock, parse
from tools.stackfile import read_stack_file

ABSENT = "nothing at this path"
"""The value of a path that leads to nothing."""


@dataclass(frozen=True)
class Row:
    """A value that a document quotes."""

    number: str
    """The row of the requirements."""
    what: str
    path: str
    """What `rendered` names, then the keys and indices down to the value, separated by spaces."""
    value: Any
    """What the document quotes; where `differs` has a reason, what is rendered in its place."""
    setting: str = ""
    """The setting that the value comes from, in the stack file or by its default; empty where none changes it."""
    other: Any = None
    """A value of the setting with which the row fails."""
    also: Mapping[str, Any] = field(default_factory=dict)
    """Settings that `other` requires; None removes one."""
    differs: str = ""
    """Why the value is not the document's."""

    def __str__(self) -> str:
        return f"{self.number} {self.what}"

    def holds(self, objects: Mapping[str, Any]) -> bool:
        """Whether the objects have the value."""
        return bool(read(objects, self.path) == self.value)

    @property
    def change(self) -> Mapping[str, Any]:
        """The settings that make the row fail."""
        return {self.setting: self.other, **self.also}


@dataclass(frozen=True)
class Choice:
    """What a document quotes beside what its stack has: rows that hold with other settings of that stack."""

    what: str
    settings: Mapping[str, Any]
    """The settings that choose it, by their paths."""
    rows: Sequence[Row]

    def __str__(self) -> str:
        return self.what


def rendered(config: Mapping[str, Any], stack: str) -> Mapping[str, Any]:
    """Return the inputs of every resource of the program by name, the `exports`, and the `namespaces` created."""
    recording = record_stack(config, name=stack)
    objects = [each for each in recording.resources if not each.type.startswith(("observability:", "pulumi:"))]
    namespaces = sorted(each.plain()["metadata"]["name"] for each in recording.of_type("core/v1:Namespace"))
    return {
        **{each.name: _decoded(each.plain()) for each in objects},
        "exports": recording.outputs,
        "namespaces": namespaces,
    }


@cache
def committed(stack: str) -> Mapping[str, Any]:
    """Return what the committed file of `stack` renders to."""
    return rendered(read_stack_file(ROOT, stack).config, stack)


def read(objects: Any, path: str) -> Any:
    """Return the value at `path`."""
    for key in path.split():
        try:
            objects = objects[int(key) if isinstance(objects, list) else key]
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return objects


def replaced(objects: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """Return the objects with another value at `path`."""
    name, *keys = path.split()
    if not keys:
        return {**objects, name: "another value"}
    inner: Any = deepcopy(objects.get(name, {}))
    changed_objects = {**objects, name: inner}
    for key in keys[:-1]:
        inner = inner[int(key)] if isinstance(inner, list) else inner.setdefault(key, {})
    inner[int(keys[-1]) if isinstance(inner, list) else keys[-1]] = "another value"
    return changed_objects


def changed(stack: str, change: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the configuration of `stack` with other settings, of which None removes one."""
    config = deepcopy(dict(read_stack_file(ROOT, stack).config))
    for setting, value in change.items():
        area, *keys = setting.split(".")
        inner: Any = config
        *outer, last = f"observability:{area}", *keys
        for key in outer:
            inner = inner.setdefault(key, {})
        if value is None:
            inner.pop(last, None)
        else:
            inner[last] = value
    return config


def runs(rows: Iterable[Row]) -> list[list[Row]]:
    """Return the rows with a setting, grouped into runs that change at most one setting, or one set, of an area."""
    groups: list[list[Row]] = []
    for row in rows:
        if row.setting:
            fitting = [group for group in groups if all(_change_together(row, other) for other in group)]
            same = [group for group in fitting if any(row.change == other.change for other in group)]
            if not fitting:
                groups.append([])
            (same or fitting or groups[-1:])[0].append(row)
    return groups


def _change_together(row: Row, other: Row) -> bool:
    areas, taken = ({setting.split(".")[0] for setting in each.change} for each in (row, other))
    return row.change == other.change or not areas & taken


def settings_of(stack: str) -> Iterator[str]:
    """Yield the dotted path of each setting that the file of `stack` has, but for encrypted ones."""
    for key, value in read_stack_file(ROOT, stack).config.items():
        project, _, area = key.partition(":")
        if project == "observability":
            yield from _leaves(area, value)


def _leaves(path: str, value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield path
    elif set(value) != {"secure"}:
        for key, item in value.items():
            yield from _leaves(f"{path}.{key}", item)


def _decoded(inputs: Any) -> Any:
    """Return the inputs with YAML and Alloy texts of a ConfigMap, YAML of a Secret and the rules of Thanos as data."""
    if inputs.get("kind") == "Secret":
        data = {
            key: load(b64decode(text).decode()) if key.endswith(".yaml") else text
            for key, text in (inputs.get("data") or {}).items()
        }
        return {**inputs, "data": data}
    if rules := ((inputs.get("values") or {}).get("rule") or {}).get("rules"):
        rules["value"] = load(rules["value"])
    if inputs.get("kind") != "ConfigMap":
        return inputs
    readers = {"yaml": load, "alloy": alloy_blocks, "relay": load}
    data = {key: readers.get(key.rpartition(".")[2], str)(text) for key, text in inputs["data"].items()}
    return {**inputs, "data": data}


def alloy_blocks(text: str) -> dict[str, Any]:
    """Return the blocks of an Alloy configuration: components by reference, repeated blocks as a list."""
    return _blocks(parse(text))


def _blocks(blocks: Iterable[ParsedBlock]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for block in blocks:
        content = {**{name: _value(value) for name, value in block.arguments.items()}, **_blocks(block.blocks)}
        known = found.get(block.reference)
        more = known if isinstance(known, list) else [known]
        found[block.reference] = content if known is None else [*more, content]
    return found


def _value(value: Any) -> Any:
    """Return an expression as its text, and a list of expressions too."""
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, list) and any(isinstance(item, Expression) for item in value):
        return f"[{', '.join(str(_value(item)) for item in value)}]"
    return {key: _value(item) for key, item in value.items()} if isinstance(value, dict) else value
