"""A value that a chart does not know is found, and what the chart leaves open is not."""

import os
from pathlib import Path
from typing import Any

import pytest

from components.charts import ALLOY, CHARTS, LOKI, MINIO
from tools.contract.__main__ import write
from tools.contract.chart_values import PUBLISHED, ChartValues, findings, unknown_values
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


def test_what_every_published_chart_knows_is_written_down() -> None:
    names = {f"{chart.name}-{version}.json" for chart in CHARTS for version in chart.versions}
    names |= {f"alloy-components-{version}.json" for version in ALLOY.versions}
    assert {file.name for file in PUBLISHED.iterdir()} == names
    for chart in CHARTS:
        for version in chart.versions:
            kept = ChartValues.published(chart.name, version)
            assert (kept.name, kept.version) == (chart.name, version) and kept.defaults


def test_a_value_that_came_after_the_release_is_found_without_the_chart() -> None:
    chart = ChartValues.published(MINIO.name, "5.4.0")
    values = {"networkPolicy": {"enabled": True, "egress": {"enabled": True}}}
    (finding,) = unknown_values("minio/minio", values, chart)
    assert str(finding).startswith("release minio/minio: values.networkPolicy.egress: unknown value")
    assert list(unknown_values("minio/minio", {"networkPolicy": {"enabled": True}}, chart)) == []


def test_a_chart_that_is_written_down_finds_what_its_files_find(chart: ChartFiles, tmp_path: Path) -> None:
    (tmp_path / "values.schema.json").write_text('{"properties": {"described": {"properties": {"within": {}}}}}')
    known = {"image": {"pullPolicy": "Never"}, "described": {"within": 1}, "topLevelOption": False, "extra": {"a": 1}}
    wrong = {"image": {"pull": 1}, "within": 1, "part": {"prot": 1}, "replicas": {"a": 1}}
    kept = ChartValues.loaded(ChartValues.of(chart).kept())
    for values in (known, wrong):
        assert list(unknown_values("tiny", values, kept)) == list(unknown_values("tiny", values, ChartValues.of(chart)))
    assert len(list(unknown_values("tiny", wrong, kept))) == 4


@pytest.mark.skipif("OBSERVABILITY_CHARTS" not in os.environ, reason="OBSERVABILITY_CHARTS names no charts")
def test_the_published_charts_say_what_is_written_down(tmp_path: Path) -> None:
    write(Path(os.environ["OBSERVABILITY_CHARTS"]), tmp_path)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        file.name: file.read_text() for file in PUBLISHED.iterdir()
    }
