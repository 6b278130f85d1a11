"""Every mode on every store with every chart, run through the program; and what it refuses, with its reason."""

import os
import re
from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.charts import LOKI, TEMPO, TEMPO_DISTRIBUTED
from components.logging.modes import LokiMode
from components.tracing.modes import TempoMode
from config.storage import STORAGE_KINDS
from tools.contract.chart_values import findings
from tools.contract.contract import REFERENCE
from tools.program import Recording, record
from tools.program.stacks import configured_program
from tools.render.chartfiles import ChartFiles
from tools.render.resources import whole_numbers
from tools.support import CELLS, REFUSALS, SHAPES, STORES, Cell, Refusal, cells_of

ROOT = Path(__file__).parents[2]
ALONE = {"backendScheduler": 1}
"""What runs once, as its chart takes no other number."""


def recorded(cell: Cell) -> Recording:
    return record(configured_program(ROOT, cell.config), preview=True, stack="matrix")


@pytest.fixture(scope="module", params=CELLS, ids=str)
def cell(request: pytest.FixtureRequest) -> tuple[Cell, Recording]:
    found: Cell = request.param
    return found, recorded(found)


@cache
def chart_files(chart: str, version: str) -> ChartFiles | None:
    places = [ROOT / REFERENCE / "charts", Path(os.environ.get("OBSERVABILITY_CHARTS") or ROOT / "no-charts")]
    found = (place / f"{chart}-{version}" for place in places)
    return next((ChartFiles(path) for path in found if path.is_dir()), None)


def values_of(recording: Recording, release: str) -> dict[str, Any]:
    values: dict[str, Any] = whole_numbers(recording.one(":Release", release).plain()["values"])
    return values


def pods_in(values: Mapping[str, Any], sections: set[str]) -> dict[str, int]:
    by_section = {name: section for name, section in values.items() if isinstance(section, Mapping)} | {"": values}
    running = {name: section for name, section in by_section.items() if section.get("enabled", True)}
    counts = {name: section.get("replicas", ALONE.get(name)) for name, section in running.items() if name in sections}
    return {name: count for name, count in counts.items() if count}


def test_a_supported_combination_gives_the_chart_only_values_that_it_knows(cell: tuple[Cell, Recording]) -> None:
    found, recording = cell
    files = chart_files(found.shape.chart.name, found.version)
    if files is None:
        pytest.skip(f"chart {found.shape.chart.name} {found.version} is not at hand")
    breaches = [str(breach) for breach in findings(str(found), values_of(recording, found.shape.release), files)]
    assert not breaches, "\n".join(breaches)


def test_a_supported_combination_runs_the_chart_and_the_pods_of_its_shape(cell: tuple[Cell, Recording]) -> None:
    found, recording = cell
    shape = found.shape
    values = values_of(recording, shape.release)
    assert recording.one(":Release", shape.release).plain()["version"] == found.version
    every_section = {section for each in SHAPES if each.area == shape.area for section in each.pods}
    assert pods_in(values, every_section) == shape.pods


def test_a_supported_combination_keeps_as_many_copies_as_its_shape_says(cell: tuple[Cell, Recording]) -> None:
    shape, values = cell[0].shape, values_of(cell[1], cell[0].shape.release)
    if shape.area == "logging":
        assert values["loki"]["commonConfig"]["replication_factor"] == shape.copies
    elif "ingester" in shape.pods:
        assert values["ingester"]["config"]["replication_factor"] == shape.copies
    else:
        assert "ingester" not in values
    if shape.copies is not None:
        writers = {"monolithic": ("singleBinary", ""), "simple-scalable": ("write",), "distributed": ("ingester",)}
        assert shape.copies <= max(shape.pods.get(section, 0) for section in writers[shape.mode])


def test_a_supported_combination_keeps_its_data_where_its_store_says(cell: tuple[Cell, Recording]) -> None:
    found, recording = cell
    values = values_of(recording, found.shape.release)
    if found.shape.area == "logging":
        kept = values["loki"]["storage"]["type"]
        assert [entry["object_store"] for entry in values["loki"]["schemaConfig"]["configs"]] == [kept]
    else:
        storage = (values["tempo"] if found.shape.chart is TEMPO else values)["storage"]
        kept = storage["trace"]["backend"].replace("local", "filesystem")
    assert kept == ("s3" if found.store.shared else "filesystem")


@pytest.mark.parametrize(("mode", "version"), list(product(LokiMode, LOKI.versions)))
def test_every_mode_of_loki_can_keep_its_queries_in_a_valkey(mode: LokiMode, version: str) -> None:
    area = {"mode": mode.value, "chart_version": version}
    config = {"cluster": {"name": "matrix"}, "caching": {"kind": "valkey"}, "logging": area}
    values = values_of(record(configured_program(ROOT, config), preview=True, stack="matrix"), "logging-loki")
    assert not values["chunksCache"]["enabled"] and not values["resultsCache"]["enabled"]
    assert "redis" in values["loki"]["structuredConfig"]["chunk_store_config"]["chunk_cache_config"]
    if files := chart_files(LOKI.name, version):
        breaches = [str(breach) for breach in findings("loki", values, files)]
        assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize("version", TEMPO_DISTRIBUTED.versions)
def test_every_distributed_tempo_can_keep_its_queries_in_a_valkey(version: str) -> None:
    kafka = {"kafka_address": "kafka.messaging:9092"} if version.startswith("3.") else {}
    area = {"mode": "distributed", "chart_version": version, **kafka}
    config = {"cluster": {"name": "matrix"}, "caching": {"kind": "valkey"}, "tracing": area}
    values = values_of(record(configured_program(ROOT, config), preview=True, stack="matrix"), "tracing-tempo")
    (cache,) = values["cache"]["caches"]
    assert set(cache) == {"redis", "roles"}
    if files := chart_files(TEMPO_DISTRIBUTED.name, version):
        breaches = [str(breach) for breach in findings("tempo", values, files)]
        assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.title)
def test_an_impossible_combination_is_refused_with_its_reason(refusal: Refusal) -> None:
    config = {"cluster": {"name": "matrix"}, **refusal.config}
    with pytest.raises(pulumi.RunError, match=re.escape(refusal.sentence)):
        record(configured_program(ROOT, config), preview=True, stack="matrix")


def test_impossible_choices_of_both_signals_are_refused_together() -> None:
    logging = {"mode": "distributed", "replicas": 4, "ingester_zones": ["a", "b", "c"], "ruler": True}
    config = {"logging": logging, "tracing": {"replicas": 2}, "retention": {"logs": "12h"}}
    with pytest.raises(pulumi.RunError) as told:
        record(configured_program(ROOT, config), preview=True, stack="matrix")
    told_of = ("multiple of 3", "Alertmanager", "at least 24h", "monolithic Tempo must have exactly 1 replica")
    assert [word for word in told_of if word not in str(told.value)] == []


def test_the_matrix_has_every_mode_store_and_chart_that_a_stack_can_choose() -> None:
    assert {shape.mode for shape in SHAPES if shape.area == "logging"} == {mode.value for mode in LokiMode}
    assert {shape.mode for shape in SHAPES if shape.area == "tracing"} == {mode.value for mode in TempoMode}
    assert {store.kind for store in STORES} == set(STORAGE_KINDS)
    for chart in (LOKI, TEMPO, TEMPO_DISTRIBUTED):
        assert {cell.version for cell in CELLS if cell.shape.chart is chart} == set(chart.versions)


def test_what_is_not_in_the_matrix_is_refused() -> None:
    left_out = [(shape, store) for shape, store in product(SHAPES, STORES) if not cells_of(shape, store)]
    assert left_out
    for shape, store in left_out:
        config = {**store.config, shape.area: {**shape.settings, "chart_version": shape.versions[0]}}
        with pytest.raises(pulumi.RunError, match=r"shares its blocks between pods|supports only one process"):
            record(configured_program(ROOT, config), preview=True, stack="matrix")
