"""Tiny charts of the tests' own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.installed_tools import require

MakeChart = Callable[..., Path]


@pytest.fixture
def make_chart(tmp_path: Path) -> MakeChart:
    """Write a chart of these templates, and give its directory."""

    def make(name: str = "tiny", *, values: str = "{}", files: dict[str, str] | None = None, **templates: str) -> Path:
        chart = tmp_path / "charts" / name
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text(f"{{apiVersion: v2, name: {name}, version: 1.2.3}}\n")
        (chart / "values.yaml").write_text(values)
        for template, text in templates.items():
            (chart / "templates" / f"{template}.yaml").write_text(text)
        for path, text in (files or {}).items():
            (chart / path).parent.mkdir(parents=True, exist_ok=True)
            (chart / path).write_text(text)
        return chart

    return make


@pytest.fixture
def helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test render charts, with a cache of its own."""
    require("helm")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("OBSERVABILITY_CHARTS", raising=False)
