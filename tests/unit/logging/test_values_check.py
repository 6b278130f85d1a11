"""Chart values that contradict the arguments are refused."""

from typing import Any

import pytest

from components.charts import LOKI
from components.logging.spec import LoggingSpec
from components.logging.values_check import ARGUMENTS_TO_USE, SECTIONS
from tests.fixes import refusal
from tests.real_charts import require_files

from .examples import BUCKET, spec_of

THREE = {**BUCKET, "replicas": 3}
SIMPLE_SCALABLE = {**THREE, "mode": "simple-scalable"}


@pytest.mark.parametrize(
    ("base", "values", "sentence"),
    [
        (
            BUCKET,
            {"deploymentMode": "Distributed"},
            'values.deploymentMode = "Distributed": ',
        ),
        (BUCKET, {"loki": {"commonConfig": {"replication_factor": 3}}}, "the argument replication_factor"),
        (
            BUCKET,
            {"loki": {"structuredConfig": {"common": {"replication_factor": 3}}}},
            "values.loki.structuredConfig.common.replication_factor = 3",
        ),
        (
            THREE,
            {"singleBinary": {"replicas": 1}},
            "values.singleBinary.replicas = 1: ",
        ),
        (THREE, {"singleBinary": {"replicas": "2"}}, "the argument replicas"),
        (SIMPLE_SCALABLE, {"write": {"replicas": 1}}, "the argument workloads.write.replicas"),
        (BUCKET, {"write": {"replicas": 2}}, "values.write.replicas = 2: "),
        (BUCKET, {"loki": {"structuredConfig": {"schema_config": {}}}}, "the argument schema_entries"),
        (BUCKET, {"loki": {"useTestSchema": True}}, "the argument schema_entries"),
        (BUCKET, {"loki": None}, "values.loki = null: "),
        (BUCKET, {"loki": {"commonConfig": 3}}, "values.loki.commonConfig = 3: "),
        (BUCKET, {"singleBinary": [1]}, "values.singleBinary = [1]: "),
    ],
)
def test_a_value_that_an_argument_sets_is_refused(base: dict[str, Any], values: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal(LoggingSpec, {**base, "values": values})


def test_all_problems_are_reported_together() -> None:
    values = {"deploymentMode": "Distributed", "write": {"replicas": 2}, "loki": None}
    message = refusal(LoggingSpec, {**BUCKET, "values": values})
    assert "3 problems" in message
    assert all(f"values.{place} = " in message for place in ("deploymentMode", "write.replicas", "loki"))


def test_zero_replicas_of_a_mode_that_does_not_run_are_accepted() -> None:
    values = {"write": {"replicas": 0}, "loki": {"limits_config": {"max_query_series": 9}}, "singleBinary": {}}
    assert spec_of(BUCKET, values=values).values == values


@pytest.mark.parametrize("version", LOKI.versions)
def test_the_chart_has_every_section(version: str) -> None:
    known = require_files(LOKI, version).values
    sections = {*SECTIONS, *(place.rpartition(".")[0] for place in ARGUMENTS_TO_USE if place.endswith(".replicas"))}
    for place in sections:
        section = known
        for key in place.split("."):
            section = section[key]
        assert isinstance(section, dict), place
