"""Changes to a running Tempo that would lose sight of traces, or that Kubernetes refuses halfway."""

from collections.abc import Collection, Mapping
from typing import Any

from ..storage.endpoint import store_address
from .upgrades import PreparedChange

REPLACE = "pulumi up --replace <urn of the release>"

State = dict[str, Any]

MONOLITHIC, INGESTERS, KAFKA = "monolithic", "distributed", "distributed through Kafka"

_OTHER_SHAPE = (
    "mode changes from {before} to {after}: spans that are not in the bucket yet stay behind on the volumes of the old "
    "pods. Keep this one, and add a second Tracing with another release name, the same bucket and the new mode, "
    "{one_compactor}; send traces there, let the first one flush for an hour, remove it, and then that value"
)
_WAYS = {
    (INGESTERS, KAFKA): (
        "the chart changes from Tempo 2 to Tempo 3, which has no ingesters: what they hold would never reach the "
        "bucket. Keep this one, and add a second Tracing with another release name, the same bucket and the new "
        "chart_version, {one_compactor}; send traces there, let the ingesters flush for an hour, remove the first "
        "one, and then that value"
    ),
    (KAFKA, INGESTERS): (
        "the chart changes from Tempo 3 back to Tempo 2: there is no way back in place, as Tempo 2 reads nothing of "
        "what is in the topic. Keep chart_version as it is; or add a second Tracing with another release name and the "
        "same bucket, {one_compactor}; send traces there, and remove the first one once its block-builders have "
        "read the topic to its end"
    ),
}


def state_problems(
    applied: Mapping[str, Any], wanted: Mapping[str, Any], *, prepared: Collection[PreparedChange] = ()
) -> list[str]:
    """Compare the applied chart values with the new ones; give every forbidden change with its way out.

    `prepared` names what was prepared by hand and may pass.
    """
    before, after = _shape(applied), _shape(wanted)
    if before != after:
        way = _WAYS.get((before, after), _OTHER_SHAPE)
        return [way.format(before=before, after=after, one_compactor=_one_compactor(after))]
    return [
        *([] if PreparedChange.LOCATION in prepared else _moved_blocks(applied, wanted)),
        *_changed_volumes(applied, wanted),
        *_changed_topic(applied, wanted),
        *([] if PreparedChange.INGESTERS in prepared else _fewer_ingesters(applied, wanted)),
    ]


def _one_compactor(shape: str) -> str:
    value = "{overrides: {defaults: {compaction: {compaction_disabled: true}}}}"
    place = f"{{tempo: {value}}}" if shape == MONOLITHIC else value
    return f"with {place} among its values, as one bucket takes one compactor"


def _shape(values: Mapping[str, Any]) -> str:
    if "traces" not in values:
        return MONOLITHIC
    return INGESTERS if "ingester" in values else KAFKA


def _changed_topic(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    before, after = _at(applied, "ingest", "kafka") or {}, _at(wanted, "ingest", "kafka") or {}
    found = []
    if before.get("topic") != after.get("topic"):
        found.append(
            f"the topic changes from {before.get('topic')!r} to {after.get('topic')!r}: spans that are not in a block "
            "yet would stay behind in the old one. Change it back; or stop the senders, wait until the block-builders "
            f"have read the old topic to its end, and then run {REPLACE}"
        )
    count = "auto_create_topic_default_partitions"
    if before and after and after[count] < before[count]:
        found.append(
            f"partitions fall from {before[count]} to {after[count]}: no topic can shrink, and nobody would read the "
            f"partitions above. Keep {before[count]}; or add a second Tracing with another release name and "
            "kafka_topic and the same bucket, send traces there, and remove the first one once its topic is read"
        )
    return found


def _moved_blocks(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    before, after = _blocks(applied), _blocks(wanted)
    return [
        f"{what} changes from {before[what]!r} to {after[what]!r}: every trace written so far would vanish from "
        "queries and never expire. Change it back; or copy the blocks first, let the old traces go, or make sure that "
        "it is the old place under another name, and then apply once with allow_changes "
        f'["{PreparedChange.LOCATION}"]'
        for what in before
        if before[what] != after[what]
        and not (what == "the address of the store" and None in (before[what], after[what]))
    ]


def _blocks(values: Mapping[str, Any]) -> State:
    trace = _at(values, "storage", "trace") or _at(values, "tempo", "storage", "trace") or {}
    s3 = trace.get("s3") or {}
    return {
        "the storage backend": trace.get("backend", "local"),
        "the address of the store": store_address(s3.get("endpoint") or "", s3.get("region") or "") if s3 else None,
        "the bucket": s3.get("bucket", ""),
        "the bucket prefix": s3.get("prefix", ""),
    }


def _changed_volumes(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    before, after = _volumes(applied), _volumes(wanted)
    return [
        f"{what} changes from {before[what]!r} to {after[what]!r}: no StatefulSet can change its volume claim "
        "templates. Change it back; or, to grow volumes, raise the size in their claims and then run "
        f"{REPLACE}, which keeps them"
        for what in before
        if what in after and before[what] != after[what]
    ]


def _fewer_ingesters(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Let an ingester go only where what it confirmed is held by another: one of at least three copies.

    Tempo's ingesters do not flush when they stop, and nobody reads the volume of one that is gone
    (https://grafana.com/docs/tempo/v2.10.x/api_docs/#shutdown).
    """
    before, after = _at(applied, "ingester", "replicas"), _at(wanted, "ingester", "replicas")
    if not before or not after or after >= before:
        return []
    copies = _at(applied, "ingester", "config", "replication_factor") or 1
    if copies >= 3 and before - after == 1:
        return []
    way = (
        f"Go down by one, to {before - 1}, and go on once the others have flushed, after max_block_duration and some "
        "minutes; or"
        if copies >= 3
        else "Keep them; or"
    )
    return [
        f"ingesters fall from {before} to {after}, with {copies} of each span: those that leave keep spans on their "
        f"volumes that are in no block of the bucket and that nobody else has. {way} have each pod that leaves, from "
        f"ingester-{before - 1} downwards, flush by a POST to its /shutdown, and then apply once with "
        f'allow_changes ["{PreparedChange.INGESTERS}"]'
    ]


def _volumes(values: Mapping[str, Any]) -> State:
    claims = {
        MONOLITHIC: {"": _at(values, "persistence")},
        INGESTERS: {
            "ingester ": _at(values, "ingester", "persistence"),
            "generator ": _at(values, "metricsGenerator", "persistence"),
        },
        KAFKA: {"generator ": _at(values, "metricsGenerator", "persistence")},
    }[_shape(values)]
    return {
        f"the {owner}volume {what}": claim.get(key, "")
        for owner, claim in claims.items()
        if claim
        for what, key in (("size", "size"), ("storage class", _storage_class_key(values)))
    }


def _storage_class_key(values: Mapping[str, Any]) -> str:
    return "storageClassName" if _shape(values) == MONOLITHIC else "storageClass"


def _at(values: Mapping[str, Any], *path: str) -> Any:
    found: Any = values
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
