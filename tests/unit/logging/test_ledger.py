"""What the applied state of Loki forbids: applied beside wanted values, judged on a given day."""

from copy import deepcopy
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.logging.choices import PreparedChange
from components.logging.ledger import ledger_problems
from components.logging.values import merged_values

from .examples import BUCKET, DISTRIBUTED, DOCUMENT, LAPTOP, ZONES, spec_of

TODAY = date(2026, 5, 1)


def entry(begin: str, **fields: str) -> dict[str, str]:
    return {"from": begin, "object_store": "s3", **fields}


def judged(applied: dict[str, Any], wanted: dict[str, Any], *prepared: PreparedChange) -> list[str]:
    return ledger_problems(
        merged_values(spec_of(applied)), merged_values(spec_of(wanted)), today=TODAY, prepared=prepared
    )


def changed(base: dict[str, Any], **fields: Any) -> list[str]:
    return judged(base, {**base, **fields})


@pytest.mark.parametrize("base", [LAPTOP, BUCKET, DOCUMENT])
def test_applying_the_same_again_is_allowed(base: dict[str, Any]) -> None:
    assert judged(base, base) == []


def test_what_touches_no_data_is_allowed() -> None:
    harmless = {"retention": "90d", "memory": "4Gi", "replicas": 3, "chart_version": "6.51.0", "path_style": True}
    assert changed(BUCKET, **harmless) == []


def test_an_entry_for_tomorrow_may_be_appended() -> None:
    ledger = [entry("2024-01-01"), entry("2026-05-02", index_prefix="next_")]
    assert changed(BUCKET, schema_entries=ledger) == []


@pytest.mark.parametrize("begin", ["2026-05-01", "2026-04-30", "2025-01-01"])
def test_an_entry_may_not_begin_today_or_in_the_past(begin: str) -> None:
    (problem,) = changed(BUCKET, schema_entries=[entry("2024-01-01"), entry(begin)])
    assert problem.startswith(f"schema entry from {begin} must begin after 2026-05-01")


def test_an_entry_may_not_begin_before_one_that_is_still_to_come() -> None:
    applied = {**BUCKET, "schema_entries": [entry("2024-01-01"), entry("2026-08-01")]}
    problems = judged(applied, {**BUCKET, "schema_entries": [entry("2024-01-01"), entry("2026-07-01")]})
    assert any("must begin after 2026-08-01" in problem for problem in problems)


def test_an_edited_entry_is_shown_as_it_was_applied() -> None:
    (problem,) = changed(BUCKET, schema_entries=[entry("2024-01-01", index_prefix="loki_")])
    assert "from 2024-01-01, was applied and cannot be edited" in problem
    assert "store tsdb, object_store s3, schema v13, index index_ 24h" in problem


def test_a_removed_entry_is_named() -> None:
    applied = {**BUCKET, "schema_entries": [entry("2022-01-01", schema="v12"), entry("2024-01-01")]}
    problems = judged(applied, {**BUCKET, "schema_entries": [entry("2024-01-01")]})
    assert "from 2022-01-01, was applied and cannot be removed" in problems[0]
    assert "from 2024-01-01, was applied and cannot be moved" in problems[1]


def test_a_ledger_that_no_line_was_written_under_yet_may_change() -> None:
    applied = merged_values(spec_of(BUCKET))
    applied["loki"]["schemaConfig"]["configs"][0]["from"] = "2026-05-02"
    wanted = merged_values(spec_of(BUCKET))
    assert ledger_problems(applied, wanted, today=TODAY) == []
    assert ledger_problems(applied, wanted, today=date(2026, 5, 2)) != []


def test_entries_are_found_wherever_the_chart_reads_them() -> None:
    applied = merged_values(spec_of(BUCKET))
    imported = deepcopy(applied)
    schema = imported["loki"].pop("schemaConfig")
    imported["loki"]["structuredConfig"] = {"schema_config": schema}
    assert ledger_problems(imported, applied, today=TODAY) == []
    schema["configs"][0]["schema"] = "v12"
    assert "cannot be edited" in ledger_problems(imported, applied, today=TODAY)[0]


@given(
    steps=st.lists(st.integers(1, 400), min_size=1, max_size=5),
    kept=st.integers(1, 5),
    prefixes=st.lists(st.sampled_from(["index_", "other_"]), min_size=5, max_size=5),
)
def test_a_ledger_passes_exactly_when_the_applied_one_is_its_beginning(
    steps: list[int], kept: int, prefixes: list[str]
) -> None:
    days = [date(2020, 1, 1)]
    for step in steps:
        days.append(days[-1] + timedelta(days=step))
    applied = [entry(day.isoformat()) for day in days]
    future = max(days[-1], TODAY) + timedelta(days=1)
    wanted = [{**old, "index_prefix": prefix} for old, prefix in zip(applied[:kept], prefixes, strict=False)] + [
        entry(future.isoformat())
    ]
    untouched = kept >= len(applied) and all(prefix == "index_" for prefix in prefixes[: len(applied)])
    problems = judged({**BUCKET, "schema_entries": applied}, {**BUCKET, "schema_entries": wanted})
    assert (problems == []) is untouched


def test_a_jump_between_modes_is_refused_and_a_staged_one_allowed() -> None:
    scalable = {**BUCKET, "mode": "simple-scalable"}
    staged = {**scalable, "migrate_from": "monolithic"}
    (problem,) = judged(BUCKET, scalable)
    assert 'set mode "simple-scalable" with migrate_from "monolithic" and apply' in problem
    assert judged(BUCKET, staged) == judged(staged, scalable) == []


SCALABLE = {**BUCKET, "mode": "simple-scalable"}


def test_every_stage_on_the_way_to_distributed_and_back_is_allowed() -> None:
    way = [
        BUCKET,
        {**SCALABLE, "migrate_from": "monolithic"},
        SCALABLE,
        {**DISTRIBUTED, "migrate_from": "simple-scalable"},
        DISTRIBUTED,
        {**SCALABLE, "migrate_from": "distributed"},
        SCALABLE,
        {**BUCKET, "migrate_from": "simple-scalable"},
        BUCKET,
    ]
    assert [judged(before, after) for before, after in pairwise(way)] == [[]] * 8


@pytest.mark.parametrize("stage", [DISTRIBUTED, {**DISTRIBUTED, "migrate_from": "simple-scalable"}])
def test_a_jump_over_a_stage_is_refused_with_every_stage(stage: dict[str, Any]) -> None:
    (problem,) = judged(BUCKET, stage)
    first = 'set mode "simple-scalable" with migrate_from "monolithic" and apply, remove migrate_from and apply again'
    assert f'{first}; then set mode "distributed" with migrate_from "simple-scalable"' in problem


def test_a_mode_does_not_go_in_the_step_in_which_another_comes() -> None:
    (problem,) = judged({**SCALABLE, "migrate_from": "monolithic"}, {**DISTRIBUTED, "migrate_from": "simple-scalable"})
    assert "mode monolithic cannot go in the step in which distributed comes" in problem


def test_the_claims_of_each_role_are_watched() -> None:
    problems = changed(DISTRIBUTED, volume_size="20Gi")
    assert [problem.split(" cannot")[0] for problem in problems] == [
        "volume size of ingester",
        "volume size of index-gateway",
        "volume size of compactor",
    ]


def test_ingesters_move_to_zones_only_after_they_were_flushed() -> None:
    (problem,) = changed(DISTRIBUTED, ingester_zones=ZONES)
    assert f"from one StatefulSet to zones {', '.join(ZONES)}" in problem and "flush=true" in problem
    zoned = {**DISTRIBUTED, "ingester_zones": ZONES}
    assert len(changed(zoned, ingester_zones=ZONES[::-1])) == 1, "their volumes lie in the old zones"
    assert changed(zoned, replicas=6) == []
    assert judged(DISTRIBUTED, zoned, PreparedChange.ZONES) == []


def test_both_names_of_the_monolithic_mode_are_one() -> None:
    applied = merged_values(spec_of(BUCKET))
    assert ledger_problems({**applied, "deploymentMode": "Monolithic"}, applied, today=TODAY) == []


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"bucket": "other"}, "bucket 'cluster' cannot become 'other'"),
        ({"bucket_prefix": "logs"}, "object_prefix 'loki' cannot become 'logs'"),
        ({"bucket_prefix": ""}, "object_prefix 'loki' cannot become ''"),
        ({"values": {"loki": {"storage": {"use_thanos_objstore": True}}}}, "'classic' cannot become 'thanos'"),
        ({"endpoint": "https://s3.example.net"}, "'s3.example.org' cannot become 's3.example.net'"),
        ({"endpoint": "https://s3.example.org:9000"}, "'s3.example.org' cannot become 's3.example.org:9000'"),
        ({"endpoint": ""}, "'s3.example.org' cannot become 's3.fr-par.amazonaws.com'"),
    ],
)
def test_objects_are_not_left_behind_until_they_were_copied(fields: dict[str, Any], what: str) -> None:
    (problem,) = changed(DOCUMENT, **fields)
    assert what in problem and 'allow_changes ["location"]' in problem
    assert judged(DOCUMENT, {**DOCUMENT, **fields}, PreparedChange.LOCATION) == []


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"volume_size": "20Gi"}, "volume size of loki cannot change from 10Gi to 20Gi"),
        ({"storage_class": "gp3"}, "storage class of loki cannot change from the default to gp3"),
    ],
)
def test_a_claim_template_changes_only_after_its_statefulset_was_deleted(fields: dict[str, Any], what: str) -> None:
    (problem,) = changed(BUCKET, **fields)
    assert what in problem and "--cascade=orphan" in problem
    assert judged(BUCKET, {**BUCKET, **fields}, PreparedChange.VOLUMES) == []


def test_each_workload_with_a_volume_is_watched() -> None:
    problems = changed(DOCUMENT, volume_size="3Gi", workloads={"read": {"replicas": 1}, "write": {"replicas": 2}})
    assert sum("volume size of" in problem for problem in problems) == 2
    assert sum("storage class of" in problem for problem in problems) == 2


@pytest.mark.parametrize(
    "endpoint",
    ["https://s3.example.org/", "https://S3.example.org:443", "http://s3.example.org", "http://s3.example.org:80"],
)
def test_another_spelling_of_the_same_store_is_allowed(endpoint: str) -> None:
    assert changed(DOCUMENT, endpoint=endpoint) == []


def test_a_bucket_of_the_same_name_in_another_region_is_another_place() -> None:
    (problem,) = changed(BUCKET, region="eu-west-3")
    assert "'s3.eu-west-1.amazonaws.com' cannot become 's3.eu-west-3.amazonaws.com'" in problem
    assert changed(BUCKET, endpoint="https://s3.eu-west-1.amazonaws.com") == []


THREE = {**BUCKET, "replicas": 3}
FIVE_INGESTERS = {**DISTRIBUTED, "workloads": {"ingester": {"replicas": 5}}}
UNFLUSHED = {"values": {"loki": {"ingester": {"wal": {"flush_on_shutdown": False}}}}}


@pytest.mark.parametrize(
    ("base", "fewer"),
    [(THREE, {"replicas": 2}), (FIVE_INGESTERS, {"workloads": {"ingester": {"replicas": 4}}})],
)
def test_ingesters_go_one_by_one_as_each_flushes(base: dict[str, Any], fewer: dict[str, Any]) -> None:
    assert changed(base, **fewer) == []
    (problem,) = changed({**base, **UNFLUSHED}, **fewer)
    assert "do not flush when they stop" in problem and "flush_on_shutdown" in problem


@pytest.mark.parametrize(
    ("mode", "before", "role"),
    [
        ("simple-scalable", "monolithic", "loki"),
        ("distributed", "simple-scalable", "write"),
        ("simple-scalable", "distributed", "ingester"),
    ],
)
def test_a_mode_that_does_not_flush_leaves_after_it_was_flushed(mode: str, before: str, role: str) -> None:
    alone: dict[str, Any] = {**BUCKET, "mode": mode}
    both = {**alone, "migrate_from": before}
    assert judged(both, alone) == []
    (problem,) = judged({**both, **UNFLUSHED}, {**alone, **UNFLUSHED})
    assert problem.startswith(f"{role} cannot go from ") and " to 0 replicas" in problem
    assert "set loki.ingester.wal.flush_on_shutdown first; or flush each pod that leaves by a POST to its" in problem
    assert judged({**both, **UNFLUSHED}, alone), "the pods that leave have not read the new values"
    assert judged({**both, **UNFLUSHED}, {**alone, **UNFLUSHED}, PreparedChange.INGESTERS) == []


@pytest.mark.parametrize(
    ("base", "fewer", "what"),
    [
        (THREE, {"replicas": 1}, "loki cannot go from 3 to 1 replicas"),
        (FIVE_INGESTERS, {"workloads": {}}, "ingester cannot go from 5 to 3 replicas"),
        ({**SCALABLE, "replicas": 4}, {"replicas": 2}, "write cannot go from 4 to 2 replicas"),
    ],
)
def test_several_ingesters_do_not_leave_at_once_until_they_were_flushed(
    base: dict[str, Any], fewer: dict[str, Any], what: str
) -> None:
    (problem,) = changed(base, **fewer)
    assert what in problem and "/ingester/shutdown?flush=true" in problem
    assert judged(base, {**base, **fewer}, PreparedChange.INGESTERS) == []


def test_in_zones_as_many_leave_each_zone_and_are_flushed_first() -> None:
    zoned = {**DISTRIBUTED, "ingester_zones": ZONES, "replicas": 6}
    (problem,) = changed(zoned, replicas=3)
    assert "Flush each pod that leaves, the last of each zone" in problem and "Go down by one" not in problem
    assert changed(zoned, replicas=9) == []


def test_more_ingesters_and_fewer_of_those_that_hold_nothing_are_allowed() -> None:
    wide = {**DISTRIBUTED, "workloads": {"querier": {"replicas": 9}, "distributor": {"replicas": 6}}}
    assert changed(wide, workloads={"ingester": {"replicas": 9}}) == []


def test_a_prepared_volume_does_not_excuse_an_edited_entry() -> None:
    wanted = {**BUCKET, "volume_size": "20Gi", "schema_entries": [entry("2023-01-01")]}
    problems = judged(BUCKET, wanted, *PreparedChange)
    assert problems and all("schema entry" in problem for problem in problems)
