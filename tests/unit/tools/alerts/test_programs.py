"""A program checks only where it is there in a version that is accepted."""

from pathlib import Path

import pytest

from tools.alerts.programs import unchecked_by_a_preview, unusable


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


def test_a_preview_says_in_one_line_what_it_has_not_checked_and_whether_make_up_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    unchecked = "alert rules: LogQL and the templates of alerts were not checked; make render and make up "
    missing = "lokitool is not on PATH; promtool is not on PATH"
    assert unchecked_by_a_preview() == f"{unchecked}cannot check them either: {missing}"
    for program, version in (("lokitool", "3.7.7"), ("promtool", "3.14.0")):
        (tmp_path / program).write_text(f"#!/bin/sh\necho {program} {version}\n")
        (tmp_path / program).chmod(0o755)
    assert unchecked_by_a_preview() == f"{unchecked}check them"
