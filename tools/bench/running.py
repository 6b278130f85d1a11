"""A program that is measured while it runs: started, looked at, and ended, at a deadline at the latest."""

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from tools.bench.measure import Command, CommandFailedError

_KIB_IN_MIB = 1024
_END_SECONDS = 30.0
"""Time that a program has to end when it is asked to."""


class Running:
    """A program that runs, and what it takes: that of this very process, without those that it started."""

    def __init__(self, command: Command, log: Path, seconds: float) -> None:
        self._words, self._log, self._seconds = command.words, log, seconds
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command.words,
                cwd=command.directory,
                env=dict(command.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._late = threading.Event()
        self._deadline = threading.Timer(seconds, self._end_at_the_deadline)
        self._deadline.daemon = True
        self._deadline.start()

    @property
    def cpu_seconds(self) -> float:
        """The time of processors that it has used."""
        # The name of the command, in parentheses, may have spaces; the fields are those of proc_pid_stat(5).
        fields = self._about("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def mib(self) -> float:
        """The memory that it has resident."""
        return self._memory("VmRSS")

    @property
    def peak_mib(self) -> float:
        """The most memory that it has had resident at once."""
        return self._memory("VmHWM")

    def check(self) -> None:
        """Raise `CommandFailedError` with its last words where it has ended."""
        if self._process.poll() is None:
            return
        name = " ".join(self._words)
        if self._late.is_set():
            raise CommandFailedError(f"{name} still ran after {self._seconds:g} s")
        last = [line for line in self._log.read_text(errors="replace").splitlines() if line.strip()][-3:]
        raise CommandFailedError(f"{name} ended with {self._process.returncode}: {' | '.join(last)}")

    def end(self, seconds: float = _END_SECONDS) -> None:
        """End it, by force where it takes longer than `seconds`."""
        self._deadline.cancel()
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _end_at_the_deadline(self) -> None:
        self._late.set()
        self._process.kill()

    def _memory(self, name: str) -> float:
        (kib,) = re.findall(rf"{name}:\s+(\d+) kB", self._about("status"))
        return int(kib) / _KIB_IN_MIB

    def _about(self, file: str) -> str:
        self.check()
        return Path(f"/proc/{self._process.pid}/{file}").read_text()


@contextmanager
def running(command: Command, log: Path, seconds: float) -> Iterator[Running]:
    """Run a command until the block ends, its output in the file `log`.

    Raise `CommandFailedError` where it ends before, as it does after `seconds`: what the block asks it then fails too.
    """
    found = Running(command, log, seconds)
    try:
        yield found
    except (OSError, HTTPException):
        found.check()
        raise
    finally:
        found.end()
