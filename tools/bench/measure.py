"""Measurements: a command run as a process of its own several times, or two commands in turn."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_KIB_IN_MIB = 1024


@dataclass(frozen=True)
class Command:
    """A command, and where and with which variables it runs."""

    words: Sequence[str]
    directory: Path
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """One run of a command."""

    seconds: float
    peak_mib: float
    """Most memory that the process, or any that it waited for, had resident at once."""


class CommandFailedError(Exception):
    """The command did not succeed, so there is nothing to measure."""


@dataclass(frozen=True)
class Budget:
    """What a command may cost; `None` is no bound."""

    seconds: float | None = None
    mib: float | None = None

    def __str__(self) -> str:
        """Write the bounds that there are."""
        bounds = [f"{self.seconds:g} s"] if self.seconds is not None else []
        bounds += [f"{self.mib:g} MiB"] if self.mib is not None else []
        return ", ".join(bounds)


@dataclass(frozen=True)
class Measured:
    """All runs of one command."""

    name: str
    runs: Sequence[Run]
    budget: Budget

    @property
    def seconds(self) -> list[float]:
        """How long each run took."""
        return [run.seconds for run in self.runs]

    @property
    def median(self) -> float:
        """The run in the middle: what is to be kept below the budget."""
        return statistics.median(self.seconds)

    @property
    def peak_mib(self) -> float:
        """The largest peak of all runs."""
        return max(run.peak_mib for run in self.runs)

    @property
    def over(self) -> bool:
        """Whether a bound is exceeded."""
        seconds, mib = self.budget.seconds, self.budget.mib
        return (seconds is not None and self.median > seconds) or (mib is not None and self.peak_mib > mib)


@dataclass(frozen=True)
class Paired:
    """Runs of two commands in turn, and how many times as long as the second the first may take."""

    name: str
    first: Measured
    second: Measured
    budget: float

    @property
    def ratios(self) -> list[float]:
        """How many times as long as its partner each run of the first command took."""
        return [one / other for one, other in zip(self.first.seconds, self.second.seconds, strict=True)]

    @property
    def median(self) -> float:
        """The pair in the middle: what is compared with the budget."""
        return statistics.median(self.ratios)

    @property
    def over(self) -> bool:
        """Whether the budget is exceeded."""
        return self.median > self.budget


def measure(name: str, command: Command, budget: Budget, *, runs: int) -> Measured:
    """Run `command` once to warm what it caches, then `runs` times; raise `CommandFailedError`."""
    run_once(command)
    return Measured(name, [run_once(command) for _ in range(runs)], budget)


def measure_once(name: str, command: Command) -> Measured:
    """Run a long `command` once, without a budget; raise `CommandFailedError`."""
    return Measured(name, [run_once(command)], Budget())


def measure_in_turn(
    name: str, first: tuple[str, Command], second: tuple[str, Command], budget: float, *, runs: int
) -> Paired:
    """Run two named commands once to warm what they cache, then in turn `runs` times; raise `CommandFailedError`.

    A machine that slows down or speeds up meanwhile does so for both.
    """
    commands = first[1], second[1]
    for command in commands:
        run_once(command)
    ones, others = zip(*[[run_once(command) for command in commands] for _ in range(runs)], strict=True)
    return Paired(name, Measured(first[0], ones, Budget()), Measured(second[0], others, Budget()), budget)


def run_once(command: Command) -> Run:
    """Run `command` to its end; raise `CommandFailedError` with its last words."""
    with tempfile.TemporaryFile("w+") as output_file:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.words,
            cwd=command.directory,
            env=dict(command.environment),
            stdin=subprocess.DEVNULL,
            stdout=output_file,
            stderr=subprocess.STDOUT,
        )
        # The resources of this very process; `getrusage` gives the largest of all children that there ever were.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output_file.seek(0)
        output = output_file.read()
    if process.returncode != 0:
        last = [line for line in output.splitlines() if line.strip()][-3:]
        raise CommandFailedError(f"{' '.join(command.words)} ended with {process.returncode}: {' | '.join(last)}")
    return Run(seconds, usage.ru_maxrss / _KIB_IN_MIB)
