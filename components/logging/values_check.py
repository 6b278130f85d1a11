"""Chart values that would contradict arguments: replication factor, replicas, modes and schema entries."""

from collections.abc import Iterator, Mapping
from typing import Any

from .._merge import is_stated, value_at
from .modes import LokiMode, LokiRole

_REPLICATION_FACTOR = "the argument replication_factor"
_SCHEMA = "the argument schema_entries"

ARGUMENTS_TO_USE = {
    "deploymentMode": "the arguments mode and migrate_from",
    "loki.commonConfig.replication_factor": _REPLICATION_FACTOR,
    "loki.structuredConfig.common.replication_factor": _REPLICATION_FACTOR,
    "loki.structuredConfig.common.ring.replication_factor": _REPLICATION_FACTOR,
    "loki.ingester.lifecycler.ring.replication_factor": _REPLICATION_FACTOR,
    "loki.structuredConfig.ingester.lifecycler.ring.replication_factor": _REPLICATION_FACTOR,
    "loki.schemaConfig": _SCHEMA,
    "loki.structuredConfig.schema_config": _SCHEMA,
    "loki.useTestSchema": _SCHEMA,
    **{
        f"{role.section}.replicas": "the argument replicas"
        if role is LokiRole.LOKI
        else f"the argument workloads.{role}.replicas"
        for role in LokiRole
    },
}
"""Chart values that are set by an argument, each with that argument."""

REQUIRED_VALUES = (
    "loki.auth_enabled",
    "loki.storage",
    "loki.schemaConfig",
    "loki.limits_config.retention_period",
    "loki.limits_config.allow_structured_metadata",
    "loki.compactor.retention_enabled",
    "loki.compactor.delete_request_store",
    "loki.ingester.wal",
)
"""Chart values that no null may remove: without `delete_request_store`, Loki with retention does not start."""

SECTIONS = ("loki", "loki.commonConfig", "loki.structuredConfig", *(role.section for role in LokiRole))
"""Sections that the component sets values in."""


def values_problems(values: Any, modes: tuple[LokiMode, ...]) -> Iterator[tuple[list[str], str]]:
    """Yield the path of every value that contradicts or removes what the arguments set, with a message."""
    running = {role.section for mode in modes for role in mode.roles} | {LokiRole.GATEWAY.section}
    not_running = {role.section for role in LokiRole} - running
    for place, argument in ARGUMENTS_TO_USE.items():
        path = place.split(".")
        if not is_stated(values, path):
            continue
        value = value_at(values, path)
        if path[0] not in not_running:
            yield path, f"must be set by {argument}, together with the values that depend on it; remove it"
        elif value != 0:
            yield path, f"{path[0]} does not run in mode {' or '.join(modes)}; remove it"
    for place in SECTIONS:
        *above, key = path = place.split(".")
        holder = value_at(values, above)
        if isinstance(holder, Mapping) and key in holder and not isinstance(holder[key], Mapping):
            yield path, "must be a map, as anything else removes the values that arguments set; remove it"
