"""What no StatefulSet can change under its pods: the claims of their volumes, and the zones that these lie in."""

from collections.abc import Mapping
from typing import Any

from .distributed import ZONES
from .modes import Claims, Role
from .workload import ZONE

Values = Mapping[str, Any]


STATEFUL = (*(role for role in Role if role.claims is not Claims.NONE), Role.RULER, Role.PATTERN_INGESTER)
"""The workloads that are StatefulSets; the last two have a volume only where values ask for one."""


def volume_problems(applied: Values, wanted: Values) -> list[str]:
    """Give a sentence for each claim template that would come or go, and for each size or class that would change."""
    problems = []
    for role in STATEFUL:
        old, new = (_claims(values, role) for values in (applied, wanted))
        problems += [
            f"{what} of {role} cannot change from {old[what] or 'the default'} to {new[what] or 'the default'}: no "
            "StatefulSet can change its claim templates, the upgrade would fail. Delete the StatefulSet with "
            "kubectl delete statefulset --cascade=orphan, enlarge its claims where the class can, then apply once "
            'with allow_changes ["volumes"]'
            for what in old
            if what in new and old[what] != new[what]
        ]
    return problems


def _claims(values: Values, role: Role) -> dict[str, str]:
    """Give names, sizes and classes of the claims of a StatefulSet, empty where it does not run."""
    section = values.get(role.section) or {}
    if not section.get("replicas"):
        return {}
    persistence = section.get("persistence") or {}
    switch = role.claims.value if role.claims in (Claims.SINGLE, Claims.SCALED) else "enabled"
    kept = persistence.get(switch, role.claims is not Claims.NONE) and not persistence.get("inMemory")
    if not kept or persistence.get("type", "pvc") != "pvc":
        return {"volume": "none"}
    claims = persistence.get("claims") or [persistence]
    return {
        "volume": " and ".join(str(claim.get("name") or "data") for claim in claims),
        "volume size": " and ".join(str(claim.get("size") or "") for claim in claims),
        "storage class": " and ".join(str(claim.get("storageClass") or "") for claim in claims),
    }


def zone_problems(applied: Values, wanted: Values) -> list[str]:
    """Give a sentence when ingesters would move between one StatefulSet and three, or to another zone."""
    old, new = _zones(applied), _zones(wanted)
    if old is None or new is None or old == new:
        return []
    return [
        f"ingesters cannot go from {_shown(old)} to {_shown(new)} as they run: all of them would be replaced at once, "
        "and their volumes stay where they are. Flush each by a POST to /ingester/shutdown?flush=true, apply once with "
        'allow_changes ["zones"], then forget the old ones on /ring'
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
