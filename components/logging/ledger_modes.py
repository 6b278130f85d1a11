"""Which changes of the deployment mode lose no line: those in which the old and the new pods run side by side."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from .modes import Mode, path_between

_MODES = {mode.chart_name: {mode} for mode in Mode} | {"Monolithic": {Mode.MONOLITHIC}}


def mode_problems(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Give a sentence when a mode would go before the one after it runs, or while another begins."""
    before, after = _running(applied), _running(wanted)
    if not before or not after or before <= after or after <= before:
        return []
    if before & after:
        stays, leaves, comes = (
            " and ".join(sorted(modes)) for modes in (before & after, before - after, after - before)
        )
        return [
            f"mode {leaves} cannot go in the step in which {comes} comes: first remove migrate_from with mode {stays} "
            f'and apply, then set mode "{comes}" with migrate_from "{stays}"'
        ]
    old, new = _ends(before, after)
    stages = "; then ".join(
        f'set mode "{later}" with migrate_from "{earlier}" and apply, remove migrate_from and apply again'
        for earlier, later in pairwise(path_between(old, new))
    )
    return [
        f"mode {old} cannot become {new} in one step: lines in memory and in the write-ahead logs of {old} would be "
        f"out of reach. Let both run for a time, and the old pods flush to the bucket as they leave: {stages}"
    ]


def _ends(before: set[Mode], after: set[Mode]) -> tuple[Mode, Mode]:
    """Give the pair of an old and a new mode that is furthest apart."""
    order = list(Mode)
    return max(
        ((old, new) for old in before for new in after),
        key=lambda pair: abs(order.index(pair[0]) - order.index(pair[1])),
    )


def _running(values: Mapping[str, Any]) -> set[Mode]:
    names = str(values.get("deploymentMode") or "").split("<->")
    return set().union(*(_MODES.get(name, set()) for name in names))
