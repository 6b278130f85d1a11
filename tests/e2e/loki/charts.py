"""Loki's chart as far as its configuration goes: the real one, or what can be made of that one's values alone.

The chart keeps the template of Loki's configuration in its values, so with those and the few templates that it calls
(`names.tpl`) the configuration comes out as the chart itself would write it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import yaml

from components.charts import CHARTS_VARIABLE, LOKI, find_chart
from sandbox.chart_sources import ChartReference, Charts
from sandbox.helm import Helm
from tests.real_charts import BESIDE
from tools.render.chartfiles import ChartFiles

NAMES = Path(__file__).with_name("names.tpl")
TEMPLATE = "templates/config.yaml"
"""The file of the chart that holds Loki's configuration."""
_CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
data:
  config.yaml: |
    {{- include "loki.calculatedConfig" . | nindent 4 }}
"""


def real_chart(version: str) -> Path | None:
    """Return the chart of `OBSERVABILITY_CHARTS`, `None` where that has none."""
    mirror = os.environ.get(CHARTS_VARIABLE)
    return find_chart(mirror, LOKI.name, version) if mirror else None


def chart_from_values(published: ChartFiles, into: Path) -> Path:
    """Write a chart of the published values and their schema that makes Loki's configuration, and nothing else."""
    templates = into / "templates"
    templates.mkdir(parents=True)
    description = {key: value for key, value in published.description.items() if key != "dependencies"}
    (into / "Chart.yaml").write_text(yaml.safe_dump(description))
    (into / "values.yaml").write_text(published.values_text)
    (into / "values.schema.json").write_text(published.read("values.schema.json") or "{}")
    shutil.copyfile(NAMES, templates / "_names.tpl")
    (into / TEMPLATE).write_text(_CONFIG_MAP)
    return into


def chart_at_hand(version: str, scratch: Path, helm: Helm) -> Path | None:
    """Return the real chart, one made of its values beside the checkout, or one pulled; `None` without any."""
    if real := real_chart(version):
        return real
    if values := find_chart(BESIDE / "charts", LOKI.name, version):
        return chart_from_values(ChartFiles(values), scratch / f"{LOKI.name}-{version}")
    charts = Charts(helm, lambda warning: None, scratch)
    pulled = charts.locate(ChartReference(LOKI.name, version, LOKI.repository(version)))
    return None if pulled.is_relative_to(charts.minimal_directory) else pulled
