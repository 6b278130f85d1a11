"""Chart values that no chart reads, or that contradict an argument, are refused."""

from typing import Any

import pytest
import yaml

from components._spec import REMOVE, InvalidArgsError
from components.tracing.modes import TEMPO_2_VERSIONS, TempoMode
from components.tracing.values_check import argument_values, unread_values, values_problems
from tests.fixes import fix_of
from tests.real_charts import require_files
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
def test_a_generator_without_effect_is_refused_with_the_correct_places(base: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(base, values=FROM_A_GUIDE)
    correct = {
        "values.metricsGenerator.storage": "metricsGenerator.config.storage",
        "values.global_overrides": "overrides.defaults.metrics_generator.processors",
    }
    assert {problem.field for problem in raised.value.problems} == set(correct)
    assert all(problem.message.endswith(f"use {correct[problem.field]}") for problem in raised.value.problems)


def test_the_same_values_in_the_correct_places_are_accepted() -> None:
    storage = FROM_A_GUIDE["metricsGenerator"]["storage"]
    correct = {
        "overrides": {"defaults": {"metrics_generator": {"processors": ["service-graphs"]}}},
        "metricsGenerator": {"enabled": True, "config": {"storage": storage}},
    }
    assert spec(values=correct).values == correct


@pytest.mark.parametrize(
    ("base", "values", "fix"),
    [
        (LAPTOP, {"metricsGenerator": {"enabled": True}}, "use tempo.metricsGenerator"),
        (LAPTOP, {"global_overrides": {}}, "use tempo.overrides.defaults.metrics_generator.processors"),
        (LAPTOP, {"replicas": 2}, "use the argument replicas"),
        (ON_PREMISES, {"tempo": {"metricsGenerator": {}}}, "use metricsGenerator"),
        (ON_PREMISES, {"ingester": {"replicas": 1}}, "use the argument replicas"),
        (KAFKA, {"ingester": {"enabled": False}}, "liveStore and blockBuilder"),
        (KAFKA, {"compactor": {}}, "backendScheduler and backendWorker"),
        (KAFKA, {"minio": {"enabled": True}}, "the arguments bucket and endpoint"),
        (KAFKA, {"liveStore": {"replicas": 5}}, "use the argument partitions"),
        (KAFKA, {"blockBuilder": {"replicas": 5}}, "use the argument partitions"),
        (KAFKA, {"ingest": {"kafka": {"address": "b:9092"}}}, "use the argument kafka_address"),
    ],
)
def test_the_message_names_the_correct_place(base: dict[str, Any], values: dict[str, Any], fix: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(base, values=values)
    (problem,) = raised.value.problems
    assert fix in problem.message
    assert fix_of(problem) == {problem.field: REMOVE} and problem.field.startswith("values.")


def test_a_null_is_not_misplaced() -> None:
    assert list(values_problems({"metricsGenerator": {"storage": None}}, TempoMode.DISTRIBUTED, False)) == []


@pytest.mark.parametrize("base", [LAPTOP, ON_PREMISES, {**ON_PREMISES, "chart_version": TEMPO_2_VERSIONS[-1]}, KAFKA])
def test_the_charts_agree(base: dict[str, Any]) -> None:
    checked = spec(base)
    defaults = yaml.safe_load(require_files(checked.chart, checked.chart_version).values_text)
    for unread, correct in unread_values(checked.mode, checked.uses_kafka).items():
        assert not has_place(defaults, unread), f"{unread} is a value of the chart"
        if " " not in correct and not correct.endswith("metrics_generator.processors"):
            assert has_place(defaults, correct), f"{correct} is no value of the chart"
    for place in argument_values(checked.mode, checked.uses_kafka):
        assert has_place(defaults, place.removesuffix(".replication_factor")), f"{place} is no value of the chart"


def has_place(values: Any, path: str) -> bool:
    for key in path.split("."):
        if not isinstance(values, dict) or key not in values:
            return False
        values = values[key]
    return True
