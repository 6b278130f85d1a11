"""The benchmark: what it runs, and what its table says."""

import os
import runpy
import sys
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tools.bench import commands
from tools.bench.measure import (
    Budget,
    Command,
    CommandFailedError,
    Measured,
    Paired,
    Run,
    measure,
    measure_in_turn,
    measure_once,
)
from tools.bench.table import HEAD, failed_row, measured_row, paired_rows, printed
from tools.program import Recording, program_of, record


def measured(*seconds: float, mib: float = 50, budget: Budget | None = None) -> Measured:
    return Measured("it", [Run(taken, mib) for taken in seconds], budget or Budget())


def python(script: str, directory: Path) -> Command:
    return Command([sys.executable, "-c", script], directory, os.environ)


def paired(first: list[float], second: list[float]) -> Paired:
    return Paired("against it", measured(*first), measured(*second), 2.0)


def providers(recording: Recording) -> list[tuple[str, str, object]]:
    """Return the providers by their type: resources that do not wait for each other are recorded in any order."""
    found = [resource for resource in recording.resources if resource.type.startswith("pulumi:providers:")]
    return sorted((resource.type, resource.name, resource.plain()) for resource in found)


def test_a_command_is_run_once_more_than_it_is_measured(tmp_path: Path) -> None:
    command = python("open('runs', 'a').write('x')", tmp_path)
    assert len(measure("it", command, Budget(), runs=2).runs) == 2
    assert (tmp_path / "runs").read_text() == "xxx"


def test_a_long_command_is_run_once(tmp_path: Path) -> None:
    found = measure_once("it", python("open('runs', 'a').write('x')", tmp_path))
    assert (tmp_path / "runs").read_text() == "x"
    assert measured_row(found)[-2:] == ["", ""]


def test_the_stack_files_are_as_many_as_the_benchmark_states() -> None:
    command = commands.fuzz(ROOT, 10_000)
    assert command.environment["FUZZ_FILES"] == "10000"
    assert (ROOT / command.words[-1]).is_file()


def test_memory_is_the_peak_of_the_command(tmp_path: Path) -> None:
    command = python("x = b'x' * 300_000_000; del x", tmp_path)
    assert measure("it", command, Budget(), runs=1).peak_mib > 280


def test_a_failed_command_is_reported_with_the_end_of_its_output(tmp_path: Path) -> None:
    command = python("print('first'); raise SystemExit('no such stack')", tmp_path)
    with pytest.raises(CommandFailedError, match=r"ended with 1: .*no such stack"):
        measure("it", command, Budget(), runs=1)


@pytest.mark.parametrize(
    ("seconds", "mib", "over"), [((0.9, 0.9, 9.0), 100, False), ((1.1, 1.2, 0.1), 100, True), ((0.1,), 121, True)]
)
def test_the_median_and_the_peak_are_held_against_the_budget(
    seconds: tuple[float, ...], mib: float, over: bool
) -> None:
    assert measured(*seconds, mib=mib, budget=Budget(1.0, 120)).over is over


def test_what_has_no_budget_is_neither_ok_nor_over() -> None:
    assert measured_row(measured(3.0))[-2:] == ["", ""]


def test_the_columns_line_up() -> None:
    rows = [measured_row(measured(1, 2, 30, budget=Budget(15))), failed_row("other", Budget(1, 120))]
    lines = printed(HEAD, rows)
    assert len({line.index(word) + len(word) for line, word in zip(lines, ("median", "2.00 s"), strict=False)}) == 1
    assert lines[1].endswith("15 s  ok") and lines[2].endswith("1 s, 120 MiB  failed")


def test_two_commands_are_warmed_and_run_in_turn(tmp_path: Path) -> None:
    first, second = (python(f"open('runs', 'a').write('{letter}')", tmp_path) for letter in "AB")
    found = measure_in_turn("against it", ("a", first), ("b", second), 2.0, runs=3)
    assert (tmp_path / "runs").read_text() == "AB" * 4
    assert (len(found.first.runs), len(found.second.runs)) == (3, 3)


def test_a_failure_of_either_of_two_commands_is_no_measurement(tmp_path: Path) -> None:
    first, second = python("pass", tmp_path), python("raise SystemExit(3)", tmp_path)
    with pytest.raises(CommandFailedError, match="ended with 3"):
        measure_in_turn("against it", ("a", first), ("b", second), 2.0, runs=1)


@pytest.mark.parametrize(
    ("first", "over"),
    [
        pytest.param([4.0, 4.0, 9.0], False, id="the median of the pairs, not of the times"),
        pytest.param([4.2, 4.2, 0.1], True, id="over"),
        pytest.param([2.0, 40.0, 4.0], False, id="one pair alone"),
    ],
)
def test_the_median_ratio_of_the_pairs_is_compared_with_the_budget(first: list[float], over: bool) -> None:
    assert paired(first, [2.0, 2.0, 3.0]).over is over


def test_a_slow_moment_of_both_commands_does_not_count() -> None:
    assert paired([4.0, 40.0, 4.0], [2.0, 20.0, 2.0]).ratios == [2.0, 2.0, 2.0]


def test_two_commands_are_three_rows_with_the_ratio_last() -> None:
    first, second, ratio = paired_rows(paired([5.0, 6.0, 7.0], [2.0, 2.0, 2.0]))
    assert (first[1], second[1]) == ("6.00 s", "2.00 s")
    assert ratio == ["against it", "3.00 times", "2.50 times", "3.50 times", "", "2.0 times", "over"]


def test_the_empty_program_makes_the_providers_of_the_stack() -> None:
    def program() -> None:
        runpy.run_path(str(commands.EMPTY_PROGRAM))

    empty = record(program, stack="dev")
    assert len(providers(empty)) == 2
    assert providers(empty) == providers(record(program_of(ROOT, "dev"), stack="dev"))


def test_make_is_run_without_what_this_benchmark_was_started_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    monkeypatch.setenv("VIRTUAL_ENV", str(ROOT / ".venv"))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    ours = [str(ROOT / ".venv" / "bin"), "/cache/pulumi-observability/tools/helm-v3.20.2"]
    monkeypatch.setenv("PATH", os.pathsep.join([*ours, "/usr/bin", "/bin"]))
    environment = commands.make(ROOT, "preview").environment
    assert environment["PATH"] == "/usr/bin:/bin"
    assert not {"VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"} & set(environment)
