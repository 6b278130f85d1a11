"""Values in places that no chart reads are refused with the right place."""

from typing import Any

import pytest
import yaml

from components._spec import REMOVE, InvalidArgsError
from components.tracing.choices import Mode
from components.tracing.misplaced import arguments_to_use, known_misplacements, misplaced_values
from tests.fixes import fix_of
from tests.unit.tracing.charts import chart_files
from tests.unit.tracing.specs import KAFKA, LAPTOP, ON_PREMISES, spec

FROM_A_GUIDE: dict[str, Any] = yaml.safe_load("""
global_overrides:
  metrics_generator_processors: [service-graphs, span-metrics]
metricsGenerator:
  enabled: true
  storage:
    remote_write: [{url: http://prometheus-server.monitoring/api/v1/write}]
gateway: {enabled: true}
""")
"""Values that render, install, and generate no metrics."""


@pytest.mark.parametrize("base", [ON_PREMISES, KAFKA])
def test_a_generator_that_would_write_nothing_is_refused_with_the_right_keys(base: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(base, values=FROM_A_GUIDE)
    message = str(raised.value)
    assert "nothing at metricsGenerator.storage: use metricsGenerator.config.storage" in message
    assert "nothing at global_overrides: use overrides.defaults.metrics_generator.processors" in message
    assert {problem.place for problem in raised.value.problems} == {
        "values.metricsGenerator.storage",
        "values.global_overrides",
    }


def test_the_same_values_in_their_right_places_are_taken() -> None:
    storage = FROM_A_GUIDE["metricsGenerator"]["storage"]
    right = {
        "overrides": {"defaults": {"metrics_generator": {"processors": ["service-graphs"]}}},
        "metricsGenerator": {"enabled": True, "config": {"storage": storage}},
    }
    assert spec(values=right).values == right


@pytest.mark.parametrize(
    ("base", "values", "sentence"),
    [
        (LAPTOP, {"metricsGenerator": {"enabled": True}}, "use tempo.metricsGenerator"),
        (LAPTOP, {"global_overrides": {}}, "use tempo.overrides.defaults.metrics_generator.processors"),
        (LAPTOP, {"replicas": 2}, "use the argument replicas"),
        (ON_PREMISES, {"tempo": {"metricsGenerator": {}}}, "use metricsGenerator"),
        (ON_PREMISES, {"ingester": {"replicas": 1}}, "use the argument replicas"),
        (KAFKA, {"ingester": {"enabled": False}}, "liveStore and blockBuilder, which have taken"),
        (KAFKA, {"compactor": {}}, "backendScheduler and backendWorker"),
        (KAFKA, {"minio": {"enabled": True}}, "as this chart has no MinIO"),
        (KAFKA, {"liveStore": {"replicas": 5}}, "use the argument partitions"),
        (KAFKA, {"blockBuilder": {"replicas": 5}}, "use the argument partitions"),
        (KAFKA, {"ingest": {"kafka": {"address": "b:9092"}}}, "use the argument kafka_address"),
    ],
)
def test_a_value_is_sent_where_it_belongs(base: dict[str, Any], values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(base, values=values)
    assert sentence in str(raised.value)
    (problem,) = raised.value.problems
    assert fix_of(problem) == {problem.place: REMOVE} and problem.place.startswith("values.")


def test_a_null_takes_a_default_away_and_puts_nothing_anywhere() -> None:
    assert list(misplaced_values({"metricsGenerator": {"storage": None}}, Mode.DISTRIBUTED, False)) == []


@pytest.mark.parametrize("base", [LAPTOP, ON_PREMISES, {**ON_PREMISES, "chart_version": "1.61.0"}, KAFKA])
def test_the_charts_agree_on_what_they_read(base: dict[str, Any]) -> None:
    checked = spec(base)
    known = yaml.safe_load(chart_files(checked).values_text)
    for wrong, right in known_misplacements(checked.mode, checked.through_kafka).items():
        assert not stands_in(known, wrong), f"{wrong} is a value of the chart"
        if " " not in right and not right.endswith("metrics_generator.processors"):
            assert stands_in(known, right), f"{right} is no value of the chart"
    for place in arguments_to_use(checked.mode, checked.through_kafka):
        assert stands_in(known, place.removesuffix(".replication_factor")), f"{place} is no value of the chart"


def stands_in(values: Any, path: str) -> bool:
    for key in path.split("."):
        if not isinstance(values, dict) or key not in values:
            return False
        values = values[key]
    return True
