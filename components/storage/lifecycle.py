"""Lifecycle rules of the buckets: they tidy up what nobody can read any more, and expire nothing else.

Loki, Tempo and Thanos delete by their own retention and keep indexes that must not lose an object behind their back.
"""

from collections.abc import Mapping, Sequence
from typing import Any

ABORT_UPLOADS_AFTER_DAYS = 1
_TIDYING = {"id", "status", "filter", "abort_incomplete_multipart_upload", "noncurrent_version_expiration"}
_MARKERS_ONLY = {"expired_object_delete_marker": True}


def lifecycle_rules(*, versioned: bool, noncurrent_days: int) -> list[dict[str, Any]]:
    """Give the rules of a bucket: abort abandoned uploads and, where `versioned`, drop versions no longer current."""
    rules: list[dict[str, Any]] = [
        {
            "id": "abort-incomplete-uploads",
            "status": "Enabled",
            "filter": {},
            "abort_incomplete_multipart_upload": {"days_after_initiation": ABORT_UPLOADS_AFTER_DAYS},
        }
    ]
    if versioned:
        rules.append(
            {
                "id": "expire-noncurrent-versions",
                "status": "Enabled",
                "filter": {},
                "noncurrent_version_expiration": {"noncurrent_days": noncurrent_days},
                "expiration": dict(_MARKERS_ONLY),
            }
        )
    return refuse_expiration(rules)


def refuse_expiration(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give `rules` back; raise `ValueError` when one of them could remove or move away an object that is current."""
    for number, one in enumerate(rules):
        place = f"lifecycle rule {one.get('id', number)}"
        expiration = one.get("expiration")
        if expiration is not None and dict(expiration) != _MARKERS_ONLY:
            raise ValueError(
                f"{place} expires objects ({dict(expiration)!r}): retention belongs to Loki, Tempo and Thanos, "
                "which keep indexes; a rule may only remove expired delete markers"
            )
        surplus = sorted(set(one) - _TIDYING - {"expiration"})
        if surplus:
            raise ValueError(f"{place} has {surplus[0]!r}: a rule only aborts uploads and drops noncurrent versions")
    return [dict(one) for one in rules]
