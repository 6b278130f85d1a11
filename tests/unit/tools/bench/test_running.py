"""A program that is measured while it runs, and its end."""

import os
import sys
import time
from pathlib import Path

import pytest

from tools.bench.measure import Command, CommandFailedError
from tools.bench.running import Running, running

MOST = 60.0
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(600)
"""


def python(script: str, directory: Path) -> Command:
    return Command([sys.executable, "-c", script], directory, os.environ)


def wait_for_words(program: Running, log: Path) -> None:
    while not log.read_text():
        program.check()
        time.sleep(0.01)


def wait_for_its_end(program: Running) -> None:
    while True:
        program.check()
        time.sleep(0.01)


def test_a_program_is_measured_while_it_runs(tmp_path: Path) -> None:
    script = "import time; x = b'x' * 200_000_000; del x; print('ready', flush=True); time.sleep(600)"
    with running(python(script, tmp_path), tmp_path / "log", MOST) as found:
        wait_for_words(found, tmp_path / "log")
        assert found.peak_mib > 190 > found.mib > 1
        assert found.cpu_seconds > 0


def test_a_program_that_ends_by_itself_is_reported_with_its_last_words(tmp_path: Path) -> None:
    command = python("print('first'); raise SystemExit('no such port')", tmp_path)
    with (
        pytest.raises(CommandFailedError, match=r"ended with 1: .*no such port"),
        running(command, tmp_path / "log", MOST) as found,
    ):
        wait_for_its_end(found)


def test_a_failed_connection_to_a_program_that_has_ended_is_its_end(tmp_path: Path) -> None:
    with (
        pytest.raises(CommandFailedError, match="ended with 3"),
        running(python("raise SystemExit(3)", tmp_path), tmp_path / "log", MOST) as found,
    ):
        with pytest.raises(CommandFailedError):
            wait_for_its_end(found)
        raise ConnectionResetError


def test_a_program_that_still_runs_at_the_deadline_is_killed(tmp_path: Path) -> None:
    with (
        pytest.raises(CommandFailedError, match=r"still ran after 0\.5 s"),
        running(python(STUBBORN, tmp_path), tmp_path / "log", 0.5) as found,
    ):
        wait_for_its_end(found)


def test_a_program_that_does_not_end_when_asked_is_killed(tmp_path: Path) -> None:
    found = Running(python(STUBBORN, tmp_path), tmp_path / "log", MOST)
    wait_for_words(found, tmp_path / "log")
    found.end(seconds=0.1)
    with pytest.raises(CommandFailedError, match="ended with -9"):
        found.check()
