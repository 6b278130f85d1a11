"""The settings that the load of a stack needs, as the block of its file that holds them."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from config import Settings
from config.errors import PROJECT
from wiring.load import recommended
from wiring.needs import Need, Path

INDENT = "  "


def sized(settings: Settings, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return `config` with the sizes and limits that the load needs in place of its own."""
    areas: dict[str, Any] = {area: settings.written[area] for area, *_ in recommended(settings)}
    for path, need in recommended(settings).items():
        areas = _with(areas, path, need.value)
    return {**config, **{f"{PROJECT}:{area}": value for area, value in areas.items()}}


def lines(settings: Settings, config: Mapping[str, Any]) -> Iterator[str]:
    """Yield the block with each area that has sizes, and the other settings of the stack file there."""
    needs = recommended(settings)
    after = sized(settings, config)
    for area in dict.fromkeys(path[0] for path in needs):
        yield f"{INDENT}{PROJECT}:{area}:"
        yield from _entries(after[f"{PROJECT}:{area}"], (area,), needs)


def _entries(values: Mapping[str, Any], above: Path, needs: Mapping[Path, Need]) -> Iterator[str]:
    for key, value in values.items():
        path = (*above, str(key))
        start = f"{INDENT * len(path)}{_flow(key)}:"
        if isinstance(value, Mapping) and any(need[: len(path)] == path for need in needs):
            yield start
            yield from _entries(value, path, needs)
        else:
            reason = _reason(needs[path]) if path in needs else ""
            yield f"{start} {_flow(value)}" + (f"  # {reason}" if reason else "")


def _reason(need: Need) -> str:
    return need.reason or (f"{need.load}; {need.deployed} is deployed" if need.below else "")


def _with(value: Any, path: Path, new: Any) -> Any:
    """Return `value` with `new` at `path`."""
    if not path:
        return new
    held = value if isinstance(value, Mapping) else {}
    return {**held, path[0]: _with(held.get(path[0]), path[1:], new)}


def _flow(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False).removesuffix("...\n").strip()
