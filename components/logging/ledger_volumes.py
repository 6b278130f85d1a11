"""What no StatefulSet can change under its pods: the claims of their volumes, and the zones that these lie in."""

from collections.abc import Mapping
from typing import Any

from .distributed import ZONES
from .modes import Claims, Role
from .workload import ZONE

Values = Mapping[str, Any]


def volume_problems(applied: Values, wanted: Values) -> list[str]:
    """Give a sentence for each size or class of a claim template that would change."""
    problems = []
    for role in (role for role in Role if role.claims is not Claims.NONE):
        old, new = (_claim(values, role) for values in (applied, wanted))
        if old and new:
            problems += [
                f"{what} of {role} cannot change from {old[what] or 'the default'} to {new[what] or 'the default'}: no "
                "StatefulSet can change its claim templates, the upgrade would fail. Delete the StatefulSet with "
                "kubectl delete statefulset --cascade=orphan, enlarge its claims where the class can, then apply once "
                'with prepared_changes ["volumes"]'
                for what in old
                if old[what] != new[what]
            ]
    return problems


def _claim(values: Values, role: Role) -> dict[str, str]:
    """Give size and class of the claims of a StatefulSet, empty where it does not run."""
    section = values.get(role.section) or {}
    if not section.get("replicas"):
        return {}
    persistence = section.get("persistence") or {}
    if role.claims is Claims.LISTED:
        persistence = next(iter(persistence.get("claims") or []), {})
    return {
        "volume size": str(persistence.get("size") or ""),
        "storage class": str(persistence.get("storageClass") or ""),
    }


def zone_problems(applied: Values, wanted: Values) -> list[str]:
    """Give a sentence when ingesters would move between one StatefulSet and three, or to another zone."""
    old, new = _zones(applied), _zones(wanted)
    if old is None or new is None or old == new:
        return []
    return [
        f"ingesters cannot go from {_shown(old)} to {_shown(new)} as they run: all of them would be replaced at once, "
        "and their volumes stay where they are. Flush each by a POST to /ingester/shutdown?flush=true, apply once with "
        'prepared_changes ["zones"], then forget the old ones on /ring'
    ]


def _zones(values: Values) -> list[str] | None:
    """Give the zones of the ingesters, empty where they have none; `None` where no ingester runs."""
    section = values.get(Role.INGESTER.section) or {}
    if not section.get("replicas"):
        return None
    replication = section.get("zoneAwareReplication") or {}
    if not replication.get("enabled"):
        return []
    return [str(((replication.get(zone) or {}).get("nodeSelector") or {}).get(ZONE) or "any") for zone in ZONES]


def _shown(zones: list[str]) -> str:
    return f"zones {', '.join(zones)}" if zones else "one StatefulSet"
