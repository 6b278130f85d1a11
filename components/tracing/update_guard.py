"""Updates of the Tempo release that its applied state forbids, as they would lose traces or fail halfway.

`update_problems` compares chart values, `upgrade_problems` all inputs of the release, the version of its chart among
them. Each problem is a message with the field, both values, the rule and the fix.
"""

import json
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from .._bucket import Store
from .._guard import forbidden_change, forbidden_changes
from .._memberlist import Membership, membership_problems
from .._merge import deep_merge, value_at
from .._shown import shown
from ..storage.s3 import store_address
from .modes import TempoMode, TempoRole
from .spec import GuardedChange

Values = Mapping[str, Any]

REPLACE = "pulumi up --replace <urn of the release>"
CHART_LABEL = "{{ .Release.Name }}.{{ .Release.Namespace }}"
"""The label of the ring in every version of the chart."""

FIRST_WITH_HEADLESS_MEMCACHED = (2, 17, 10)
"""The version of the chart from which the Service of memcached is headless, by its README."""


class Topology(StrEnum):
    """The workloads that hold spans, by the chart values of a release."""

    MONOLITHIC = "monolithic"
    INGESTERS = "distributed"
    KAFKA = "distributed with Kafka"

    @property
    def mode(self) -> TempoMode:
        """The mode of its release."""
        return TempoMode.MONOLITHIC if self is Topology.MONOLITHIC else TempoMode.DISTRIBUTED


_MODE_CHANGE = (
    "spans on the volumes of the old pods would not reach the bucket; keep this Tracing and add a second one with "
    "another release name, the same bucket and the new mode, {one_compactor}; send traces to it, let the first one "
    "flush for an hour, remove the first one, and then that value"
)
_CHART_CHANGES = {
    (Topology.INGESTERS, Topology.KAFKA): (
        "chart_version: must not change from Tempo 2 to Tempo 3 in one update, as Tempo 3 has no ingesters, and what "
        "they hold would not reach the bucket; keep this Tracing and add a second one with another release name, the "
        "same bucket and the new chart_version, {one_compactor}; send traces to it, let the ingesters flush for "
        "an hour, remove the first one, and then that value"
    ),
    (Topology.KAFKA, Topology.INGESTERS): (
        "chart_version: must not change from Tempo 3 to Tempo 2 in one update, as Tempo 2 does not read the topic; "
        "keep chart_version, or add a second Tracing with another release name and the same bucket, {one_compactor}; "
        "send traces to it, and remove the first one once its block-builders have read the topic to its end"
    ),
}


def update_problems(old: Values, new: Values, *, allowed: Collection[GuardedChange] = ()) -> list[str]:
    """Return every forbidden change from the `old`, applied chart values to the `new` ones.

    `allowed` changes are not checked.
    """
    before, after = _topology(old), _topology(new)
    if before != after:
        if before.mode is after.mode:
            return [_CHART_CHANGES[before, after].format(one_compactor=_one_compactor(after))]
        reason = _MODE_CHANGE.format(one_compactor=_one_compactor(after))
        return [forbidden_change("mode", before.mode, after.mode, reason)]
    return [
        *([] if GuardedChange.LOCATION in allowed else _location_problems(old, new)),
        *_volume_problems(old, new),
        *_topic_problems(old, new),
        *_label_problems(old, new),
        *([] if GuardedChange.INGESTERS in allowed else _ingester_problems(old, new)),
    ]


def _topology(values: Values) -> Topology:
    if "traces" not in values:
        return Topology.MONOLITHIC
    return Topology.INGESTERS if "ingester" in values else Topology.KAFKA


def _one_compactor(topology: Topology) -> str:
    value = "{overrides: {defaults: {compaction: {compaction_disabled: true}}}}"
    place = f"{{tempo: {value}}}" if topology is Topology.MONOLITHIC else value
    return f"with {place} among its values, as a bucket must have exactly 1 compactor"


def _location_problems(old: Values, new: Values) -> list[str]:
    return forbidden_changes(
        _location(old),
        _location(new),
        "queries would not find the traces written so far, and these would not expire; change it back; or copy the "
        "blocks, or accept the loss of the old traces, or check that both are names of one place, and then apply once "
        f'with allow_changes ["{GuardedChange.LOCATION}"]',
    )


def _location(values: Values) -> dict[str, Any]:
    trace = value_at(values, ("storage", "trace")) or value_at(values, ("tempo", "storage", "trace")) or {}
    s3 = trace.get("s3") or {}
    endpoint = {"endpoint": store_address(s3.get("endpoint") or "", s3.get("region") or "")} if s3 else {}
    return {
        "store": Store.FILESYSTEM if trace.get("backend", "local") == "local" else trace["backend"],
        **endpoint,
        "bucket": s3.get("bucket", ""),
        "bucket_prefix": s3.get("prefix", ""),
    }


def _volume_problems(old: Values, new: Values) -> list[str]:
    return forbidden_changes(
        _volumes(old),
        _volumes(new),
        "the volume claim templates of a StatefulSet are immutable; change it back; or, to grow volumes, raise the "
        f"size in their claims and then run {REPLACE}, which keeps them",
    )


def _volumes(values: Values) -> dict[str, Any]:
    generator = {f"workloads.{TempoRole.METRICS_GENERATOR}.": value_at(values, ("metricsGenerator", "persistence"))}
    ingester = {f"workloads.{TempoRole.INGESTER}.": value_at(values, ("ingester", "persistence"))}
    topology = _topology(values)
    claims = {
        Topology.MONOLITHIC: {"": value_at(values, ("persistence",))},
        Topology.INGESTERS: ingester | generator,
        Topology.KAFKA: generator,
    }[topology]
    storage_class_key = "storageClassName" if topology is Topology.MONOLITHIC else "storageClass"
    return {
        f"{workload}{argument}": claim.get(key, "")
        for workload, claim in claims.items()
        if claim
        for argument, key in (("volume_size", "size"), ("storage_class", storage_class_key))
    }


def _topic_problems(old: Values, new: Values) -> list[str]:
    before, after = value_at(old, ("ingest", "kafka")) or {}, value_at(new, ("ingest", "kafka")) or {}
    problems = []
    if before.get("topic") != after.get("topic"):
        problems.append(
            forbidden_change(
                "kafka_topic",
                before.get("topic"),
                after.get("topic"),
                f"spans of the old topic that are not in a block yet would be lost; set kafka_topic "
                f"{shown(before.get('topic'))} to keep it; or stop the senders, wait until the block-builders have "
                f"read the old topic to its end, and then run {REPLACE}",
            )
        )
    count = "auto_create_topic_default_partitions"
    if before and after and after[count] < before[count]:
        problems.append(
            forbidden_change(
                "partitions",
                before[count],
                after[count],
                f"a topic cannot shrink, and the partitions above would not be read; keep {before[count]}; or add a "
                "second Tracing with another release name and kafka_topic and the same bucket, send traces to it, and "
                "remove the first one once its topic is read",
            )
        )
    return problems


def _label_problems(old: Values, new: Values) -> list[str]:
    """Return a message where old and new pods would discard each other's messages of the ring; one pod has no others.

    No argument sets the label: it is the chart's unless `values` set another one.
    """
    if _topology(new) is Topology.MONOLITHIC:
        return []
    return membership_problems(
        _membership(old), _membership(new), lambda step: f"values.memberlist = {json.dumps(step.config)}"
    )


def _membership(values: Values) -> Membership:
    section = value_at(values, ("memberlist",)) or {}
    return Membership.of(
        deep_merge(section, value_at(values, ("tempo", "structuredConfig", "memberlist")) or {}), CHART_LABEL
    )


def _ingester_problems(old: Values, new: Values) -> list[str]:
    """Return a message where an ingester is removed whose confirmed spans no other one has, with 3 replicas of each.

    Tempo's ingesters do not flush when they stop, and no process reads the volume of one that was removed
    (https://grafana.com/docs/tempo/v2.10.x/api_docs/#shutdown).
    """
    before, after = value_at(old, ("ingester", "replicas")), value_at(new, ("ingester", "replicas"))
    if not before or not after or after >= before:
        return []
    replication_factor = value_at(old, ("ingester", "config", "replication_factor")) or 1
    if replication_factor >= 3 and before - after == 1:
        return []
    fix = (
        f"remove one, set {before - 1}, and go on once the others have flushed, after max_block_duration and some "
        "minutes"
        if replication_factor >= 3
        else f"keep {before}"
    )
    return [
        forbidden_change(
            "replicas",
            before,
            after,
            f"with replication factor {replication_factor} the ingesters that are removed hold spans on their volumes "
            f"that are neither in the bucket nor in another ingester; {fix}; or flush each pod that is removed, from "
            f"ingester-{before - 1} downwards, by a POST to its /shutdown, and then apply once with allow_changes "
            f'["{GuardedChange.INGESTERS}"]',
        )
    ]


def upgrade_problems(old: Values, new: Values, *, allowed: Collection[GuardedChange] = ()) -> list[str]:
    """Return every forbidden upgrade from the `old`, applied inputs of the release to the `new` ones."""
    before, after = old.get("version"), new.get("version")
    if GuardedChange.CACHE in allowed or not isinstance(before, str) or not isinstance(after, str):
        return []
    if _has_headless_memcached(before) == _has_headless_memcached(after):
        return []
    if not (_has_memcached(old) and _has_memcached(new)):
        return []
    memcached = f"{new.get('name')}-memcached"
    delete = f"kubectl -n {new.get('namespace')} delete"
    return [
        forbidden_change(
            "chart_version",
            before,
            after,
            "the upgrade changes immutable fields of the Service and the StatefulSet of memcached; delete both, which "
            f'loses cached blocks alone, and apply once with allow_changes ["{GuardedChange.CACHE}"]: '
            f"{delete} statefulset {memcached} --cascade=orphan; {delete} service {memcached}",
        )
    ]


def _has_memcached(inputs: Values) -> bool:
    """Whether the chart's own cache runs, as it does by default."""
    return value_at(inputs, ("values", "memcached", "enabled")) is not False


def _has_headless_memcached(version: str) -> bool:
    return tuple(int(number) for number in version.split(".")) >= FIRST_WITH_HEADLESS_MEMCACHED
