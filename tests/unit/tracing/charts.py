"""The files of the charts, where they are available."""

import os
from pathlib import Path

import pytest

from components.tracing.spec import TracingSpec
from tools.contract.contract import REFERENCE
from tools.render.chartfiles import ChartFiles

ROOT = Path(__file__).resolve().parents[3]


def chart_files(spec: TracingSpec) -> ChartFiles:
    """Return the files of the chart of `spec`; skip the test where they are not available."""
    places = [ROOT / REFERENCE / "charts", Path(os.environ.get("OBSERVABILITY_CHARTS", ROOT / REFERENCE / "charts"))]
    for place in places:
        if (chart := place / f"{spec.chart.name}-{spec.chart_version}").is_dir():
            return ChartFiles(chart)
    pytest.skip(f"chart {spec.chart.name} {spec.chart_version} needs its directory in OBSERVABILITY_CHARTS")
