"""The objectives of the benchmark, and what its table says of their evaluation."""

import subprocess
from pathlib import Path

import pytest

from components._spec import InvalidArgsError
from tests.checkout import ROOT
from tests.installed_tools import require
from tools.bench import objectives
from tools.bench.measure import CommandFailedError
from tools.bench.objectives import (
    Evaluated,
    compilation_by_sloth,
    compile_files,
    evaluation_rows,
    measure_compilation,
    write_objectives,
)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objectives, "SERVICES", 2)


def test_every_objective_is_compiled(tmp_path: Path, few: None) -> None:
    write_objectives(tmp_path / "openslo")
    names = [group.name for group in compile_files(tmp_path / "openslo").groups if group.name.endswith("-budget")]
    assert len(names) == 6


def test_each_compilation_is_a_process_that_prints_what_it_took(tmp_path: Path, few: None) -> None:
    write_objectives(tmp_path / "openslo")
    measured = measure_compilation(ROOT, tmp_path / "openslo", runs=2)
    assert len(measured.runs) == 2
    assert all(run.seconds > 0 and run.peak_mib > 1 for run in measured.runs)


def test_a_compilation_that_fails_has_its_reason(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("kind: SLO\n")
    with pytest.raises(CommandFailedError, match="apiVersion"):
        measure_compilation(ROOT, tmp_path, runs=1)


def test_files_with_a_problem_are_not_measured(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("kind: SLO\n")
    with pytest.raises(InvalidArgsError, match=r"one\.yaml:1.*apiVersion"):
        compile_files(tmp_path)


def test_sloth_compiles_the_same_objectives(tmp_path: Path, few: None) -> None:
    require("sloth")
    command = compilation_by_sloth(tmp_path)
    subprocess.run(command.words, cwd=command.directory, check=True, capture_output=True)
    rules = "".join(path.read_text() for path in (tmp_path / "sloth-rules").glob("*"))
    assert rules.count("record: slo:objective:ratio") == 6


def test_without_sloth_there_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandFailedError, match="sloth is not on PATH"):
        compilation_by_sloth(tmp_path)


def test_without_prometheus_there_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandFailedError, match="prometheus is not on PATH"):
        objectives.measure_evaluation(tmp_path, tmp_path / "prometheus")


@pytest.mark.parametrize(("missed", "verdict"), [(0, "ok"), (3, "over")])
def test_a_row_has_the_rate_the_cores_and_whether_an_evaluation_was_missed(missed: int, verdict: str) -> None:
    ((name, rate, shown, cores, *judged),) = evaluation_rows(Evaluated(26.96, missed, 0.431))
    assert (name, rate, shown, cores.partition(" ")[0]) == (objectives.COMPILED, "27.0", str(missed), "0.43")
    assert judged == ["0 missed", verdict]
