"""The published charts, which some tests need: they are skipped where a chart is not on this machine."""

import os
from pathlib import Path

import pytest

from components.charts import Chart
from sandbox.providers.kube.charts import MIRROR
from tests.installed_tools import require
from tools.contract.contract import REFERENCE
from tools.render.chartfiles import ChartFiles

ROOT = Path(__file__).resolve().parents[1]
BESIDE = ROOT / REFERENCE / "charts"
"""The published charts beside the checkout: their values and schemas."""


def find_chart(chart: str, version: str) -> ChartFiles | None:
    """Return the files of a chart, from beside the checkout or from the directory that `OBSERVABILITY_CHARTS` names."""
    places = [BESIDE, *([Path(os.environ[MIRROR])] if os.environ.get(MIRROR) else [])]
    found = (place / f"{chart}-{version}" for place in places)
    return next((ChartFiles(path) for path in found if path.is_dir()), None)


def require_files(chart: Chart, version: str) -> ChartFiles:
    """Return the files of a chart; skip the test where they are not on this machine."""
    return find_chart(chart.name, version) or pytest.skip(f"needs {chart.name}-{version} in the directory {MIRROR}")


def require_renderable(chart: Chart, version: str) -> Path:
    """Return the whole chart in `OBSERVABILITY_CHARTS`; skip the test where it or helm is not on this machine."""
    require("helm")
    path = Path(os.environ.get(MIRROR, "no-charts")) / f"{chart.name}-{version}"
    return path if path.is_dir() else pytest.skip(f"needs {chart.name}-{version} in the directory {MIRROR}")
