"""Chart values that would part copies from replicas, run two modes or leave the schema's ledger are refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from components._spec import InvalidArgsError
from components.charts import LOKI
from components.logging.values_check import ARGUMENTS_TO_USE, SECTIONS

from .examples import BUCKET, spec_of

CHARTS = Path(__file__).parents[4] / "shared" / "charts"
THREE = {**BUCKET, "replicas": 3}
SIMPLE_SCALABLE = {**THREE, "mode": "simple-scalable"}


def refusal(base: dict[str, Any], values: dict[str, Any]) -> str:
    with pytest.raises(InvalidArgsError) as raised:
        spec_of(base, values=values)
    return str(raised.value)


@pytest.mark.parametrize(
    ("base", "values", "sentence"),
    [
        (BUCKET, {"deploymentMode": "Distributed"}, "deploymentMode alone would part it from what must fit it: use"),
        (BUCKET, {"loki": {"commonConfig": {"replication_factor": 3}}}, "use the argument replication_factor"),
        (
            BUCKET,
            {"loki": {"structuredConfig": {"common": {"replication_factor": 3}}}},
            "loki.structuredConfig.common.replication_factor alone",
        ),
        (THREE, {"singleBinary": {"replicas": 1}}, "singleBinary.replicas alone would part it"),
        (THREE, {"singleBinary": {"replicas": "2"}}, "use the argument replicas"),
        (SIMPLE_SCALABLE, {"write": {"replicas": 1}}, "use the argument workloads.write.replicas"),
        (BUCKET, {"write": {"replicas": 2}}, "write does not run in mode monolithic: remove write.replicas"),
        (BUCKET, {"loki": {"structuredConfig": {"schema_config": {}}}}, "use the argument schema_entries"),
        (BUCKET, {"loki": {"useTestSchema": True}}, "use the argument schema_entries"),
        (BUCKET, {"loki": None}, "loki is None and must hold keys"),
        (BUCKET, {"loki": {"commonConfig": 3}}, "loki.commonConfig is 3 and must hold keys"),
        (BUCKET, {"singleBinary": [1]}, "singleBinary is [1] and must hold keys"),
    ],
)
def test_a_value_is_sent_to_its_argument(base: dict[str, Any], values: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal(base, values)


def test_everything_misplaced_is_told_at_once() -> None:
    message = refusal(BUCKET, {"deploymentMode": "Distributed", "write": {"replicas": 2}, "loki": None})
    assert "deploymentMode" in message
    assert "write.replicas" in message
    assert "loki is None" in message
    assert "3 problems" in message, "each stands at its own place"
    assert "values.write.replicas = 2: " in message


def test_what_a_mode_that_does_not_run_has_none_of_may_be_said() -> None:
    values = {"write": {"replicas": 0}, "loki": {"limits_config": {"max_query_series": 9}}, "singleBinary": {}}
    assert spec_of(BUCKET, values=values).values == values


@pytest.mark.skipif(not CHARTS.is_dir(), reason="the real charts are not here")
@pytest.mark.parametrize("version", LOKI.versions)
def test_the_chart_has_every_section(version: str) -> None:
    known = yaml.safe_load((CHARTS / f"loki-{version}" / "values.yaml").read_text(encoding="utf-8"))
    sections = {*SECTIONS, *(place.rpartition(".")[0] for place in ARGUMENTS_TO_USE if place.endswith(".replicas"))}
    for place in sections:
        section = known
        for key in place.split("."):
            section = section[key]
        assert isinstance(section, dict), place
