"""Stacks of inline programs for the tests that drive the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.inline import InlineStack, missing_tools


@pytest.fixture
def inline_stack(tmp_path: Path) -> InlineStack:
    """An empty stack on the stand-in providers, without a cluster and without an AWS server."""
    if missing := missing_tools():
        pytest.skip(f"not on PATH: {', '.join(missing)}; `make test` puts them there")
    return InlineStack(tmp_path)
