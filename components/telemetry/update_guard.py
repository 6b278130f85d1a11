"""Updates of the collectors that their applied state forbids, as they would lose how far each log was read."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .._guard import forbidden_change
from .._merge import value_at
from .._shown import shown
from .engines import Engine
from .model import LogSource
from .spec import GuardedChange
from .workload import CONFIG_KEYS, LOG_SOURCES, STORAGE_VOLUME

Values = Mapping[str, Any]
_ANY_OTHER = ""
"""Stands for the namespaces that nothing names."""


def update_problems(old: Values, new: Values, *, allowed: Collection[GuardedChange] = ()) -> list[str]:
    """Return a message where the collectors would read logs from elsewhere, or keep their positions elsewhere.

    `allowed` changes are not checked.
    """
    if not old or not new:
        return []
    found = [] if GuardedChange.LOG_SOURCE in allowed else list(_log_source_problems(old, new))
    before, after = _positions_directory(old), _positions_directory(new)
    if GuardedChange.POSITIONS in allowed or not before or not _runs_on_nodes(new) or before == after:
        return found
    return [
        *found,
        forbidden_change(
            "storage_host_path",
            before,
            after,
            "the collectors would read every log file of the nodes from its beginning and send its lines once more; "
            f"set storage_host_path {shown(before)} to keep it; or move the directory on every node, or accept the "
            f'repeated lines, and then apply once with allow_changes ["{GuardedChange.POSITIONS}"]',
        ),
    ]


def engine_problems(old: Values, new: Values, *, allowed: Collection[GuardedChange] = ()) -> list[str]:
    """Return a message where the data of the ConfigMap was the configuration of another engine."""
    before, after = _engine(old), _engine(new)
    if GuardedChange.ENGINE in allowed or before is None or after is None or before is after:
        return []
    return [
        forbidden_change(
            "engine",
            before.value,
            after.value,
            "the new collectors do not know how far the log files were read: they send the lines that the nodes still "
            "have once more, take no OTLP data until they run, and have a Service of another name; "
            f'set engine {before.value} to keep it, or apply once with allow_changes ["{GuardedChange.ENGINE}"]',
        )
    ]


def _engine(data: Values) -> Engine | None:
    """Return the engine whose configuration the data of a ConfigMap is; `None` where it is of none."""
    return next((engine for engine, key in CONFIG_KEYS.items() if key in data), None)


def _log_source_problems(old: Values, new: Values) -> Iterator[str]:
    """Yield a message where all namespaces, or else some that are named, are read from the other log source."""
    before, after = _chosen(old), _chosen(new)
    named = {
        name for chosen in (*before, *after) for names in chosen.values() if isinstance(names, list) for name in names
    }
    changes: dict[tuple[str, str], list[str]] = {}
    for namespace in (_ANY_OTHER, *sorted(named)):
        was, is_now = _log_source(before, namespace), _log_source(after, namespace)
        if was and is_now and was != is_now:
            changes.setdefault((was, is_now), []).append(namespace)
    for (was, is_now), namespaces in changes.items():
        field, fix = "log_source", f"set log_source {was}"
        if _ANY_OTHER not in namespaces:
            field = f"log_source of {', '.join(namespaces)}"
            fix = f"declare a source of kind containers with log_source {was} and these namespaces"
        yield forbidden_change(
            field,
            was,
            is_now,
            "the new collectors do not know how far the old ones read: lines that the nodes still have are sent once "
            "more, and those of containers that ended in between are lost; "
            f'{fix} to keep it, or apply once with allow_changes ["{GuardedChange.LOG_SOURCE}"]',
        )


def _chosen(values: Values) -> list[Values]:
    """Return where containers are read, each with the namespaces that it is for, or else leaves out."""
    for path in (("controller", "podAnnotations"), ("podAnnotations",)):
        if text := (value_at(values, path) or {}).get(LOG_SOURCES):
            return list(json.loads(text))
    return [{"log_source": (LogSource.FILES if _runs_on_nodes(values) else LogSource.API).value}]


def _log_source(chosen: Collection[Values], namespace: str) -> str | None:
    """Return where the containers of a namespace are read; `None` where they are not."""
    for choice in chosen:
        names = choice.get("namespaces")
        if namespace in names if names is not None else namespace not in choice.get("exclude_namespaces", ()):
            return str(choice["log_source"])
    return None


def _positions_directory(values: Values) -> str:
    """Return the directory of the node in the volume of positions, empty where they are gone with the pod."""
    volumes = value_at(values, ("controller", "volumes", "extra")) or value_at(values, ("extraVolumes",)) or []
    paths = [value_at(volume, ("hostPath", "path")) for volume in volumes if volume.get("name") == STORAGE_VOLUME]
    return str(paths[0] or "") if paths and _runs_on_nodes(values) else ""


def _runs_on_nodes(values: Values) -> bool:
    return bool((values.get("mode") or value_at(values, ("controller", "type"))) == "daemonset")
