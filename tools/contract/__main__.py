"""Write what every supported chart knows of values: `python -m tools.contract DIRECTORY`, which has all of them."""

import json
import sys
from pathlib import Path

from components.charts import CHARTS
from tools.render.chartfiles import ChartFiles

from .chart_values import PUBLISHED, ChartValues


def write(directory: Path, target: Path = PUBLISHED) -> None:
    """Write a file for each chart in `directory`; raise `ValueError` for one that is not as published."""
    for chart in CHARTS:
        for version in chart.versions:
            path = chart.local_path(version, str(directory))
            if difference := chart.difference(version, path):
                raise ValueError(difference)
            text = json.dumps(ChartValues.of(ChartFiles(Path(path))).kept(), indent=0, sort_keys=True)
            (target / f"{chart.name}-{version}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
