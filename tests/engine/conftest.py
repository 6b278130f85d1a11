"""Stacks of inline programs for the tests that drive the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.inline import InlineStack
from tests.installed_tools import ENGINE, require


@pytest.fixture
def inline_stack(tmp_path: Path) -> InlineStack:
    """An empty stack on the stand-in providers, without a cluster and without an AWS server."""
    require(*ENGINE)
    return InlineStack(tmp_path)
