"""The benchmark: what it runs, and what its table says."""

import sys
from pathlib import Path

import pytest

from tools.bench.measure import Budget, CommandFailedError, Measured, Run, measure
from tools.bench.table import HEAD, failed_row, measured_row, printed


def measured(*seconds: float, mib: float = 50, budget: Budget | None = None) -> Measured:
    return Measured("it", [Run(taken, mib) for taken in seconds], budget or Budget())


def test_a_command_is_run_once_more_than_it_is_measured(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "open('runs', 'a').write('x')"]
    assert len(measure("it", command, Budget(), root=tmp_path, runs=2).runs) == 2
    assert (tmp_path / "runs").read_text() == "xxx"


def test_memory_is_the_peak_of_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "x = b'x' * 300_000_000; del x"]
    assert measure("it", command, Budget(), root=tmp_path, runs=1).peak_mib > 280


def test_a_command_that_fails_tells_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('first'); raise SystemExit('no such stack')"]
    with pytest.raises(CommandFailedError, match=r"ended with 1: .*no such stack"):
        measure("it", command, Budget(), root=tmp_path, runs=1)


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
