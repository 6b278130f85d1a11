"""The sandbox ends exactly the processes that it started, and says why one of them failed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.processes import Process, Registry, SandboxError, start, started_at, stop, wait_until_none

WAITS_FOR_EVER = [sys.executable, "-c", "import signal; signal.pause()"]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Process]:
    process = start("waiter", WAITS_FOR_EVER, tmp_path / "logs" / "waiter.log", os.environ)
    yield process
    stop([process])


def test_a_started_process_runs_until_it_is_stopped(running: Process) -> None:
    assert running.is_running()
    assert stop([running]) == [running]
    assert not running.is_running()
    assert stop([running]) == [], "what has ended already is not ended again"


def test_a_process_that_reused_the_pid_is_left_alone(running: Process) -> None:
    stale = replace(running, started="some other boot/1")
    assert stop([stale]) == []
    assert running.is_running(), "the pid is the same but the start time says that it is another process"


def test_an_unused_pid_is_not_running() -> None:
    highest = 2**22
    assert started_at(highest + 1) is None


def test_an_unreaped_child_is_not_running(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    waits = [sys.executable, "-c", f"open({str(gate)!r}).read()"]
    process = start("short", waits, tmp_path / "short.log", os.environ)
    gate.write_text("go")
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not process.is_running(), "a zombie holds its pid, but it does nothing any more"


def test_a_process_that_ends_while_it_is_waited_for_is_named_with_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "etcd.log"
    process = start("etcd", [sys.executable, "-c", "print('first'); print('port taken')"], log, os.environ)
    with pytest.raises(SandboxError) as failure:
        wait_until_none(lambda: ["its answer"], [process], seconds=60)
    assert re.search(r"^etcd ended while waiting for its answer\. ", str(failure.value))
    assert str(log) in str(failure.value)
    assert "port taken" in str(failure.value)


def test_a_wait_that_takes_too_long_names_what_is_missing(running: Process) -> None:
    with pytest.raises(SandboxError, match="0 s passed while waiting for node worker-a, node worker-b") as failure:
        wait_until_none(lambda: ["node worker-a", "node worker-b"], [running], seconds=0)
    assert "(it wrote nothing)" in str(failure.value)


def test_a_wait_ends_when_nothing_is_missing_any_more(running: Process) -> None:
    answers = iter([["a", "b"], ["b"], []])
    wait_until_none(lambda: next(answers), [running], seconds=60)
    assert next(answers, None) is None


def test_only_the_last_lines_of_a_log_are_shown(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text("one\ntwo\nthree\n")
    assert Process("x", 1, "", str(log)).last_lines(2) == "    two\n    three"


def test_the_registry_remembers_processes_in_the_order_they_were_started(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "processes.json")
    assert registry.read() == []
    first, second = Process("etcd", 1, "a", "e.log"), Process("kwok", 2, "b", "k.log")
    registry.add(first)
    registry.add(second)
    assert Registry(tmp_path / "processes.json").read() == [first, second]


def test_the_environment_of_a_process_is_the_given_one(tmp_path: Path) -> None:
    log = tmp_path / "env.log"
    code = "import os; print(os.environ.get('KUBECONFIG'), os.environ['GIVEN'])"
    process = start("env", [sys.executable, "-c", code], log, {"GIVEN": "yes"})
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not process.is_running()
    assert log.read_text() == "None yes\n"
