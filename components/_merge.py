"""Deep merging of chart values."""

from collections.abc import Mapping
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
