"""Each pair of mode, store and chart, run through the program; and what it refuses, with its reason."""

import re
from collections.abc import Iterable, Mapping
from itertools import combinations, product
from typing import Any

import pulumi
import pytest

from components.charts import LOKI, TEMPO, TEMPO_DISTRIBUTED
from components.logging.modes import LokiMode
from components.tracing.modes import TEMPO_3_VERSIONS, TempoMode
from config.storage import STORAGE_KINDS
from tests.program.programs import record_stack
from tests.real_charts import find_files, require_files
from tools.contract.chart_values import findings
from tools.program import Recording
from tools.render.resources import whole_numbers
from tools.support_matrix import (
    COMBINATIONS,
    PAIRWISE,
    REJECTIONS,
    STORES,
    TOPOLOGIES,
    Combination,
    Rejection,
    combinations_of,
)

ALONE = {"backendScheduler": 1}
"""What runs once, as its chart takes no other number."""


@pytest.fixture(scope="module", params=PAIRWISE, ids=str)
def combination(request: pytest.FixtureRequest) -> tuple[Combination, Recording]:
    found: Combination = request.param
    return found, record_stack(found.config)


def values_of(recording: Recording, release: str) -> dict[str, Any]:
    values: dict[str, Any] = whole_numbers(recording.one(":Release", release).plain()["values"])
    return values


def pods_in(values: Mapping[str, Any], sections: set[str]) -> dict[str, int]:
    by_section = {name: section for name, section in values.items() if isinstance(section, Mapping)} | {"": values}
    running = {name: section for name, section in by_section.items() if section.get("enabled", True)}
    counts = {name: section.get("replicas", ALONE.get(name)) for name, section in running.items() if name in sections}
    return {name: count for name, count in counts.items() if count}


def test_a_supported_combination_gives_the_chart_only_values_that_it_knows(
    combination: tuple[Combination, Recording],
) -> None:
    found, recording = combination
    files = require_files(found.topology.chart, found.version)
    violations = [
        str(violation) for violation in findings(str(found), values_of(recording, found.topology.release), files)
    ]
    assert not violations, "\n".join(violations)


def test_a_supported_combination_runs_the_chart_and_the_pods_of_its_topology(
    combination: tuple[Combination, Recording],
) -> None:
    found, recording = combination
    topology = found.topology
    values = values_of(recording, topology.release)
    assert recording.one(":Release", topology.release).plain()["version"] == found.version
    every_section = {section for each in TOPOLOGIES if each.area == topology.area for section in each.pods}
    assert pods_in(values, every_section) == topology.pods


def test_a_supported_combination_has_the_replication_factor_of_its_topology(
    combination: tuple[Combination, Recording],
) -> None:
    topology, values = combination[0].topology, values_of(combination[1], combination[0].topology.release)
    if topology.area == "logging":
        assert values["loki"]["commonConfig"]["replication_factor"] == topology.replication_factor
    elif "ingester" in topology.pods:
        assert values["ingester"]["config"]["replication_factor"] == topology.replication_factor
    else:
        assert "ingester" not in values
    if topology.replication_factor is not None:
        writers = {"monolithic": ("singleBinary", ""), "simple-scalable": ("write",), "distributed": ("ingester",)}
        assert topology.replication_factor <= max(topology.pods.get(section, 0) for section in writers[topology.mode])


def test_a_supported_combination_keeps_its_data_in_its_store(
    combination: tuple[Combination, Recording],
) -> None:
    found, recording = combination
    values = values_of(recording, found.topology.release)
    if found.topology.area == "logging":
        kept = values["loki"]["storage"]["type"]
        assert [entry["object_store"] for entry in values["loki"]["schemaConfig"]["configs"]] == [kept]
    else:
        storage = (values["tempo"] if found.topology.chart is TEMPO else values)["storage"]
        kept = storage["trace"]["backend"].replace("local", "filesystem")
    assert kept == ("s3" if found.store.shared else "filesystem")


@pytest.mark.parametrize(("mode", "version"), list(product(LokiMode, LOKI.versions)))
def test_every_mode_of_loki_can_keep_its_queries_in_a_valkey(mode: LokiMode, version: str) -> None:
    area = {"mode": mode.value, "chart_version": version}
    config = {"cluster": {"name": "matrix"}, "caching": {"kind": "valkey"}, "logging": area}
    values = values_of(record_stack(config), "logging-loki")
    assert not values["chunksCache"]["enabled"] and not values["resultsCache"]["enabled"]
    assert "redis" in values["loki"]["structuredConfig"]["chunk_store_config"]["chunk_cache_config"]
    if files := find_files(LOKI, version):
        violations = [str(violation) for violation in findings("loki", values, files)]
        assert not violations, "\n".join(violations)


@pytest.mark.parametrize("version", TEMPO_DISTRIBUTED.versions)
def test_every_distributed_tempo_can_keep_its_queries_in_a_valkey(version: str) -> None:
    kafka = {"kafka_address": "kafka.messaging:9092"} if version in TEMPO_3_VERSIONS else {}
    area = {"mode": "distributed", "chart_version": version, **kafka}
    config = {"cluster": {"name": "matrix"}, "caching": {"kind": "valkey"}, "tracing": area}
    values = values_of(record_stack(config), "tracing-tempo")
    (cache,) = values["cache"]["caches"]
    assert set(cache) == {"redis", "roles"}
    if files := find_files(TEMPO_DISTRIBUTED, version):
        violations = [str(violation) for violation in findings("tempo", values, files)]
        assert not violations, "\n".join(violations)


@pytest.mark.parametrize("rejection", REJECTIONS, ids=lambda rejection: rejection.title)
def test_an_impossible_combination_is_refused_with_its_reason(rejection: Rejection) -> None:
    config = {"cluster": {"name": "matrix"}, **rejection.config}
    with pytest.raises(pulumi.RunError, match=re.escape(rejection.message)):
        record_stack(config)


def test_impossible_choices_of_both_signals_are_refused_together() -> None:
    logging = {"mode": "distributed", "replicas": 4, "ingester_zones": ["a", "b", "c"], "ruler": True}
    config = {
        "logging": logging,
        "tracing": {"replicas": 2},
        "retention": {"logs": "12h"},
        "metrics": {"kind": "none"},
    }
    with pytest.raises(pulumi.RunError) as raised:
        record_stack(config)
    terms = ("multiple of 3", "Alertmanager", "at least 24h", "tracing.replicas = 2")
    assert [word for word in terms if word not in str(raised.value)] == []


def test_the_matrix_has_every_mode_store_and_chart_that_a_stack_can_choose() -> None:
    assert {topology.mode for topology in TOPOLOGIES if topology.area == "logging"} == {mode.value for mode in LokiMode}
    assert {topology.mode for topology in TOPOLOGIES if topology.area == "tracing"} == {
        mode.value for mode in TempoMode
    }
    assert {store.kind for store in STORES} == set(STORAGE_KINDS)
    for chart in (LOKI, TEMPO, TEMPO_DISTRIBUTED):
        assert {combination.version for combination in COMBINATIONS if combination.topology.chart is chart} == set(
            chart.versions
        )


def test_every_pair_of_topology_store_and_version_is_run() -> None:
    def pairs_of(found: Iterable[Combination]) -> set[tuple[Any, ...]]:
        parts = [(each.topology.area, each.topology.title, each.store.title, each.version) for each in found]
        return {(area, *pair) for area, *others in parts for pair in combinations(enumerate(others), 2)}

    assert pairs_of(PAIRWISE) == pairs_of(COMBINATIONS)


def test_what_is_not_in_the_matrix_is_refused() -> None:
    left_out = [
        (topology, store) for topology, store in product(TOPOLOGIES, STORES) if not combinations_of(topology, store)
    ]
    assert left_out
    for topology, store in left_out:
        config = {**store.config, topology.area: {**topology.settings, "chart_version": topology.versions[0]}}
        with pytest.raises(pulumi.RunError, match=r"shares its blocks between pods|supports only one process"):
            record_stack(config)
