"""The published charts, which some tests need: they are skipped where a chart is not on this machine."""

import os
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

from components.charts import CHARTS_VARIABLE, Chart, find_chart
from tests.installed_tools import require
from tools.render.chartfiles import ChartFiles

BESIDE = Path(__file__).resolve().parents[2] / "shared"
"""Charts (their values and schemas, in `charts`) and definitions (in `crds`) beside the checkout."""


@cache
def find_files(chart: Chart, version: str) -> ChartFiles | None:
    """Return the files of a chart, from beside the checkout or from the directory that `OBSERVABILITY_CHARTS` names."""
    places = (str(BESIDE / "charts"), os.environ.get(CHARTS_VARIABLE))
    found = (find_chart(place, chart.name, version) for place in places if place)
    return next((ChartFiles(path) for path in found if path), None)


def require_files(chart: Chart, version: str) -> ChartFiles:
    """Return the files of a chart; skip the test where they are not on this machine."""
    return find_files(chart, version) or _skip(chart, version)


def require_renderable(chart: Chart, version: str) -> Path:
    """Return the whole chart in `OBSERVABILITY_CHARTS`; skip the test where it or helm is not on this machine."""
    require("helm")
    return find_chart(os.environ.get(CHARTS_VARIABLE, "no-charts"), chart.name, version) or _skip(chart, version)


def _skip(chart: Chart, version: str) -> NoReturn:
    pytest.skip(f"needs {chart.name}-{version} in the directory {CHARTS_VARIABLE}")
