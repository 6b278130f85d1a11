"""Updates of Thanos that its applied state forbids, as they would lose or hide blocks, or fail halfway."""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

from .._guard import forbidden_change
from .._merge import value_at
from ..units import parse_duration
from .flags import RESOLUTIONS, RETENTION_ARGUMENTS
from .objstore_file import LOCATION
from .roles import BUCKET_ROLES, ThanosRole
from .spec import LEAST_COMPACTED, LEAST_DOWNSAMPLED, GuardedChange

Values = Mapping[str, Any]

_LOCATION_CHANGED = (
    "queries would not find the blocks so far, and these would not expire; change it back; or copy the blocks, or "
    "check that both are names of one place, and then apply once with allow_changes "
    f'["{GuardedChange.LOCATION}"]'
)
_LABELS_CHANGED = (
    "blocks so far keep the old labels: their series are others, which queries count beside the new ones; change it "
    f'back; or accept that and apply once with allow_changes ["{GuardedChange.LABELS}"]'
)
_COMPACTOR_STARTED = (
    "a bucket must have exactly 1 compactor, and two would damage the blocks; change it back; or stop the other one, "
    f'wait until it has ended, and apply once with allow_changes ["{GuardedChange.COMPACTOR}"]'
)
_VOLUMES_CHANGED = (
    "the volume claim templates of a StatefulSet are immutable; change it back; or, to grow volumes, raise the size in "
    "their claims, delete the StatefulSet with --cascade=orphan, and apply once with allow_changes "
    f'["{GuardedChange.VOLUMES}"]'
)


def location_problems(old: Values, new: Values, *, allowed: Collection[GuardedChange] = ()) -> list[str]:
    """Return the forbidden change of the place of the blocks, between the inputs of the Secret that names it."""
    if GuardedChange.LOCATION in allowed:
        return []
    before, after = (value_at(inputs, ("metadata", "annotations", LOCATION)) for inputs in (old, new))
    if not isinstance(before, str) or not isinstance(after, str) or before == after:
        return []
    return [forbidden_change("bucket", before, after, _LOCATION_CHANGED)]


def update_problems(old: Values, new: Values, *, allowed: Collection[GuardedChange] = ()) -> list[str]:
    """Return every forbidden change from the `old`, applied chart values to the `new` ones.

    `allowed` changes are not checked.
    """
    return [
        *([] if GuardedChange.LABELS in allowed else _label_problems(old, new)),
        *([] if GuardedChange.COMPACTOR in allowed else _compactor_problems(old, new)),
        *_retention_problems(old, new),
        *([] if GuardedChange.VOLUMES in allowed else _volume_problems(old, new)),
    ]


def _label_problems(old: Values, new: Values) -> Iterator[str]:
    before, after = (value_at(values, ("query", "replicaLabels")) or [] for values in (old, new))
    # A further one hides nothing, one that is missing leaves each series there twice.
    if not set(before) <= set(after):
        yield forbidden_change("replica_labels", list(before), list(after), _LABELS_CHANGED)
    for role in (ThanosRole.RULE, ThanosRole.RECEIVE_INGESTOR):
        if not (_runs(old, role) and _runs(new, role)):
            continue
        labels, wanted = (sorted(_flags(values, role, "label")) for values in (old, new))
        if labels != wanted:
            yield forbidden_change("external_labels", labels, wanted, f"in {role}, {_LABELS_CHANGED}")
            return


def _compactor_problems(old: Values, new: Values) -> list[str]:
    before, after = (_runs(values, ThanosRole.COMPACT) for values in (old, new))
    return [forbidden_change("compactor", before, after, _COMPACTOR_STARTED)] if after and not before else []


def _retention_problems(old: Values, new: Values) -> Iterator[str]:
    if not (_runs(old, ThanosRole.COMPACT) and _runs(new, ThanosRole.COMPACT)):
        return
    downsamples = "--downsampling.disable" not in (value_at(new, ("compact", "extraArgs")) or ())
    least = LEAST_DOWNSAMPLED if downsamples else LEAST_COMPACTED
    for resolution in RESOLUTIONS:
        before, after = (_retention(values, resolution) for values in (old, new))
        if after and after < least and (not before or after < before):
            yield forbidden_change(
                RETENTION_ARGUMENTS[resolution],
                _days(before),
                _days(after),
                f"blocks would be deleted before others are made of them; set {_days(least)} or more",
            )


def _retention(values: Values, resolution: str) -> timedelta:
    """Return the retention of a resolution; zero is for ever."""
    stated = _flags(values, ThanosRole.COMPACT, f"retention.resolution-{resolution}")
    return parse_duration(stated[-1]) if stated else timedelta()


def _days(duration: timedelta) -> str:
    return f"{duration.total_seconds() / 86_400:g}d"


def _volume_problems(old: Values, new: Values) -> Iterator[str]:
    for role in BUCKET_ROLES:
        before, after = (value_at(values, (*role.values_path, "persistence")) for values in (old, new))
        if not (before and after and _runs(old, role) and _runs(new, role)):
            continue
        for argument, key in (("volume_size", "size"), ("storage_class", "storageClass")):
            if before.get(key) != after.get(key):
                field = f"workloads.{role}.{argument}"
                yield forbidden_change(field, before.get(key), after.get(key), _VOLUMES_CHANGED)


def _runs(values: Values, role: ThanosRole) -> bool:
    """Whether a workload is there by the values; the store gateway always is."""
    section = role.values_path[0]
    return role is ThanosRole.STORE_GATEWAY or bool(value_at(values, (section, "enabled")))


def _flags(values: Values, role: ThanosRole, name: str) -> list[str]:
    """Return the values of a flag among the arguments of a workload."""
    arguments = value_at(values, (*role.values_path, "extraArgs")) or ()
    start = f"--{name}="
    return [str(argument).removeprefix(start) for argument in arguments if str(argument).startswith(start)]
