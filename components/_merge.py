"""Chart values as trees: one laid over another, and what stands at a place."""

from collections.abc import Mapping, Sequence
from typing import Any


def deep_merge(base: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    """Give `base` with `override` laid over it: mappings merge key by key, anything else (lists too) is replaced.

    A `None` in `override` stays, as Helm takes it for "remove the chart's default".
    """
    merged = dict(base)
    for key, value in override.items():
        present = merged.get(key)
        merged[key] = (
            deep_merge(present, value) if isinstance(present, Mapping) and isinstance(value, Mapping) else value
        )
    return merged


def value_at(values: Any, path: Sequence[str]) -> Any:
    """Give the value at `path`, `None` where there is none."""
    for key in path:
        if not isinstance(values, Mapping):
            return None
        values = values.get(key)
    return values
