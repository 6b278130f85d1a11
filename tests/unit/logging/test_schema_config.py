"""Schema entries of Loki that are accepted and refused."""

from datetime import date
from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.logging.config import loki_config
from components.logging.schema_config import SchemaEntry, default_schema_entries, schema_violation

from .examples import BOLTDB, BUCKET, spec_of


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([{"from": "2025-01-01"}, {"from": "2024-01-01"}], "order entries by date"),
        ([{"from": "2024-01-01"}, {"from": "2024-01-01"}], "order entries by date"),
        ([{"from": "2024-01-01", "schema": "v12"}], "must have store tsdb and schema v13"),
        ([{"from": "2024-01-01", "store": "boltdb-shipper"}], "must have store tsdb and schema v13"),
        ([{"from": "2024-01-01", "index_period": "168h"}], "must have index period 24h, not 168h"),
        ([{"from": "2024-01-01", "object_store": "filesystem"}], "must have object_store s3, not filesystem"),
        ([{"from": "next week"}], "must be a day"),
        ([{"from": "2999-01-01"}], "the first entry begins on 2999-01-01"),
    ],
)
def test_invalid_entries_are_refused(entries: list[dict[str, Any]], sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec_of(BUCKET, schema_entries=[{"object_store": "s3", **entry} for entry in entries])
    assert sentence in str(raised.value)


@pytest.mark.parametrize(("today", "refused"), [("2026-12-31", True), ("2027-01-01", False), ("2027-01-02", False)])
def test_the_first_entry_has_begun(today: str, refused: bool) -> None:
    later = SchemaEntry.model_validate({"from": "2027-01-01", "object_store": "s3"})
    problem = schema_violation([later], "s3", today=date.fromisoformat(today))
    assert (problem is not None) is refused
    message = problem.message if problem else ""
    assert not problem or ("the first entry begins on 2027-01-01" in message and "such as from 2024-01-01" in message)
    assert schema_violation([*default_schema_entries("s3"), later], "s3", today=date.fromisoformat(today)) is None


def test_entries_of_the_past_are_configured_as_they_were_written() -> None:
    past = {
        "from": "2021-06-01",
        "store": "boltdb-shipper",
        "object_store": "s3",
        "schema": "v11",
        "index_prefix": "loki_index_",
    }
    spec = spec_of(BUCKET, schema_entries=[past, {"from": "2024-04-01", "object_store": "s3"}])
    assert spec.effective_schema_entries[0].chart_value() == {
        "from": "2021-06-01",
        "store": "boltdb-shipper",
        "object_store": "s3",
        "schema": "v11",
        "index": {"prefix": "loki_index_", "period": "24h"},
    }


def test_an_index_that_never_left_its_pod_is_read_from_the_volume() -> None:
    spec = spec_of(BUCKET, schema_entries=[BOLTDB, {"from": "2024-04-01", "object_store": "s3"}], bucket_prefix="loki")
    (past, _) = loki_config(spec)["schemaConfig"]["configs"]
    assert (past["store"], past["index"]["period"]) == ("boltdb", "168h")
    assert loki_config(spec)["storage_config"] == {"object_prefix": "loki", "boltdb": {"directory": "/var/loki/index"}}


@pytest.mark.parametrize("more", [{"replicas": 3}, {"mode": "distributed"}, {"migrate_from": "simple-scalable"}])
def test_an_index_that_never_left_its_pod_is_refused_where_others_would_need_it(more: dict[str, Any]) -> None:
    entries = [BOLTDB, {"from": "2024-04-01", "object_store": "s3"}]
    with pytest.raises(
        InvalidArgsError, match="the schema entry from 2019-01-01 has its index on the volume of one pod"
    ):
        spec_of(BUCKET, schema_entries=entries, **more)
