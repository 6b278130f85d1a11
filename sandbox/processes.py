"""Start processes that outlive this one, remember them by pid and start time, and end exactly those."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

POLL_SECONDS = 0.05
_children: dict[int, subprocess.Popen[bytes]] = {}


class SandboxError(Exception):
    """The sandbox cannot do what was asked; the message has the part, the reason and where to look."""


@dataclass(frozen=True)
class Process:
    """A started process: a pid alone may be another's after a while, so its start time identifies it too."""

    name: str
    pid: int
    started: str
    log: str

    def is_running(self) -> bool:
        """Return whether this very process still runs; a reused pid or a zombie does not count."""
        return started_at(self.pid) == self.started

    def last_lines(self, count: int = 8) -> str:
        """Return the last `count` lines of its log, indented; a note where there are none."""
        path = Path(self.log)
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        return "\n".join(f"    {line}" for line in lines[-count:]) or "    (it wrote nothing)"


def start(name: str, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Process:
    """Start `command` detached from this terminal, its output in `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=dict(environment),
        )
    _children[child.pid] = child
    return Process(name, child.pid, started_at(child.pid) or "ended", str(log))


def started_at(pid: int) -> str | None:
    """Return when the process `pid` started, as an opaque text, or None when it runs no longer."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        return None
    if not Path("/proc/self/stat").exists():
        return _started_at_by_ps(pid)
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, ticks = fields[0], fields[19]
    return None if state in "ZX" else f"{_boot()}/{ticks}"


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _started_at_by_ps(pid: int) -> str | None:
    answer = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = answer.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()


def stop(processes: Iterable[Process], seconds: float = 10) -> list[Process]:
    """Kill those of `processes` that still run and return them; their data is not kept."""
    running = [process for process in processes if process.is_running()]
    for process in running:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    survivors = _wait_gone(running, seconds)
    if survivors:
        names = ", ".join(f"{process.name} (pid {process.pid})" for process in survivors)
        raise SandboxError(f"could not end {names} within {seconds:g} s of SIGKILL; look at them with ps")
    return running


def _wait_gone(processes: list[Process], seconds: float) -> list[Process]:
    deadline = time.monotonic() + seconds
    left = [process for process in processes if process.is_running()]
    while left and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        left = [process for process in left if process.is_running()]
    return left


def wait_until_none(missing: Callable[[], Sequence[str]], watched: Sequence[Process], seconds: float) -> None:
    """Poll until `missing` returns nothing; SandboxError when a watched process ends or `seconds` pass first."""
    deadline = time.monotonic() + seconds
    while awaited := missing():
        sentence = f"while waiting for {', '.join(awaited)}"
        for process in watched:
            if not process.is_running():
                raise SandboxError(_failure(f"{process.name} ended {sentence}", process))
        if time.monotonic() > deadline:
            raise SandboxError(_failure(f"{seconds:g} s passed {sentence}", watched[-1]))
        time.sleep(POLL_SECONDS)


def _failure(sentence: str, process: Process) -> str:
    return f"{sentence}. The last lines of {process.log}:\n{process.last_lines()}"


class Registry:
    """The file that remembers the processes of one sandbox."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> list[Process]:
        """Return the recorded processes, oldest first; none when there is no record."""
        if not self._path.exists():
            return []
        return [Process(**record) for record in json.loads(self._path.read_text())]

    def add(self, process: Process) -> None:
        """Record `process`; the file is replaced in one step, so that an interruption cannot cut it short."""
        records = [asdict(known) for known in [*self.read(), process]]
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(records, indent=2) + "\n")
        draft.replace(self._path)
