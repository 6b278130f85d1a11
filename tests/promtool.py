"""The cases of groups of rules, run by promtool: `assert not failures(tmp_path, groups)`."""

from collections.abc import Sequence
from pathlib import Path

from components.alerting.rules import Group
from tests.installed_tools import require
from tools.alerts import promtool


def failures(directory: Path, groups: Sequence[Group]) -> str:
    """Return what promtool refuses, empty for nothing; skip the test where there is no promtool."""
    require("promtool")
    return promtool.failures(directory, groups)
