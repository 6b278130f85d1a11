"""Chart values that would part what the arguments keep together: copies and replicas, modes, the schema's ledger."""

from collections.abc import Iterator, Mapping
from typing import Any

from .._merge import value_at
from .modes import Mode, Role

_COPIES = "the argument replication_factor"
_SCHEMA = "the argument schema_entries"

ARGUMENTS_TO_USE = {
    "deploymentMode": "the arguments mode and migrate_from",
    "loki.commonConfig.replication_factor": _COPIES,
    "loki.structuredConfig.common.replication_factor": _COPIES,
    "loki.structuredConfig.common.ring.replication_factor": _COPIES,
    "loki.ingester.lifecycler.ring.replication_factor": _COPIES,
    "loki.structuredConfig.ingester.lifecycler.ring.replication_factor": _COPIES,
    "loki.schemaConfig": _SCHEMA,
    "loki.structuredConfig.schema_config": _SCHEMA,
    "loki.useTestSchema": _SCHEMA,
    **{
        f"{role.section}.replicas": "the argument replicas"
        if role is Role.LOKI
        else f"the argument workloads.{role}.replicas"
        for role in Role
    },
}
"""Places that an argument fills together with others, each with what to use."""

SECTIONS = ("loki", "loki.commonConfig", "loki.structuredConfig", *(role.section for role in Role))
"""Sections that the component fills; without its part there is no Loki as it was asked for."""


def misplaced_values(values: Any, modes: tuple[Mode, ...]) -> Iterator[tuple[list[str], str]]:
    """Give the path of every value that would part or remove what the arguments say, with what to use in its place."""
    running = {role.section for mode in modes for role in mode.roles} | {Role.GATEWAY.section}
    strangers = {role.section for role in Role} - running
    for place, argument in ARGUMENTS_TO_USE.items():
        path = place.split(".")
        if (value := value_at(values, path)) is None:
            continue
        if path[0] not in strangers:
            yield path, f"{place} alone would part it from what must fit it: use {argument}"
        elif value != 0:
            yield path, f"{path[0]} does not run in mode {' or '.join(modes)}: remove {place}"
    for place in SECTIONS:
        *above, key = path = place.split(".")
        holder = value_at(values, above)
        if isinstance(holder, Mapping) and key in holder and not isinstance(holder[key], Mapping):
            yield path, f"{place} is {holder[key]!r} and must hold keys: it would remove all that the arguments say"
