"""What the tests with a real Loki share."""

from __future__ import annotations

import shutil

import pytest

from tests.e2e.loki.configuration import Renderer


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """Renders configurations with the charts at hand."""
    return Renderer(tmp_path_factory.mktemp("charts"))


@pytest.fixture(scope="session")
def loki() -> str:
    """The command `loki`."""
    command = shutil.which("loki")
    assert command, "loki is not on PATH; `make e2e` fetches or builds it"
    return command
