"""Updates of the collectors that their applied state forbids, as they would lose how far each log was read."""

from collections.abc import Collection, Mapping
from typing import Any

from .._guard import forbidden_change
from .._merge import value_at
from .._shown import shown
from .engines import Engine
from .spec import GuardedChange, LogSource
from .workload import CONFIG_KEYS, STORAGE_VOLUME

Values = Mapping[str, Any]


def update_problems(old: Values, new: Values, *, allowed: Collection[GuardedChange] = ()) -> list[str]:
    """Return a message where the collectors would read logs from elsewhere, or keep their positions elsewhere.

    `allowed` changes are not checked.
    """
    if not old or not new:
        return []
    if _reads_files(old) != _reads_files(new):
        return [] if GuardedChange.LOG_SOURCE in allowed else [_log_source_changed(old, new)]
    before, after = _positions_directory(old), _positions_directory(new)
    if GuardedChange.POSITIONS in allowed or not before or not _reads_files(new) or before == after:
        return []
    return [
        forbidden_change(
            "storage_host_path",
            before,
            after,
            "the collectors would read every log file of the nodes from its beginning and send its lines once more; "
            f"set storage_host_path {shown(before)} to keep it; or move the directory on every node, or accept the "
            f'repeated lines, and then apply once with allow_changes ["{GuardedChange.POSITIONS}"]',
        )
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


def _log_source_changed(old: Values, new: Values) -> str:
    before, after = (LogSource.FILES if _reads_files(values) else LogSource.API for values in (old, new))
    return forbidden_change(
        "log_source",
        before.value,
        after.value,
        "the new collectors do not know how far the old ones read: lines that the nodes still have are sent once more, "
        "and those of containers that ended in between are lost; "
        f'set log_source {before.value} to keep it, or apply once with allow_changes ["{GuardedChange.LOG_SOURCE}"]',
    )


def _positions_directory(values: Values) -> str:
    """Return the directory of the node in the volume of positions, empty where they are gone with the pod."""
    volumes = value_at(values, ("controller", "volumes", "extra")) or value_at(values, ("extraVolumes",)) or []
    paths = [value_at(volume, ("hostPath", "path")) for volume in volumes if volume.get("name") == STORAGE_VOLUME]
    return str(paths[0] or "") if paths and _reads_files(values) else ""


def _reads_files(values: Values) -> bool:
    return bool((values.get("mode") or value_at(values, ("controller", "type"))) == "daemonset")
