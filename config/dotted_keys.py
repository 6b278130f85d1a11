"""Keys with dots: settings that were set without `--path`."""

import re
from collections.abc import Mapping
from typing import Any

from components._model import Location, StrictModel
from components._shown import shown

from .errors import PROJECT, Problem, remove_command, set_command, setting_path
from .source import Source
from .storage import STORAGE_KINDS
from .validation import Setting, accepts, right_value, setting_at

_STEP = re.compile(r"""\.?([\w-]+)|\[(\d+)\]|\["([^"]+)"\]""")


def set_without_path(key: str, source: Source, areas: Mapping[str, type[StrictModel]]) -> Problem | None:
    """Return the problem of a `key` that is the path of a setting in one of the areas, `None` for another key."""
    area, *path = _location(key) or [""]
    model = areas.get(str(area))
    if model is None or not path:
        return None
    models = STORAGE_KINDS.values() if area == "storage" else [model]
    settings = (setting_at(one, tuple(path)) for one in models)
    setting = next((one for one in settings if one.owner is None or one.field is not None), None)
    if setting is None:
        return None
    place = f"{PROJECT}:{key}"
    commands = [remove_command(place, whole_key=True)]
    value = _meant(setting, source, key)
    if value is not None:
        commands.append(set_command(setting_path(str(area), *path), value))
    sentence = "was set without --path, as a key that nothing reads; set it by its path"
    return Problem(place, sentence, "\n".join(commands), shown(source.value(key)))


def _meant(setting: Setting, source: Source, key: str) -> Any:
    written = source.value(key)
    given = [written, source.texts[key]]
    right = next((value for value in given if accepts(setting.annotation, value)), None)
    return right_value(setting, written) if right is None else right


def _location(key: str) -> Location | None:
    parts: list[int | str] = []
    end = 0
    while end < len(key):
        step = _STEP.match(key, end)
        if step is None:
            return None
        name, index, quoted = step.groups()
        parts.append(int(index) if index else name or quoted)
        end = step.end()
    return tuple(parts)
