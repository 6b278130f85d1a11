"""A program checks only where it is there in a version that is accepted."""

from pathlib import Path

import pytest

from tools.alerts.programs import unusable


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "promtool is not on PATH"),
        ("echo promtool, version 2.53.1", "promtool on PATH is 2.53.1, needed is >=3.14,<4"),
        ("echo promtool, version 3.14.2", ""),
        ("exit 1", "promtool --version prints no version"),
    ],
)
def test_a_program_that_is_missing_or_too_old_is_not_used(
    script: str | None, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if script is not None:
        (tmp_path / "promtool").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "promtool").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert unusable("promtool").removeprefix(f"{tmp_path}/") == reason
