"""promtool, amtool and lokitool take all that is compiled of whole stacks, that of document 004 among them."""

from __future__ import annotations

import pytest

from tests.checkout import ROOT
from tests.installed_tools import require
from tools.alerts.linters import Lint, lint
from tools.program.stacks import with_settings
from tools.stackfile import read_stack_file
from wiring.planned_components import planned_alerting

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("stack", ["dev", "microservices"])
def test_everything_is_checked_and_right(stack: str) -> None:
    require("promtool", "amtool", "lokitool")
    config = read_stack_file(ROOT, stack).config
    spec = with_settings(config, stack, lambda settings, _: planned_alerting(settings))
    assert spec is not None
    assert lint(spec) == Lint()
