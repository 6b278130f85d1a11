"""Updates of Loki that its applied state forbids, checked on a fixed day."""

import json
from copy import deepcopy
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.logging.spec import GuardedChange
from components.logging.update_guard import update_problems, upgrade_problems
from tests.unit.logging.examples import merged_values

from .examples import BUCKET, DISTRIBUTED, DOCUMENT, LAPTOP, RULES, V6, V18, ZONES, spec_of

INPUTS = {"name": "loki", "namespace": "logging", "version": V18}
TODAY = date(2026, 5, 1)


def entry(begin: str, **fields: str) -> dict[str, str]:
    return {"from": begin, "object_store": "s3", **fields}


def updated(old: dict[str, Any], new: dict[str, Any], *allowed: GuardedChange) -> list[str]:
    return update_problems(merged_values(spec_of(old)), merged_values(spec_of(new)), today=TODAY, allowed=allowed)


def changed(base: dict[str, Any], **fields: Any) -> list[str]:
    return updated(base, {**base, **fields})


@pytest.mark.parametrize("base", [LAPTOP, BUCKET, DOCUMENT])
def test_applying_the_same_again_is_allowed(base: dict[str, Any]) -> None:
    assert updated(base, base) == []


def test_what_touches_no_data_is_allowed() -> None:
    harmless = {"retention": "90d", "memory": "4Gi", "replicas": 3, "chart_version": V6, "path_style": True}
    assert changed(BUCKET, **harmless) == []


def test_an_entry_for_tomorrow_may_be_appended() -> None:
    entries = [entry("2024-01-01"), entry("2026-05-02", index_prefix="next_")]
    assert changed(BUCKET, schema_entries=entries) == []


@pytest.mark.parametrize("begin", ["2026-05-01", "2026-04-30", "2025-01-01"])
def test_an_entry_may_not_begin_today_or_in_the_past(begin: str) -> None:
    (problem,) = changed(BUCKET, schema_entries=[entry("2024-01-01"), entry(begin)])
    assert problem.startswith(f'schema_entries.1.from = "{begin}": must be after 2026-05-01')


def test_an_entry_may_not_begin_before_one_that_is_still_to_come() -> None:
    applied = {**BUCKET, "schema_entries": [entry("2024-01-01"), entry("2026-08-01")]}
    problems = updated(applied, {**BUCKET, "schema_entries": [entry("2024-01-01"), entry("2026-07-01")]})
    assert any("must be after 2026-08-01" in problem for problem in problems)


def test_an_edited_entry_is_shown_as_it_was_applied() -> None:
    (problem,) = changed(BUCKET, schema_entries=[entry("2024-01-01", index_prefix="loki_")])
    assert "schema_entries.0 (from 2024-01-01): must not be edited once applied" in problem
    assert "store tsdb, object_store s3, schema v13, index index_ 24h" in problem


def test_a_removed_entry_is_named() -> None:
    applied = {**BUCKET, "schema_entries": [entry("2022-01-01", schema="v12"), entry("2024-01-01")]}
    problems = updated(applied, {**BUCKET, "schema_entries": [entry("2024-01-01")]})
    assert "schema_entries.0 (from 2022-01-01): must not be removed" in problems[0]
    assert "schema_entries.1 (from 2024-01-01): must not be moved" in problems[1]


def test_entries_may_change_before_the_first_line_was_written() -> None:
    applied = merged_values(spec_of(BUCKET))
    applied["loki"]["schemaConfig"]["configs"][0]["from"] = "2026-05-02"
    wanted = merged_values(spec_of(BUCKET))
    assert update_problems(applied, wanted, today=TODAY) == []
    removed, added = update_problems(applied, wanted, today=date(2026, 5, 2))
    assert "schema_entries.0 (from 2026-05-02): must not be removed" in removed
    assert 'schema_entries.0.from = "2024-01-01": must be after 2026-05-02' in added


def test_entries_are_found_wherever_the_chart_reads_them() -> None:
    applied = merged_values(spec_of(BUCKET))
    imported = deepcopy(applied)
    schema = imported["loki"].pop("schemaConfig")
    imported["loki"]["structuredConfig"] = {"schema_config": schema}
    assert update_problems(imported, applied, today=TODAY) == []
    schema["configs"][0]["schema"] = "v12"
    assert "must not be edited" in update_problems(imported, applied, today=TODAY)[0]


@given(
    steps=st.lists(st.integers(1, 400), min_size=1, max_size=5),
    kept=st.integers(1, 5),
    prefixes=st.lists(st.sampled_from(["index_", "other_"]), min_size=5, max_size=5),
)
def test_entries_are_allowed_exactly_when_they_begin_with_the_applied_ones(
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
    problems = updated({**BUCKET, "schema_entries": applied}, {**BUCKET, "schema_entries": wanted})
    assert (problems == []) is untouched


def test_a_jump_between_modes_is_refused_and_a_staged_one_allowed() -> None:
    scalable = {**BUCKET, "mode": "simple-scalable"}
    staged = {**scalable, "migrate_from": "monolithic"}
    (problem,) = updated(BUCKET, scalable)
    assert 'set mode "simple-scalable" with migrate_from "monolithic" and apply' in problem
    assert updated(BUCKET, staged) == updated(staged, scalable) == []


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
    assert [updated(before, after) for before, after in pairwise(way)] == [[]] * 8


@pytest.mark.parametrize("stage", [DISTRIBUTED, {**DISTRIBUTED, "migrate_from": "simple-scalable"}])
def test_a_jump_over_a_stage_is_refused_with_every_stage(stage: dict[str, Any]) -> None:
    (problem,) = updated(BUCKET, stage)
    first = 'set mode "simple-scalable" with migrate_from "monolithic" and apply, remove migrate_from and apply again'
    assert f'{first}; then set mode "distributed" with migrate_from "simple-scalable"' in problem


def test_a_mode_is_not_removed_in_the_update_that_adds_another() -> None:
    (problem,) = updated({**SCALABLE, "migrate_from": "monolithic"}, {**DISTRIBUTED, "migrate_from": "simple-scalable"})
    assert 'mode = "distributed": must not be added in the update that removes "monolithic"' in problem


def test_the_claims_of_each_role_are_watched() -> None:
    problems = changed(DISTRIBUTED, volume_size="20Gi")
    assert [problem.split(" = ")[0] for problem in problems] == [
        "workloads.ingester.volume_size",
        "workloads.index-gateway.volume_size",
        "workloads.compactor.volume_size",
    ]


def test_ingesters_move_to_zones_only_after_they_were_flushed() -> None:
    (problem,) = changed(DISTRIBUTED, ingester_zones=ZONES)
    assert (
        problem.startswith(f"ingester_zones = {json.dumps(ZONES)}: must not change from []") and "flush=true" in problem
    )
    zoned = {**DISTRIBUTED, "ingester_zones": ZONES}
    assert len(changed(zoned, ingester_zones=ZONES[::-1])) == 1, "their volumes lie in the old zones"
    assert changed(zoned, replicas=6) == []
    assert updated(DISTRIBUTED, zoned, GuardedChange.ZONES) == []


def test_both_names_of_the_monolithic_mode_are_one() -> None:
    applied = merged_values(spec_of(BUCKET))
    assert update_problems({**applied, "deploymentMode": "Monolithic"}, applied, today=TODAY) == []


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"bucket": "other"}, 'bucket = "other": must not change from "cluster"'),
        ({"bucket_prefix": "logs"}, 'bucket_prefix = "logs": must not change from "loki"'),
        ({"bucket_prefix": ""}, 'bucket_prefix = "": must not change from "loki"'),
        (
            {"values": {"loki": {"storage": {"use_thanos_objstore": True}}}},
            "use_thanos_objstore = true: ",
        ),
        ({"endpoint": "https://s3.example.net"}, 'endpoint = "s3.example.net": must not change from "s3.example.org"'),
        (
            {"endpoint": "https://s3.example.org:9000"},
            'endpoint = "s3.example.org:9000": ',
        ),
        (
            {"endpoint": "", "region": "eu-west-3"},
            'endpoint = "s3.eu-west-3.amazonaws.com": must not change from "s3.example.org"',
        ),
    ],
)
def test_objects_are_not_left_behind_until_they_were_copied(fields: dict[str, Any], what: str) -> None:
    (problem,) = changed(DOCUMENT, **fields)
    assert what in problem and 'allow_changes ["location"]' in problem
    assert updated(DOCUMENT, {**DOCUMENT, **fields}, GuardedChange.LOCATION) == []


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"volume_size": "20Gi"}, 'volume_size = "20Gi": must not change from "10Gi"'),
        ({"storage_class": "gp3"}, 'storage_class = "gp3": must not change from ""'),
    ],
)
def test_a_claim_template_changes_only_after_its_statefulset_was_deleted(fields: dict[str, Any], what: str) -> None:
    (problem,) = changed(BUCKET, **fields)
    assert what in problem and "--cascade=orphan" in problem
    assert updated(BUCKET, {**BUCKET, **fields}, GuardedChange.VOLUMES) == []


def test_each_workload_with_a_volume_is_watched() -> None:
    problems = changed(DOCUMENT, volume_size="3Gi", workloads={"read": {"replicas": 1}, "write": {"replicas": 2}})
    assert sum(".volume_size = " in problem for problem in problems) == 2
    assert sum(".storage_class = " in problem for problem in problems) == 2


@pytest.mark.parametrize(
    "endpoint",
    ["https://s3.example.org/", "https://S3.example.org:443", "http://s3.example.org", "http://s3.example.org:80"],
)
def test_another_spelling_of_the_same_store_is_allowed(endpoint: str) -> None:
    assert changed(DOCUMENT, endpoint=endpoint) == []


def test_a_bucket_of_the_same_name_in_another_region_is_another_place() -> None:
    (problem,) = changed(BUCKET, region="eu-west-3")
    assert 'endpoint = "s3.eu-west-3.amazonaws.com": must not change from "s3.eu-west-1.amazonaws.com"' in problem
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
    assert updated(both, alone) == []
    (problem,) = updated({**both, **UNFLUSHED}, {**alone, **UNFLUSHED})
    argument = "replicas" if role == "loki" else f"workloads.{role}.replicas"
    assert problem.startswith(f"{argument} = 0: must not change from ")
    assert (
        "set loki.ingester.wal.flush_on_shutdown first; or flush each pod that is removed by a POST to its" in problem
    )
    assert updated({**both, **UNFLUSHED}, alone), "the pods that are removed have not read the new values"
    assert updated({**both, **UNFLUSHED}, {**alone, **UNFLUSHED}, GuardedChange.INGESTERS) == []


@pytest.mark.parametrize(
    ("base", "fewer", "what"),
    [
        (THREE, {"replicas": 1}, "replicas = 1: must not change from 3"),
        (FIVE_INGESTERS, {"workloads": {}}, "workloads.ingester.replicas = 3: must not change from 5"),
        ({**SCALABLE, "replicas": 4}, {"replicas": 2}, "workloads.write.replicas = 2: must not change from 4"),
    ],
)
def test_several_ingesters_do_not_leave_at_once_until_they_were_flushed(
    base: dict[str, Any], fewer: dict[str, Any], what: str
) -> None:
    (problem,) = changed(base, **fewer)
    assert what in problem and "/ingester/shutdown?flush=true" in problem
    assert updated(base, {**base, **fewer}, GuardedChange.INGESTERS) == []


def test_in_zones_as_many_leave_each_zone_and_are_flushed_first() -> None:
    zoned = {**DISTRIBUTED, "ingester_zones": ZONES, "replicas": 6}
    (problem,) = changed(zoned, replicas=3)
    assert "flush each pod that is removed, the last of each zone" in problem and "go down to" not in problem
    assert changed(zoned, replicas=9) == []


def test_more_ingesters_and_fewer_of_those_that_hold_nothing_are_allowed() -> None:
    wide = {**DISTRIBUTED, "workloads": {"querier": {"replicas": 9}, "distributor": {"replicas": 6}}}
    assert changed(wide, workloads={"ingester": {"replicas": 9}}) == []


def test_an_edited_entry_is_refused_whatever_is_allowed() -> None:
    wanted = {**BUCKET, "volume_size": "20Gi", "schema_entries": [entry("2023-01-01")]}
    problems = updated(BUCKET, wanted, *GuardedChange)
    assert problems and all(problem.startswith("schema_entries.") for problem in problems)


def loki(**sections: Any) -> dict[str, Any]:
    return {"values": {"loki": sections}}


THANOS = {"object_store": {"storage_prefix": "a", "s3": {"endpoint": "s3.example.org"}}, "use_thanos_objstore": True}


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ({}, loki(structuredConfig={"common": {"storage": {"s3": {"bucketnames": "b"}}}}), 'bucket = "b": '),
        ({}, loki(structuredConfig={"storage_config": {"aws": {"bucketnames": "b"}}}), 'bucket = "b": '),
        ({}, loki(storage_config={"aws": {"bucketnames": "b"}}), 'bucket = "b": '),
        ({}, loki(structuredConfig={"common": {"storage": {"s3": {"endpoint": "b.org"}}}}), 'endpoint = "b.org": '),
        ({}, loki(storage_config={"aws": {"endpoint": "http://b.org"}}), 'endpoint = "b.org": '),
        (
            {},
            loki(storage_config={"aws": {"s3": "s3://${ID}:${SECRET}@b.org/b"}}),
            'values.loki.storage.s3.s3 = "b.org/b": must not change from ""',
        ),
        ({}, loki(structuredConfig={"storage_config": {"object_prefix": "b"}}), 'bucket_prefix = "b": '),
        (
            {},
            loki(storage_config={"use_thanos_objstore": True}),
            "use_thanos_objstore = true: ",
        ),
        (
            loki(storage=THANOS),
            loki(storage={**THANOS, "object_store": {"storage_prefix": "b"}}),
            '"b": must not change from "a"',
        ),
        (
            loki(storage=THANOS),
            loki(storage=THANOS, structuredConfig={"storage_config": {"object_store": {"storage_prefix": "b"}}}),
            'storage_prefix = "b": must not change from "a"',
        ),
        (
            loki(storage=THANOS),
            loki(
                storage=THANOS, structuredConfig={"common": {"storage": {"object_store": {"s3": {"bucket_name": "b"}}}}}
            ),
            'bucket = "b": must not change from "cluster"',
        ),
        (
            loki(storage=THANOS),
            loki(storage={**THANOS, "object_store": {"storage_prefix": "a", "s3": {"endpoint": "b.org"}}}),
            'endpoint = "b.org": must not change from "s3.example.org"',
        ),
    ],
)
def test_the_place_is_found_wherever_values_say_it(before: dict[str, Any], after: dict[str, Any], what: str) -> None:
    (problem,) = updated({**DOCUMENT, **before}, {**DOCUMENT, **after})
    assert what in problem and 'allow_changes ["location"]' in problem and "SECRET" not in problem


@pytest.mark.parametrize(
    "values",
    [
        loki(structuredConfig={"common": {"storage": {"s3": {"bucketnames": "cluster"}}}}),
        loki(
            storage_config={
                "aws": {"endpoint": "https://s3.example.org:443", "http_config": {"idle_conn_timeout": "9s"}}
            }
        ),
        loki(storage={"object_store": {"storage_prefix": "unread by the classic client"}}),
    ],
)
def test_an_unchanged_location_is_allowed(values: dict[str, Any]) -> None:
    assert changed(DOCUMENT, **values) == []


@pytest.mark.parametrize(
    ("base", "section", "persistence", "what"),
    [
        (
            DISTRIBUTED,
            "ingester",
            {"enabled": False},
            'values.ingester.persistence = "none": ',
        ),
        (
            DISTRIBUTED,
            "ingester",
            {"inMemory": True},
            'values.ingester.persistence = "none": ',
        ),
        (DISTRIBUTED, "indexGateway", {"enabled": False}, "values.indexGateway.persistence = "),
        (DISTRIBUTED, "compactor", {"type": "emptyDir"}, "values.compactor.persistence = "),
        (
            DISTRIBUTED,
            "patternIngester",
            {"enabled": True},
            'values.patternIngester.persistence = "data": must not change from "none"',
        ),
        (BUCKET, "singleBinary", {"enabled": False}, "values.singleBinary.persistence = "),
        (DOCUMENT, "write", {"volumeClaimsEnabled": False}, "values.write.persistence = "),
    ],
)
def test_a_claim_template_neither_comes_nor_goes(
    base: dict[str, Any], section: str, persistence: dict[str, Any], what: str
) -> None:
    more = {"pattern_ingester": True} if section == "patternIngester" else {}
    (problem,) = changed({**base, **more}, values={section: {"persistence": persistence}})
    assert what in problem and 'allow_changes ["volumes"]' in problem
    (problem,) = updated({**base, **more, "values": {section: {"persistence": persistence}}}, {**base, **more})
    assert problem.startswith(f"values.{section}.persistence = ")


def test_a_second_claim_is_a_change_of_the_first_one_s_statefulset() -> None:
    claims = [{"name": "data", "size": "10Gi"}, {"name": "scratch", "size": "1Gi"}]
    problems = changed(DISTRIBUTED, values={"ingester": {"persistence": {"claims": claims}}})
    assert 'values.ingester.persistence = "data and scratch": must not change from "data"' in problems[0]


PATTERNS = {"pattern_ingester": True}


def inputs(version: str, args: dict[str, Any]) -> dict[str, Any]:
    values = merged_values(spec_of(args, chart_version=version))
    return {"name": "loki", "namespace": "logging", "version": version, "values": values}


def upgraded(before: str, after: str, args: dict[str, Any], *allowed: GuardedChange) -> list[str]:
    return upgrade_problems(inputs(before, args), inputs(after, args), allowed=allowed)


@pytest.mark.parametrize(
    ("more", "names"),
    [
        (RULES, "loki-ruler"),
        (PATTERNS, "loki-pattern-ingester"),
        (RULES | PATTERNS, "loki-ruler loki-pattern-ingester"),
    ],
)
def test_a_statefulset_that_cannot_change_in_place_is_deleted_by_hand_first(more: dict[str, Any], names: str) -> None:
    (problem,) = upgraded(V6, V18, DISTRIBUTED | more)
    assert f"kubectl -n logging delete statefulset {names} --cascade=orphan" in problem
    assert "delete service" not in problem
    assert upgraded(V6, V18, DISTRIBUTED | more, GuardedChange.CHART) == []


def test_on_the_way_back_services_lose_their_address_only_by_hand() -> None:
    (problem,) = upgraded(V18, V6, DISTRIBUTED)
    assert problem.endswith("kubectl -n logging delete service loki-query-scheduler")
    (problem,) = upgraded(V18, V6, DISTRIBUTED | RULES)
    assert "delete statefulset loki-ruler --cascade=orphan" in problem
    assert "delete service loki-query-scheduler loki-ruler" in problem


def test_a_workload_that_comes_or_goes_with_the_chart_is_not_in_its_way() -> None:
    with_rules, without = DISTRIBUTED | RULES, DISTRIBUTED
    assert upgrade_problems(inputs(V6, without), inputs(V18, with_rules)) == []
    assert upgrade_problems(inputs(V6, with_rules), inputs(V18, without)) == []


@pytest.mark.parametrize("args", [BUCKET | RULES, {**BUCKET, **RULES, "mode": "simple-scalable"}, DISTRIBUTED])
def test_other_upgrades_pass(args: dict[str, Any]) -> None:
    assert upgraded(V6, V18, args) == []


@pytest.mark.parametrize("version", [V6, V18])
def test_other_updates_pass(version: str) -> None:
    assert upgraded(version, version, DISTRIBUTED | RULES) == []
    assert upgrade_problems({}, inputs(version, DISTRIBUTED | RULES)) == []


def test_tenants_come_and_go_only_when_senders_and_readers_know() -> None:
    one, many = merged_values(spec_of(BUCKET)), merged_values(spec_of(BUCKET, tenants=["fake", "a"]))
    (coming,), (going,) = update_problems(one, many, today=TODAY), update_problems(many, one, today=TODAY)
    assert 'keep "fake" among tenants' in coming and 'logs of "fake" alone' in going
    assert update_problems(one, many, today=TODAY, allowed=[GuardedChange.TENANTS]) == []
    more = merged_values(spec_of(BUCKET, tenants=["fake", "a", "b"]))
    assert update_problems(many, more, today=TODAY) == []


def relabelled(old: dict[str, Any], new: dict[str, Any], base: dict[str, Any] = BUCKET) -> list[str]:
    three = {**base, "namespace": "logging", "replicas": 3}
    before, after = (merged_values(spec_of({**three, **fields})) for fields in (old, new))
    return upgrade_problems({**INPUTS, "values": before}, {**INPUTS, "values": after})


@pytest.mark.parametrize("base", [BUCKET, DISTRIBUTED, DOCUMENT])
def test_a_running_ring_without_a_label_gets_one_in_steps_alone(base: dict[str, Any]) -> None:
    (problem,) = relabelled({"cluster_label": "off"}, {}, base)
    assert problem.startswith('cluster_label = "verified": must not change from cluster_label = "off" in one update, ')
    assert problem.endswith(
        'keep cluster_label = "off", or set and apply cluster_label = "accept", then cluster_label = "unverified", '
        'then cluster_label = "verified", one update each'
    )


def test_the_values_of_a_release_from_before_the_setting_are_off() -> None:
    values = merged_values(spec_of({**BUCKET, "namespace": "logging", "replicas": 3}))
    before = deepcopy(values)
    del before["loki"]["extraMemberlistConfig"]
    (problem,) = upgrade_problems({**INPUTS, "values": before}, {**INPUTS, "values": values})
    assert 'keep cluster_label = "off"' in problem


@pytest.mark.parametrize(("old", "new"), list(pairwise(["off", "accept", "unverified", "verified"])))
def test_each_step_of_the_label_may_be_taken_and_taken_back(old: str, new: str) -> None:
    assert relabelled({"cluster_label": old}, {"cluster_label": new}) == []
    assert relabelled({"cluster_label": new}, {"cluster_label": old}) == []


def test_a_single_pod_has_no_others_to_understand() -> None:
    one = {**BUCKET, "namespace": "logging"}
    before, after = (merged_values(spec_of({**one, "cluster_label": label})) for label in ("off", "verified"))
    assert upgrade_problems({**INPUTS, "values": before}, {**INPUTS, "values": after}) == []
    grown = merged_values(spec_of({**one, "replicas": 3}))
    assert len(upgrade_problems({**INPUTS, "values": before}, {**INPUTS, "values": grown})) == 1


@pytest.mark.parametrize("section", ["memberlistConfig", "extraMemberlistConfig"])
def test_a_label_among_the_values_is_kept_wherever_loki_reads_it(section: str) -> None:
    own = {"values": {"loki": {section: {"cluster_label": "mine"}}}}
    structured = {"values": {"loki": {"structuredConfig": {"memberlist": {"cluster_label": "mine"}}}}}
    assert relabelled(own, structured) == []
    (problem,) = relabelled(own, {})
    assert 'values.loki.extraMemberlistConfig = {"cluster_label": "mine"' in problem
    assert 'then cluster_label = "unverified", then cluster_label = "verified"' in problem
