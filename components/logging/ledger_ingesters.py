"""How many ingesters may leave at once: each holds lines that are in no bucket yet."""

from collections.abc import Mapping
from typing import Any

from .modes import Mode

Values = Mapping[str, Any]


def ingester_problems(applied: Values, wanted: Values) -> list[str]:
    """Give a sentence for each workload of ingesters that loses more pods than can hand over what they hold.

    One at a time flushes as it leaves and is missed by no quorum, as Loki's docs have it
    (https://grafana.com/docs/loki/latest/operations/storage/wal/#scale-down); the StatefulSet would stop several at
    once. A mode that leaves as a whole may do so where its pods flush as they stop: those of the other mode are there.
    """
    problems = []
    for role in (mode.ingester for mode in Mode):
        before, after = (int((values.get(role.section) or {}).get("replicas") or 0) for values in (applied, wanted))
        gone = before - after
        if gone <= 0 or (_flushes(applied) and (gone == 1 or not after)):
            continue
        zoned = bool(((wanted.get(role.section) or {}).get("zoneAwareReplication") or {}).get("enabled")) and after > 0
        leaving = "the last of each zone" if zoned else f"from {role}-{before - 1} downwards"
        problems.append(
            f"{role} cannot go from {before} to {after} replicas in one step: {_why(before, gone, applied)}"
            f"{'Flush' if zoned else _by_one(before, applied)} each pod that leaves{f', {leaving},' if after else ''} "
            'by a POST to its /ingester/shutdown?flush=true, then apply once with allow_changes ["ingesters"]'
        )
    return problems


def _why(before: int, gone: int, applied: Values) -> str:
    if _flushes(applied):
        return (
            f"{gone} of them would stop at once, with lines in memory that are in no bucket and that the "
            f"{before - gone} which stay may not have. "
        )
    return (
        "its pods do not flush when they stop, and nobody reads the write-ahead log on the volume of one that is gone. "
    )


def _by_one(before: int, applied: Values) -> str:
    if _flushes(applied):
        return f"Go down by one, to {before - 1}, and apply again once that pod is gone; or flush"
    return "Apply values that set loki.ingester.wal.flush_on_shutdown first; or flush"


def _flushes(values: Values) -> bool:
    loki = values.get("loki") or {}
    structured = ((loki.get("structuredConfig") or {}).get("ingester") or {}).get("wal") or {}
    log = {**((loki.get("ingester") or {}).get("wal") or {}), **structured}
    return bool(log.get("flush_on_shutdown"))
