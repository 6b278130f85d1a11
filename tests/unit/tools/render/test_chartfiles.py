"""A chart's files, unpacked or packed."""

import tarfile
from pathlib import Path

import pytest

from tools.render.chartfiles import ChartFiles

from .conftest import MakeChart


def test_a_packed_chart_is_read_like_an_unpacked_one(make_chart: MakeChart, tmp_path: Path) -> None:
    inner = {"charts/part/Chart.yaml": "{name: part, version: 0.1.0}", "charts/part/values.yaml": "size: 1\n"}
    chart = make_chart(values="part: {size: 2}\n", files=inner)
    packed = tmp_path / "tiny-1.2.3.tgz"
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(chart, "tiny")
    for files in (ChartFiles(chart), ChartFiles(packed)):
        assert (files.name, files.version, files.values, files.schema) == ("tiny", "1.2.3", {"part": {"size": 2}}, None)
        part = files.inner("part")
        assert part is not None
        assert part.values == {"size": 1}
        assert files.inner("other") is None


def test_a_directory_that_is_no_chart_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"has no Chart\.yaml"):
        _ = ChartFiles(tmp_path).name
