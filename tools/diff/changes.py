"""Two renderings on disk, compared object by object."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from sandbox.documents import load, load_all


class Kind(StrEnum):
    """What happened to an object."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Change:
    """One object that differs."""

    kind: Kind
    path: str
    """Its file, such as `logging/statefulset-loki.yaml`."""
    lines: tuple[str, ...]
    """A unified diff, without the names of the files."""

    @property
    def counts(self) -> tuple[int, int]:
        """Lines added and lines removed."""
        added, removed = (sum(line.startswith(sign) for line in self.lines) for sign in "+-")
        return added, removed


@dataclass(frozen=True)
class Comparison:
    """Everything that differs between two renderings of one stack."""

    stack: str
    base: str
    new_stack: bool
    changes: tuple[Change, ...]
    images: tuple[tuple[str, str, str], ...]
    """Images whose version differs, as repository, tag before and tag after; empty where there was or is none."""

    def count(self, kind: Kind) -> int:
        """Return how many objects were added, removed or changed."""
        return sum(change.kind is kind for change in self.changes)

    @property
    def summary(self) -> str:
        """The counts in one line."""
        counts = ", ".join(f"{self.count(kind)} {kind.value}" for kind in Kind)
        against = f"new stack, not in {self.base}" if self.new_stack else f"against {self.base}"
        return f"stack {self.stack} {against}: {counts if self.changes else 'no object changes'}"


def compare(stack: str, base: str, before: Path | None, after: Path) -> Comparison:
    """Compare two renderings; `before` is `None` for a stack that BASE does not have."""
    old, new = _files(before) if before else {}, _files(after)
    changes = [
        Change(_kind(path, old, new), path, _difference(old.get(path, ""), new.get(path, "")))
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]
    return Comparison(stack, base, before is None, tuple(changes), _image_changes(old, new))


def _files(directory: Path) -> dict[str, str]:
    return {str(file.relative_to(directory)): file.read_text() for file in sorted(directory.glob("*/*.yaml"))}


def _kind(path: str, old: Mapping[str, str], new: Mapping[str, str]) -> Kind:
    if path not in old:
        return Kind.ADDED
    return Kind.CHANGED if path in new else Kind.REMOVED


def _difference(old: str, new: str) -> tuple[str, ...]:
    lines = difflib.unified_diff(_readable(old), _readable(new), lineterm="", n=3)
    return tuple(lines)[2:]


def _readable(text: str) -> list[str]:
    """Write the lines of an object, long texts (a configuration in a ConfigMap) one line a line."""
    lines: list[str] = []
    for document in text.split("---\n"):
        comments = [line for line in document.splitlines() if line.startswith("#")]
        content = load(document)
        lines += [*comments, *(_dumped(content).splitlines() if content else [])]
    return lines


class _Dumper(yaml.SafeDumper):
    pass


def _literal(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _literal)


def _dumped(content: Any) -> str:
    return str(yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=10_000, allow_unicode=True))


def _image_changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    before, after = _images(old), _images(new)
    return tuple(
        (name, ", ".join(sorted(before.get(name, ()))), ", ".join(sorted(after.get(name, ()))))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )


def _images(files: Mapping[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path, text in files.items():
        if path.startswith("_aws/"):
            continue
        for document in load_all(text):
            for image in _images_in(document):
                name, tag = _split(image)
                found.setdefault(name, set()).add(tag)
    return found


def _images_in(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        own = [value["image"]] if isinstance(value.get("image"), str) and "name" in value else []
        return own + [image for item in value.values() for image in _images_in(item)]
    return [image for item in value for image in _images_in(item)] if isinstance(value, list) else []


def _split(image: str) -> tuple[str, str]:
    name, at, digest = image.partition("@")
    head, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        return name, f"@{digest}" if at else "latest"
    return head, f"{tag}{at}{digest}"
