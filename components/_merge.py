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


def value_at(values: Any, path: Sequence[str]) -> Any:
    """Return the value at `path`, `None` if there is none."""
    for key in path:
        if not isinstance(values, Mapping):
            return None
        values = values.get(key)
    return values
