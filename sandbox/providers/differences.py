"""What changed between two property bags, as the paths that the engine shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .values import Secret, Unknown, plain

_BARE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Path = tuple[str | int, ...]


class Change(StrEnum):
    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True)
class Difference:
    """The changed paths, those of them that cannot change in place, and whether the old object must go first."""

    changes: Mapping[Path, Change] = field(default_factory=dict)
    replaces: frozenset[Path] = frozenset()
    delete_before_replace: bool = False


def changed_paths(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[Path, Change]:
    return dict(_walk((), plain(old), plain(new)))


def compare(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    is_replacement: Callable[[Path], bool],
    *,
    delete_before_replace: bool = False,
) -> Difference:
    """Compare old inputs with new inputs; `is_replacement` is true of immutable paths."""
    changes = changed_paths(old, new)
    replaces = frozenset(path for path in changes if is_replacement(path))
    return Difference(changes, replaces, bool(replaces) and delete_before_replace)


def starts_with(path: Path, *prefixes: str) -> bool:
    """Whether a path lies at or below, or above, one of the dotted `prefixes`."""
    return any(all(have == want for have, want in zip(path, prefix.split("."), strict=False)) for prefix in prefixes)


def render(path: Path) -> str:
    """Return the path in the notation of the engine: `metadata.labels["app.kubernetes.io/name"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _BARE_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{escaped}"]'
    return text


def _walk(path: Path, old: Any, new: Any) -> Iterator[tuple[Path, Change]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _walk_entry((*path, key), old, new, key)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            if index >= len(new):
                yield (*path, index), Change.DELETE
            elif index >= len(old):
                yield (*path, index), Change.ADD
            else:
                yield from _walk((*path, index), old[index], new[index])
    elif _differs(old, new):
        yield path, Change.UPDATE


def _walk_entry(path: Path, old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> Iterator[tuple[Path, Change]]:
    if key not in new:
        yield path, Change.DELETE
    elif key not in old:
        yield path, Change.ADD
    else:
        yield from _walk(path, old[key], new[key])


def _differs(old: Any, new: Any) -> bool:
    if isinstance(old, Secret) or isinstance(new, Secret):
        return _differs(plain(old), plain(new))
    if isinstance(old, Unknown) or isinstance(new, Unknown):
        return True
    return type(old) is not type(new) or bool(old != new)
