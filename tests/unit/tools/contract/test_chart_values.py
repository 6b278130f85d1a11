"""A value that a chart does not know is found, and what the chart leaves open is not."""

from pathlib import Path
from typing import Any

import pytest

from components.charts import LOKI
from tools.contract.chart_values import findings
from tools.render.chartfiles import ChartFiles

VALUES = """\
replicas: 1
image:
  repository: example/tiny
  # pullPolicy: Always
persistence:
  enabled: false
  size: 1Gi
extra: {}
config: null
tolerations: []
part:
  enabled: true
# topLevelOption: true
"""
PART = "enabled: true\nport: 80\nglobal: {registry: docker.io}\n"


@pytest.fixture
def chart(tmp_path: Path) -> ChartFiles:
    files = {
        "Chart.yaml": "{name: tiny, version: 1.0.0, dependencies: [{name: part}]}",
        "values.yaml": VALUES,
        "charts/part/Chart.yaml": "{name: part, version: 1.0.0}",
        "charts/part/values.yaml": PART,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return ChartFiles(tmp_path)


def found(chart: ChartFiles, values: dict[str, Any]) -> list[str]:
    return [str(finding) for finding in findings("apps/tiny", values, chart)]


@pytest.mark.parametrize(
    "values",
    [
        {"replicas": 3, "image": {"repository": "mirror/tiny"}},
        {"image": {"pullPolicy": "Never"}, "topLevelOption": False},
        {"extra": {"any": {"thing": 1}}, "config": {"of": "its own"}, "tolerations": [{"key": "x"}]},
        {"image": {"annotations": {"a": "b"}}, "fullnameOverride": "tiny"},
        {"part": {"port": 8080}, "global": {"registry": "mirror"}},
        {"persistence": None},
    ],
    ids=["defaults", "shown in comments", "left open", "conventional", "chart inside", "null removes"],
)
def test_what_the_chart_knows_or_leaves_open_is_let_through(chart: ChartFiles, values: dict[str, Any]) -> None:
    assert found(chart, values) == []


def test_a_misspelt_value_is_found_with_the_nearest_one(chart: ChartFiles) -> None:
    (finding,) = found(chart, {"persistence": {"enable": True}})
    assert finding == (
        "release apps/tiny: values.persistence.enable: unknown value; did you mean persistence.enabled? "
        "(chart tiny 1.0.0)"
    )


def test_a_value_in_the_wrong_place_is_found_with_the_right_place(chart: ChartFiles) -> None:
    (finding,) = found(chart, {"repository": "mirror/tiny"})
    assert "did you mean image.repository?" in finding


def test_an_unknown_value_of_a_chart_inside_is_found_under_its_own_path(chart: ChartFiles) -> None:
    (finding,) = found(chart, {"part": {"prot": 8080}})
    assert finding.startswith("release apps/tiny: values.part.prot: unknown value; did you mean port?")


def test_an_unknown_value_shared_with_the_charts_inside_is_found(chart: ChartFiles) -> None:
    (finding,) = found(chart, {"global": {"registri": "mirror"}})
    assert "did you mean global.registry?" in finding


def test_a_map_in_place_of_a_number_and_a_text_in_place_of_a_map_are_found(chart: ChartFiles) -> None:
    first, second = found(chart, {"replicas": {"min": 1}, "persistence": "10Gi"})
    assert "values.replicas: the chart has 1 here, not a map" in first
    assert "values.persistence: the chart has a map here, with enabled, size" in second


def test_a_value_that_the_schema_refuses_is_found(chart: ChartFiles, tmp_path: Path) -> None:
    (tmp_path / "values.schema.json").write_text('{"properties": {"replicas": {"type": "integer"}}}')
    (finding,) = found(chart, {"replicas": "three"})
    assert (
        finding == "release apps/tiny: values.replicas: the chart's schema refuses it: 'three' is not of type 'integer'"
    )


@pytest.mark.parametrize(("version", "reported"), [(LOKI.versions[-1], False), (LOKI.default_version, True)])
def test_a_value_that_the_chart_has_and_does_not_read_is_found(tmp_path: Path, version: str, reported: bool) -> None:
    (tmp_path / "Chart.yaml").write_text(f"{{name: loki, version: {version}}}")
    (tmp_path / "values.yaml").write_text("ingester: {updateStrategy: {type: RollingUpdate}}")
    sentences = found(ChartFiles(tmp_path), {"ingester": {"updateStrategy": {"type": "OnDelete"}}})
    assert bool(sentences) is reported
    assert all(
        "values.ingester.updateStrategy: the chart has it and does not read it; use ingester.strategy" in one
        for one in sentences
    )
