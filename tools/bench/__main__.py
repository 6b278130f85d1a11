"""Command line: measure everything and print the table."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.bench.measure import Budget, CommandFailedError, measure
from tools.bench.table import HEAD, failed_row, measured_row, printed

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = {"onprem": Budget(1.0, 120), "dev": Budget(), "eks": Budget()}


def main(arguments: Sequence[str]) -> None:
    """Print one row a measurement; one that cannot be made is a row that says why."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each measurement (5)")
    parser.add_argument("--quick", action="store_true", help="without the commands that run the engine or Helm")
    options = parser.parse_args(arguments)
    print(f"{options.runs} runs each after one to warm up; {_machine()}", flush=True)

    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as scratch:
        commands = {
            f"program of {stack} under mocks": ([sys.executable, "-m", "tools.bench.program", stack], budget)
            for stack, budget in PROGRAMS.items()
        }
        if not options.quick:
            commands["make preview STACK=dev"] = (["make", "preview", "STACK=dev"], Budget(15))
            commands["make render STACK=onprem"] = (
                ["make", "render", "STACK=onprem", f"OUT={Path(scratch) / 'rendered'}"],
                Budget(),
            )
        for name, (command, budget) in commands.items():
            try:
                rows.append(measured_row(measure(name, command, budget, root=ROOT, runs=options.runs)))
            except CommandFailedError as error:
                rows.append(failed_row(name, budget))
                print(f"{name}: {error}", file=sys.stderr)
    print("\n".join(printed(HEAD, rows)))


def _machine() -> str:
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}"


if __name__ == "__main__":
    main(sys.argv[1:])
