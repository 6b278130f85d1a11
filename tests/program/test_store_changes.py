"""Another kind of store under a running Loki and Tempo: refused, as what was written would be out of sight."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from components.logging.spec import GuardedChange
from components.logging.update_guard import update_problems as loki_update_problems
from components.tracing.update_guard import update_problems as tempo_update_problems
from tests.program.programs import stack

TODAY = date(2030, 1, 1)
BUCKETS = {"logs": "acme-logs", "traces": "acme-traces"}
SECRETS = {"logs": "loki-s3", "traces": "tempo-s3"}
STORES: dict[str, dict[str, Any]] = {
    "in-cluster": {"kind": "in-cluster"},
    "minio": {"kind": "minio"},
    "filesystem": {"kind": "filesystem"},
    "external": {
        "kind": "external",
        "endpoint": "https://s3.example.org",
        "shared_bucket": "acme",
        "credentials": SECRETS,
    },
    "aws": {"kind": "aws", "account_id": "123456789012", "buckets": BUCKETS},
}


@pytest.fixture(scope="module")
def values() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    found = {}
    for kind, storage in STORES.items():
        recording = stack(storage=storage)
        releases = (recording.one(":Release", name).plain() for name in ("logging-loki", "tracing-tempo"))
        loki, tempo = (release["values"] for release in releases)
        found[kind] = (loki, tempo)
    return found


@pytest.mark.parametrize(("before", "after"), [*permutations(STORES, 2)])
def test_the_kind_of_store_cannot_change_under_what_was_written(
    values: dict[str, tuple[dict[str, Any], dict[str, Any]]], before: str, after: str
) -> None:
    (loki, tempo), (other_loki, other_tempo) = values[before], values[after]
    assert loki_update_problems(loki, other_loki, today=TODAY), f"Loki would lose sight of its logs in {before}"
    assert tempo_update_problems(tempo, other_tempo), f"Tempo would lose sight of its traces in {before}"


def test_copied_logs_may_be_read_from_another_bucket(
    values: dict[str, tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    allowed = [GuardedChange.LOCATION]
    assert loki_update_problems(values["minio"][0], values["aws"][0], today=TODAY, allowed=allowed) == []


def test_a_volume_does_not_become_a_bucket_by_copying(
    values: dict[str, tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    allowed = [GuardedChange.LOCATION]
    (problem,) = loki_update_problems(values["filesystem"][0], values["minio"][0], today=TODAY, allowed=allowed)
    assert problem.startswith("schema_entries.0 (from 2024-01-01): must not be edited once applied")
