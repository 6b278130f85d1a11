"""The command: files, a summary, and a failure where the contract is broken."""

from pathlib import Path

import pytest

from tools.contract import Report
from tools.render import __main__ as command
from tools.render.__main__ import main

PROGRAM = """\
import pulumi_kubernetes as k8s

k8s.core.v1.Pod(
    "bare",
    metadata={"name": "bare", "namespace": "apps"},
    spec={"containers": [{"name": "main", "image": "busybox"}], "hostNetwork": True},
)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.test.yaml").write_text("config: {}\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["render", "--stack", "test", "--out", "out", *words])
    return main()


def test_a_violation_of_the_contract_fails_the_command_after_the_files_are_written(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch) == 1
    assert (project / "out/apps/pod-bare.yaml").is_file()
    printed = capsys.readouterr()
    assert "1 objects: 0 from 0 releases, 1 of the program itself; 0 AWS resources" in printed.out
    assert "contract: Pod apps/bare: container main: has no request for cpu and memory" in printed.err
    assert "4 violations of the contract" in printed.out


def test_without_the_checks_the_files_are_all_there_is(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "--unchecked") == 0
    assert (project / "out/apps/pod-bare.yaml").is_file()


@pytest.mark.usefixtures("project")
def test_what_was_and_was_not_checked_is_a_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "check", lambda _: Report((), ("b",), ("a",)))
    assert run(monkeypatch) == 0
    assert capsys.readouterr().out.splitlines()[-3:] == ["checked: a", "not checked: b", "0 violations of the contract"]


@pytest.mark.usefixtures("project")
def test_an_output_directory_with_other_files_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("out").mkdir()
    Path("out/other.txt").touch()
    assert run(monkeypatch) == 1
    assert capsys.readouterr().err.startswith("error: out holds what is no earlier rendering")
