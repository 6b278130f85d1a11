"""Updates of the Loki release that its applied state forbids, as they would lose logs or fail halfway.

`update_problems` compares chart values, `upgrade_problems` all inputs of the release, the version of its chart among
them. Each problem is a message with the field, both values, the rule and the fix.
"""

import json
from collections.abc import Collection, Mapping
from datetime import date
from functools import reduce
from itertools import pairwise
from typing import Any

from .._guard import forbidden_change, forbidden_changes
from .._memberlist import ClusterLabel, Membership, membership_problems
from .._merge import deep_merge
from .._shown import shown
from .._tenants import THE_ONLY_TENANT
from .._workload import ZONE_LABEL
from ..charts import major_version
from ..storage.s3 import store_address
from .modes import SCALED_SECTIONS, LokiMode, LokiRole, PersistenceStyle, path_between
from .spec import GuardedChange
from .values import CHART_ZONES

Values = Mapping[str, Any]

STATEFUL_SETS = (
    *(role for role in LokiRole if role.persistence_style is not PersistenceStyle.NONE),
    LokiRole.RULER,
    LokiRole.PATTERN_INGESTER,
)
"""The workloads that are StatefulSets; the last two have a volume only where values ask for one."""

RECREATED_STATEFULSETS = (LokiRole.RULER, LokiRole.PATTERN_INGESTER)
"""Workloads whose StatefulSet has another Service or another pod management policy in each major version."""

HEADLESS_IN_V6 = (LokiRole.QUERY_SCHEDULER, LokiRole.RULER)
"""Workloads whose Service is headless in version 6 alone: a Service may stay without an address, but not lose one."""

_MODES = {mode.chart_name: {mode} for mode in LokiMode} | {"Monolithic": {LokiMode.MONOLITHIC}}


def update_problems(old: Values, new: Values, *, today: date, allowed: Collection[GuardedChange] = ()) -> list[str]:
    """Return every forbidden change from the `old`, applied chart values to the `new` ones.

    `today` is the current day in UTC. `allowed` changes are not checked.
    """
    checks = {
        GuardedChange.LOCATION: location_problems,
        GuardedChange.TENANTS: tenant_problems,
        GuardedChange.VOLUMES: volume_problems,
        GuardedChange.ZONES: zone_problems,
        GuardedChange.INGESTERS: ingester_problems,
    }
    return [
        *schema_problems(old, new, today),
        *mode_problems(old, new),
        *(problem for change, check in checks.items() if change not in allowed for problem in check(old, new)),
    ]


def schema_problems(old: Values, new: Values, today: date) -> list[str]:
    """Return a message for each applied schema entry that changed, and for each new one that does not begin later."""
    applied, changed = _schema_entries(old), _schema_entries(new)
    if not applied or min(entry["from"] for entry in applied) > today.isoformat():
        return []  # Loki has refused every line so far: nothing was written in these formats.
    problems = [
        f"schema_entries.{index} (from {entry['from']}): must not be {_kind_of_change(entry, changed)} once applied, "
        f"as logs written under it can only be read with it; restore {_described(entry)}"
        for index, entry in enumerate(applied)
        if changed[index : index + 1] != [entry]
    ]
    days = {entry["from"] for entry in applied}
    latest = max(*days, today.isoformat())
    problems += [
        f"schema_entries.{index}.from = {shown(entry['from'])}: must be after {latest}, as a format can only be set "
        "for logs that are yet to be written; set a later day, in UTC"
        for index, entry in enumerate(changed)
        if entry["from"] not in days and entry["from"] <= latest
    ]
    return problems


def _schema_entries(values: Values) -> list[dict[str, Any]]:
    config = _merged(
        _section(values, "loki", "schemaConfig"), _section(values, "loki", "structuredConfig", "schema_config")
    )
    return [{**entry, "from": str(entry.get("from"))[:10]} for entry in config.get("configs") or []]


def _kind_of_change(entry: Values, changed: list[dict[str, Any]]) -> str:
    if entry in changed:
        return "moved"
    return "edited" if any(other["from"] == entry["from"] for other in changed) else "removed"


def _described(entry: Values) -> str:
    index = entry.get("index") or {}
    return (
        f"store {entry.get('store')}, object_store {entry.get('object_store')}, schema {entry.get('schema')}, "
        f"index {index.get('prefix')} {index.get('period')}"
    )


def mode_problems(old: Values, new: Values) -> list[str]:
    """Return a message where a mode is removed before its successor runs, or in the step that adds another."""
    before, after = _modes(old), _modes(new)
    if not before or not after or before <= after or after <= before:
        return []
    if before & after:
        kept, removed, added = (
            " and ".join(sorted(modes)) for modes in (before & after, before - after, after - before)
        )
        return [
            f'mode = "{added}": must not be added in the update that removes "{removed}", as Loki migrates between two '
            f'modes at a time; remove migrate_from with mode "{kept}" and apply, then set mode "{added}" with '
            f'migrate_from "{kept}"'
        ]
    start, end = _furthest_apart(before, after)
    steps = "; then ".join(
        f'set mode "{later}" with migrate_from "{earlier}" and apply, remove migrate_from and apply again'
        for earlier, later in pairwise(path_between(start, end))
    )
    return [
        forbidden_change(
            "mode",
            start,
            end,
            f"lines in memory and in the write-ahead logs of {start} could not be read; run both modes until the pods "
            f"of {start} have flushed to the bucket: {steps}",
        )
    ]


def _modes(values: Values) -> set[LokiMode]:
    names = str(values.get("deploymentMode") or "").split("<->")
    return set().union(*(_MODES.get(name, set()) for name in names))


def _furthest_apart(before: set[LokiMode], after: set[LokiMode]) -> tuple[LokiMode, LokiMode]:
    order = list(LokiMode)
    return max(
        ((start, end) for start in before for end in after),
        key=lambda pair: abs(order.index(pair[0]) - order.index(pair[1])),
    )


def location_problems(old: Values, new: Values) -> list[str]:
    """Return a message for each argument of the place of Loki's objects that would change."""
    return forbidden_changes(
        _location(old),
        _location(new),
        "Loki would no longer find what it has written; stop its writers and copy the objects, unless both names are "
        'of one store, then apply once with allow_changes ["location"]',
    )


def _location(values: Values) -> dict[str, Any]:
    """Return the place as Loki reads it: its own sections win over those of the chart, the client's over `common`.

    Each later layer is merged over the one before it.
    """
    storage = _section(values, "loki", "storage")
    common = _section(values, "loki", "structuredConfig", "common", "storage")
    config = _merged(
        _section(values, "loki", "storage_config"), _section(values, "loki", "structuredConfig", "storage_config")
    )
    bucket = _section(storage, "bucketNames").get("chunks")
    uses_thanos = bool(config.get("use_thanos_objstore", storage.get("use_thanos_objstore")))
    if uses_thanos:
        named: dict[str, Any] = {"object_store": {"s3": {"bucket_name": bucket}}}
        thanos = _merged(*(_section(layer, "object_store") for layer in (storage, named, common, config)))
        s3 = _section(thanos, "s3")
        endpoint = _endpoint(s3) if s3.get("endpoint") else {}
        kind, bucket, prefix = thanos.get("type"), s3.get("bucket_name"), thanos.get("storage_prefix")
    else:
        named = {"bucketnames": bucket}
        s3 = _merged(_section(storage, "s3"), named, _section(common, "s3"), _section(config, "aws"))
        kind, bucket, prefix = None, s3.get("bucketnames"), None
        endpoint = _endpoint(s3) if storage.get("type") == "s3" else {}
    return {
        "store": kind or storage.get("type"),
        **endpoint,
        "values.loki.storage.s3.s3": str(s3.get("s3") or "").rpartition("@")[2],
        "bucket": bucket,
        "bucket_prefix": config.get("object_prefix") or "",
        "storage_prefix": prefix or "",
        "use_thanos_objstore": uses_thanos,
    }


def _endpoint(s3: Values) -> dict[str, str]:
    return {"endpoint": store_address(str(s3.get("endpoint") or ""), str(s3.get("region") or ""))}


def tenant_problems(old: Values, new: Values) -> list[str]:
    """Return a message where logs would be kept by tenant for the first time, or no longer."""
    before, after = (bool(_section(values, "loki").get("auth_enabled")) for values in (old, new))
    if not (old.get("loki") and new.get("loki")) or before == after:
        return []
    if after:
        return [
            f'tenants: must not be added in one update, as logs written without them belong to "{THE_ONLY_TENANT}" and '
            f'every client must name its tenant; keep "{THE_ONLY_TENANT}" among tenants to read them, have collectors '
            'and Grafana send the header X-Scope-OrgID, then apply once with allow_changes ["tenants"]'
        ]
    return [
        f'tenants: must not be removed in one update, as Loki would read the logs of "{THE_ONLY_TENANT}" alone; keep '
        'them, or apply once with allow_changes ["tenants"] if the logs of the others are not needed'
    ]


def volume_problems(old: Values, new: Values) -> list[str]:
    """Return a message for each claim template that is added or removed, and for each size or class that changes."""
    reason = (
        "the claim templates of a StatefulSet are immutable; delete it with kubectl delete statefulset "
        "--cascade=orphan, expand its claims if the storage class allows it, then apply once with "
        'allow_changes ["volumes"]'
    )
    return [
        problem
        for role in STATEFUL_SETS
        for problem in forbidden_changes(_claims(old, role), _claims(new, role), reason)
    ]


def _claims(values: Values, role: LokiRole) -> dict[str, str]:
    """Return names, sizes and classes of the claims of a StatefulSet by argument, empty where it does not run."""
    argument = _argument(role)
    names = f"values.{role.section}.persistence"
    section = _section(values, role.section)
    if not section.get("replicas"):
        return {}
    persistence = _section(section, "persistence")
    style = role.persistence_style
    key = style.value if style in (PersistenceStyle.ENABLED, PersistenceStyle.VOLUME_CLAIMS_ENABLED) else "enabled"
    persistent = persistence.get(key, style is not PersistenceStyle.NONE) and not persistence.get("inMemory")
    if not persistent or persistence.get("type", "pvc") != "pvc":
        return {names: "none"}
    claims = persistence.get("claims") or [persistence]
    return {
        names: " and ".join(str(claim.get("name") or "data") for claim in claims),
        f"{argument}volume_size": " and ".join(str(claim.get("size") or "") for claim in claims),
        f"{argument}storage_class": " and ".join(str(claim.get("storageClass") or "") for claim in claims),
    }


def _argument(role: LokiRole) -> str:
    """Return the beginning of the arguments of a workload; those of monolithic Loki are of `Logging` itself."""
    return "" if role is LokiRole.LOKI else f"workloads.{role}."


def zone_problems(old: Values, new: Values) -> list[str]:
    """Return a message where ingesters would move between one StatefulSet and three, or to another zone."""
    before, after = _zones(old), _zones(new)
    if before is None or after is None or before == after:
        return []
    return [
        forbidden_change(
            "ingester_zones",
            before,
            after,
            "all running ingesters would be replaced at once, without their volumes; flush each by a POST to "
            '/ingester/shutdown?flush=true, apply once with allow_changes ["zones"], then forget the old ones on /ring',
        )
    ]


def _zones(values: Values) -> list[str] | None:
    """Return the zones of the ingesters, empty where they have none; `None` where no ingester runs."""
    section = _section(values, LokiRole.INGESTER.section)
    if not section.get("replicas"):
        return None
    replication = _section(section, "zoneAwareReplication")
    if not replication.get("enabled"):
        return []
    return [str(_section(replication, zone, "nodeSelector").get(ZONE_LABEL) or "any") for zone in CHART_ZONES]


def ingester_problems(old: Values, new: Values) -> list[str]:
    """Return a message for each workload of ingesters that loses more pods than can hand over what they hold.

    A single one may stop without a loss: it flushes first, and a write quorum does without it
    (https://grafana.com/docs/loki/latest/operations/storage/wal/#scale-down). A StatefulSet would stop several at once.
    All pods of a mode may stop where they flush: those of the other mode run.
    """
    problems = []
    for role in (mode.ingester for mode in LokiMode):
        before, after = (int(_section(values, role.section).get("replicas") or 0) for values in (old, new))
        removed = before - after
        if removed <= 0 or (_flushes(old) and (removed == 1 or not after)):
            continue
        zoned = bool(_section(new, role.section, "zoneAwareReplication").get("enabled")) and after > 0
        which = "the last of each zone" if zoned else f"from {role}-{before - 1} downwards"
        problems.append(
            forbidden_change(
                f"{_argument(role)}replicas",
                before,
                after,
                f"{_why(before, removed, old)}; {'' if zoned else _first(before, old)}flush each pod that is "
                f"removed{f', {which},' if after else ''} by a POST to its /ingester/shutdown?flush=true, then apply "
                'once with allow_changes ["ingesters"]',
            )
        )
    return problems


def _why(before: int, removed: int, old: Values) -> str:
    if _flushes(old):
        return (
            f"{removed} of them would stop at once, with lines in memory that are not in the bucket and that the other "
            f"{before - removed} may not have"
        )
    return "its pods do not flush when they stop, and the write-ahead log on the volume of a removed pod is not read"


def _first(before: int, old: Values) -> str:
    if _flushes(old):
        return f"go down to {before - 1}, apply, and go on when that pod has stopped; or "
    return "apply values that set loki.ingester.wal.flush_on_shutdown first; or "


def _flushes(values: Values) -> bool:
    log = _merged(
        _section(values, "loki", "ingester", "wal"), _section(values, "loki", "structuredConfig", "ingester", "wal")
    )
    return bool(log.get("flush_on_shutdown"))


def upgrade_problems(old: Values, new: Values, *, allowed: Collection[GuardedChange] = ()) -> list[str]:
    """Return every forbidden change from the `old`, applied inputs of the release to the `new` ones."""
    return [*label_problems(old, new), *([] if GuardedChange.CHART in allowed else chart_problems(old, new))]


def label_problems(old: Values, new: Values) -> list[str]:
    """Return a message where pods of the `old` and the `new` inputs would discard each other's messages of the ring.

    A single pod has no others.
    """
    before, after = _section(old, "values"), _section(new, "values")
    if not (before.get("loki") and after.get("loki")) or max(_pods(before), _pods(after)) <= 1:
        return []
    label = f"{new.get('name')}.{new.get('namespace')}"
    settings = {Membership.of(setting.config(label)): f'cluster_label = "{setting}"' for setting in ClusterLabel}

    def setting_of(membership: Membership) -> str:
        return settings.get(membership, f"values.loki.extraMemberlistConfig = {json.dumps(membership.config)}")

    return membership_problems(_membership(before), _membership(after), setting_of)


def _pods(values: Values) -> int:
    return sum(int(_section(values, section).get("replicas") or 0) for section in SCALED_SECTIONS)


def _membership(values: Values) -> Membership:
    """Return the membership as Loki reads it: `memberlistConfig` replaces the section, `structuredConfig` wins."""
    loki = _section(values, "loki")
    section = _section(loki, "memberlistConfig") or _section(loki, "extraMemberlistConfig")
    return Membership.of(_merged(section, _section(loki, "structuredConfig", "memberlist")))


def chart_problems(old: Values, new: Values) -> list[str]:
    """Return a message where the `new` inputs of the release have a chart that Kubernetes would refuse halfway."""
    before, after = old.get("version"), new.get("version")
    if not isinstance(before, str) or not isinstance(after, str):
        return []
    if (major_version(before) == 6) == (major_version(after) == 6):
        return []
    sets, services = (
        [f"{new.get('name')}-{role}" for role in roles if _runs(old, role) and _runs(new, role)]
        for roles in (RECREATED_STATEFULSETS, HEADLESS_IN_V6 if major_version(after) == 6 else ())
    )
    delete = f"kubectl -n {new.get('namespace')} delete"
    commands = [f"{delete} statefulset {' '.join(sets)} --cascade=orphan"] if sets else []
    commands += [f"{delete} service {' '.join(services)}"] if services else []
    if not commands:
        return []
    named = [f"{kind} {' and '.join(names)}" for kind, names in (("StatefulSet", sets), ("Service", services)) if names]
    return [
        forbidden_change(
            "chart_version",
            before,
            after,
            f"immutable fields of {' and of '.join(named)} differ and the upgrade would fail halfway; delete them, "
            f'which keeps all pods running, and apply once with allow_changes ["{GuardedChange.CHART}"]: '
            f"{'; '.join(commands)}",
        )
    ]


def _runs(inputs: Values, role: LokiRole) -> bool:
    values = _section(inputs, "values")
    distributed = LokiMode.DISTRIBUTED.chart_name in str(values.get("deploymentMode") or "").split("<->")
    return distributed and bool(_section(values, role.section).get("replicas"))


def _merged(*layers: Values) -> dict[str, Any]:
    return reduce(deep_merge, layers, {})


def _section(values: Any, *path: str) -> Values:
    """Return a section of the values, empty where there is none."""
    for key in path:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values if isinstance(values, Mapping) else {}
