"""The schema ledger: which index and chunk format holds since which day.

An entry describes how data since its day was written, so it is true for ever: to change the format, append an entry
that begins in the future (https://grafana.com/docs/loki/latest/operations/storage/schema/).
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

FIRST_DAY = date(2024, 1, 1)
"""Beginning of the default entry: before any data of a new installation."""


class Index(StrEnum):
    """An index format; all but `tsdb` only in entries of the past."""

    TSDB = "tsdb"
    BOLTDB_SHIPPER = "boltdb-shipper"
    BOLTDB = "boltdb"
    """On the volume of the one pod that wrote it, and nowhere else."""


class SchemaVersion(StrEnum):
    """A schema version; older than v13 only in entries of the past."""

    V9 = "v9"
    V10 = "v10"
    V11 = "v11"
    V12 = "v12"
    V13 = "v13"


class SchemaEntry(BaseModel):
    """One entry of the ledger."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    begin: date = Field(alias="from")
    store: Index = Index.TSDB
    object_store: str
    version: SchemaVersion = Field(default=SchemaVersion.V13, alias="schema")
    index_prefix: str = "index_"
    index_period: str = "24h"

    def chart_value(self) -> dict[str, Any]:
        """Write the entry as Loki's `schema_config` has it."""
        return {
            "from": self.begin.isoformat(),
            "store": self.store.value,
            "object_store": self.object_store,
            "schema": self.version.value,
            "index": {"prefix": self.index_prefix, "period": self.index_period},
        }


def default_ledger(object_store: str) -> tuple[SchemaEntry, ...]:
    """Give the ledger of a new installation: the current format since before its first line."""
    return (SchemaEntry.model_validate({"from": FIRST_DAY, "object_store": object_store}),)


def ledger_problem(entries: Sequence[SchemaEntry], object_store: str, *, today: date) -> str | None:
    """Tell what is wrong with a ledger by itself, or `None`; `today` is the current day in UTC."""
    for before, after in pairwise(entries):
        if after.begin <= before.begin:
            return f"the entry from {after.begin} comes after the one from {before.begin}: order entries by date"
    for entry in entries:
        if entry.index_period != "24h" and entry.store is not Index.BOLTDB:
            return f"the entry from {entry.begin} has index period {entry.index_period}: Loki supports 24h alone"
    if (first := entries[0].begin) > today:
        return (
            f"the first entry begins on {first}, and Loki refuses every line from before that day: put an entry that "
            f"begins before the oldest line in front of it, such as from {FIRST_DAY}, or leave out schema_entries"
        )
    newest = entries[-1]
    if (newest.store, newest.version) != (Index.TSDB, SchemaVersion.V13):
        return (
            f"the newest entry, from {newest.begin}, is {newest.store} {newest.version}: "
            "append an entry with store tsdb and schema v13 that begins in the future"
        )
    if newest.object_store != object_store:
        return (
            f"the newest entry, from {newest.begin}, writes to {newest.object_store}, the store is {object_store}: "
            "append an entry for the new store that begins in the future"
        )
    return None


def single_pod_problem(entries: Sequence[SchemaEntry]) -> str | None:
    """Say why one pod must stay the only one, or `None`."""
    for entry in entries:
        if entry.store is Index.BOLTDB:
            return (
                f"the schema entry from {entry.begin} has its index on the volume of one pod, where no other can read "
                "it: keep mode monolithic with one replica until its logs have expired"
            )
    return None
