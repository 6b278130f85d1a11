"""What the applied state of a Loki release forbids: changes that would make written logs unreadable or fail halfway."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from .._merge import deep_merge
from .._tenants import THE_ONLY_TENANT
from .choices import PreparedChange
from .ledger_ingesters import ingester_problems
from .ledger_location import location_problems
from .ledger_modes import mode_problems
from .ledger_volumes import volume_problems, zone_problems

Values = Mapping[str, Any]


def ledger_problems(
    applied: Values, wanted: Values, *, today: date, prepared: Collection[PreparedChange] = ()
) -> list[str]:
    """Compare applied with wanted chart values; give every forbidden change with its rule and the way out.

    `today` is the current day in UTC. `prepared` names what was prepared by hand and may pass.
    """
    return [
        *_schema_problems(applied, wanted, today),
        *mode_problems(applied, wanted),
        *([] if PreparedChange.LOCATION in prepared else location_problems(applied, wanted)),
        *([] if PreparedChange.TENANTS in prepared else _tenant_problems(applied, wanted)),
        *([] if PreparedChange.VOLUMES in prepared else volume_problems(applied, wanted)),
        *([] if PreparedChange.ZONES in prepared else zone_problems(applied, wanted)),
        *([] if PreparedChange.INGESTERS in prepared else ingester_problems(applied, wanted)),
    ]


def _loki(values: Values, section: str, config_name: str) -> dict[str, Any]:
    """Read a section of Loki's configuration from both places of the values where it may stand."""
    loki = values.get("loki") or {}
    structured = loki.get("structuredConfig") or {}
    return deep_merge(loki.get(section) or {}, structured.get(config_name) or {})


def _entries(values: Values) -> list[dict[str, Any]]:
    entries = _loki(values, "schemaConfig", "schema_config").get("configs") or []
    return [{**entry, "from": str(entry.get("from"))[:10]} for entry in entries]


def _schema_problems(applied: Values, wanted: Values, today: date) -> list[str]:
    past, now = _entries(applied), _entries(wanted)
    if not past or min(entry["from"] for entry in past) > today.isoformat():
        return []  # Loki has refused every line so far, so that the ledger holds for none.
    problems = [
        f"schema entry {number}, from {old['from']}, was applied and cannot be {_what_happened(old, now)}: logs "
        f"written under it can only be read with it. Put it back as it was: {_shown(old)}"
        for number, old in enumerate(past, start=1)
        if now[number - 1 : number] != [old]
    ]
    last = max(entry["from"] for entry in past)
    known = {entry["from"] for entry in past}
    problems += [
        f"schema entry from {new['from']} must begin after {max(last, today.isoformat())}: a new format holds for logs "
        "to come, never for those already written. Choose a later day, counted in UTC"
        for new in now
        if new["from"] not in known and new["from"] <= max(last, today.isoformat())
    ]
    return problems


def _what_happened(old: Mapping[str, Any], now: list[dict[str, Any]]) -> str:
    if old in now:
        return "moved"
    return "edited" if any(entry["from"] == old["from"] for entry in now) else "removed"


def _shown(entry: Mapping[str, Any]) -> str:
    index = entry.get("index") or {}
    return (
        f"store {entry.get('store')}, object_store {entry.get('object_store')}, schema {entry.get('schema')}, "
        f"index {index.get('prefix')} {index.get('period')}"
    )


def _tenant_problems(applied: Values, wanted: Values) -> list[str]:
    old, new = (bool((values.get("loki") or {}).get("auth_enabled")) for values in (applied, wanted))
    if not (applied.get("loki") and wanted.get("loki")) or old == new:
        return []
    if new:
        return [
            f'logs written without tenants belong to tenant "{THE_ONLY_TENANT}" and every sender must name its tenant '
            f'from now on: keep "{THE_ONLY_TENANT}" among tenants to read them, have collectors and Grafana send the '
            'header X-Scope-OrgID, then apply once with allow_changes ["tenants"]'
        ]
    return [
        f'without tenants Loki reads the logs of tenant "{THE_ONLY_TENANT}" alone: those of all others would be out of '
        'reach. Keep tenants, or apply once with allow_changes ["tenants"] when nobody needs them'
    ]
