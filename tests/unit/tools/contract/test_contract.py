"""The contract of a rendering as a whole: what is checked where the charts are not at hand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.charts import MINIO
from tools.contract import check
from tools.render import ReleaseSummary, Rendering

EGRESS: dict[str, Any] = {"networkPolicy": {"enabled": True, "egress": {"enabled": True}}}


def summary(chart_path: Path, *, stand_in: bool, chart: str = MINIO.name, **values: Any) -> ReleaseSummary:
    return ReleaseSummary(
        name="minio",
        namespace="minio",
        chart=chart,
        version=MINIO.default_version,
        chart_path=chart_path,
        source="",
        stand_in=stand_in,
        values=values,
        objects=1,
    )


@pytest.mark.parametrize("stand_in", [True, False], ids=["stand-in", "another-chart-than-the-published"])
def test_values_are_checked_by_what_the_published_chart_knows(
    rendering: Callable[..., Rendering], tmp_path: Path, stand_in: bool
) -> None:
    (tmp_path / "Chart.yaml").write_text(f"{{name: minio, version: {MINIO.default_version}}}")
    (tmp_path / "values.yaml").write_text("networkPolicy: {enabled: true, egress: {enabled: false}}")
    release = summary(tmp_path, stand_in=stand_in, **EGRESS)
    report = check(replace(rendering(), releases=(release,)))
    (finding,) = [str(finding) for finding in report.findings if "minio/minio" in str(finding)]
    assert finding.startswith("release minio/minio: values.networkPolicy.egress: unknown value")
    assert report.unchecked == ()


def test_a_chart_that_no_component_installs_is_reported_where_it_is_not_at_hand(
    rendering: Callable[..., Rendering], tmp_path: Path
) -> None:
    release = summary(tmp_path, stand_in=True, chart="unknown")
    report = check(replace(rendering(), releases=(release,)))
    assert report.unchecked == (
        f"the values of release minio/minio: chart unknown {MINIO.default_version} is not at hand",
    )
