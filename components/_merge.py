"""Merge of nested chart values, and access to a value by its path."""

from collections.abc import Mapping, Sequence
from typing import Any


def deep_merge(base: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` merged with `override`: mappings merge key by key, anything else (lists too) is replaced.

    A `None` in `override` is kept, as Helm removes the default of the chart by it.
    """
    merged = dict(base)
    for key, value in override.items():
        present = merged.get(key)
        merged[key] = (
            deep_merge(present, value) if isinstance(present, Mapping) and isinstance(value, Mapping) else value
        )
    return merged


def is_stated(values: Any, path: Sequence[str]) -> bool:
    """Whether a value is set at `path`, be it null."""
    holder = value_at(values, path[:-1])
    return isinstance(holder, Mapping) and path[-1] in holder


def is_set_at(values: Any, path: Sequence[str]) -> bool:
    """Whether a value is set at `path` or at a parent of it, where also a null would remove the value at `path`."""
    for key in path:
        if not isinstance(values, Mapping):
            return True
        if key not in values:
            return False
        values = values[key]
    return True


def removed_at(values: Any, path: Sequence[str]) -> Sequence[str] | None:
    """Return the part of `path` at which a null removes the value at `path`, `None` where there is no null."""
    for depth, key in enumerate(path):
        if not isinstance(values, Mapping) or key not in values:
            return None
        values = values[key]
        if values is None:
            return path[: depth + 1]
    return None


def value_at(values: Any, path: Sequence[str]) -> Any:
    """Return the value at `path`, `None` if there is none."""
    for key in path:
        if not isinstance(values, Mapping):
            return None
        values = values.get(key)
    return values
