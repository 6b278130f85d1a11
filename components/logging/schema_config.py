"""Loki's `schema_config`: the formats of index and chunks, each with the day it begins on.

An applied entry is never edited, as logs were written in its format: to change the format, append an entry that begins
in the future (https://grafana.com/docs/loki/latest/operations/storage/schema/).
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field

from .._model import StrictModel, placeholder
from .._spec import REMOVE, Violation
from ..units import form

_STORE = "s3|filesystem"

FIRST_DAY = date(2024, 1, 1)
"""Beginning of the default entry: before any data of a new installation."""


class IndexStore(StrEnum):
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


class SchemaEntry(StrictModel):
    """One entry of Loki's `schema_config`; once applied it is never edited, only a later one appended."""

    begin: date = Field(
        alias="from",
        description="First day (UTC) that is written in this format, such as `2024-01-01`.",
        examples=["2024-01-01"],
    )
    object_store: Annotated[str, form(_STORE, "s3 or filesystem")] = Field(
        default="s3", description="Where its objects are: `s3` or `filesystem`.", examples=["s3"]
    )
    store: IndexStore = Field(
        default=IndexStore.TSDB, description="Index format; other than `tsdb` only in entries of the past."
    )
    version: SchemaVersion = Field(
        default=SchemaVersion.V13,
        alias="schema",
        description="Schema version; other than `v13` only in entries of the past.",
    )
    index_prefix: str = Field(default="index_", description="Prefix of the index tables.")
    index_period: str = Field(
        default="24h",
        description="Time that one index table covers; other than 24h only with `boltdb`.",
        examples=["24h"],
    )

    def chart_value(self) -> dict[str, Any]:
        """Return the entry as Loki's `schema_config` has it."""
        return {
            "from": self.begin.isoformat(),
            "store": self.store.value,
            "object_store": self.object_store,
            "schema": self.version.value,
            "index": {"prefix": self.index_prefix, "period": self.index_period},
        }


def default_schema_entries(object_store: str) -> tuple[SchemaEntry, ...]:
    """Return the entry of a new installation: the current format since before its first line."""
    return (SchemaEntry.model_validate({"from": FIRST_DAY, "object_store": object_store}),)


def schema_violation(entries: Sequence[SchemaEntry], object_store: str, *, today: date) -> Violation | None:
    """Return the first violation among schema entries, or `None`; `today` is the current day in UTC."""
    for index, (before, after) in enumerate(pairwise(entries), start=1):
        if after.begin <= before.begin:
            message = f"the entry from {after.begin} must not follow the one from {before.begin}; order entries by date"
            return Violation(message, {f"schema_entries.{index}": REMOVE})
    for index, entry in enumerate(entries):
        if entry.index_period != "24h" and entry.store is not IndexStore.BOLTDB:
            return Violation(
                f"the entry from {entry.begin} must have index period 24h, not {entry.index_period}; set 24h",
                {f"schema_entries.{index}.index_period": "24h"},
            )
    if (first := entries[0].begin) > today:
        return Violation(
            f"the first entry begins on {first}, and Loki refuses every line from before that day; insert an entry "
            f"that begins before the oldest line, such as from {FIRST_DAY}, or remove schema_entries"
        )
    newest = entries[-1]
    appended = {"from": placeholder("from"), "object_store": object_store}
    if (newest.store, newest.version) != (IndexStore.TSDB, SchemaVersion.V13):
        return Violation(
            f"the newest entry, from {newest.begin}, must have store tsdb and schema v13, not {newest.store} "
            f"{newest.version}; append an entry that has them and begins in the future",
            {f"schema_entries.{len(entries)}": appended},
        )
    if newest.object_store != object_store:
        return Violation(
            f"the newest entry, from {newest.begin}, must have object_store {object_store}, not "
            f"{newest.object_store}; append an entry that has it and begins in the future",
            {f"schema_entries.{len(entries)}": appended},
        )
    return None


def single_pod_reason(entries: Sequence[SchemaEntry]) -> str | None:
    """Return why Loki must keep to a single pod, or `None`."""
    for entry in entries:
        if entry.store is IndexStore.BOLTDB:
            return (
                f"the schema entry from {entry.begin} has its index on the volume of one pod, which no other can read; "
                "keep mode monolithic with 1 replica until its logs have expired"
            )
    return None
