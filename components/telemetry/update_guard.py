"""Updates of the collectors that their applied state forbids, as they would lose how far each log file was read."""

from collections.abc import Collection, Mapping
from typing import Any

from .._guard import forbidden_change
from .._merge import value_at
from .._shown import shown
from .spec import GuardedChange
from .workload import STORAGE_VOLUME

Values = Mapping[str, Any]


def update_problems(old: Values, new: Values, *, allowed: Collection[GuardedChange] = ()) -> list[str]:
    """Return a message where the collectors would have their positions in another directory of the node.

    `allowed` changes are not checked.
    """
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


def _positions_directory(values: Values) -> str:
    """Return the directory of the node in the volume of positions, empty where they are gone with the pod."""
    volumes = value_at(values, ("controller", "volumes", "extra")) or []
    paths = [value_at(volume, ("hostPath", "path")) for volume in volumes if volume.get("name") == STORAGE_VOLUME]
    return str(paths[0] or "") if paths and _reads_files(values) else ""


def _reads_files(values: Values) -> bool:
    return bool(value_at(values, ("controller", "type")) == "daemonset")
