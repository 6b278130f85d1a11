"""Command line: measure everything and print the table."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from tools.bench import collection, commands, objectives, sampling, scraping
from tools.bench.measure import Budget, Command, CommandFailedError, measure, measure_in_turn, measure_once
from tools.bench.table import HEAD, failed_row, measured_row, paired_rows, printed, ratio_budget

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = {"onprem": Budget(1.0, 120), "dev": Budget(), "eks": Budget()}
PREVIEW = "make preview STACK=dev"
AGAINST_EMPTY = "make preview against it"
OPENSLO = "openslo"
"""Directory of the objectives, in the scratch directory."""
FUZZED = "10,000 stack files of any kind, and every wrong value"
TIMES_EMPTY = 2.0
"""How many times as long as the preview of the empty program `make preview` may take."""


def main(arguments: Sequence[str]) -> None:
    """Print one row a measurement; one that cannot be made is a row with the reason."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each measurement (5)")
    parser.add_argument("--quick", action="store_true", help="without the engine, Helm, the Collector and Prometheus")
    options = parser.parse_args(arguments)
    print(f"{options.runs} runs each after one to warm up; {_machine()}", flush=True)

    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, budget, measured in _measurements(Path(scratch), options.runs, options.quick):
            try:
                rows += measured()
            except CommandFailedError as error:
                rows.append(failed_row(name, budget))
                print(f"{name}: {error}", file=sys.stderr)
        print("\n".join(printed(HEAD, rows)), flush=True)
        if not options.quick:
            print("\n" + "\n".join(_collection(Path(scratch))), flush=True)
            print("\n" + "\n".join(_sampling(Path(scratch))), flush=True)
            print("\n" + "\n".join(_scraping(Path(scratch))), flush=True)
            print("\n" + "\n".join(_objectives(Path(scratch))))


def _measurements(scratch: Path, runs: int, quick: bool) -> Iterator[tuple[str, str, Callable[[], list[list[str]]]]]:
    """Yield name, budget and what measures and returns the rows."""

    def alone(name: str, command: Command, budget: Budget) -> tuple[str, str, Callable[[], list[list[str]]]]:
        return name, str(budget), lambda: [measured_row(measure(name, command, budget, runs=runs))]

    for stack, budget in PROGRAMS.items():
        yield alone(f"program of {stack} under mocks", commands.program(ROOT, stack), budget)
    yield alone("make settings STACK=dev", commands.make(ROOT, "settings", "STACK=dev"), Budget())
    openslo = scratch / OPENSLO
    objectives.write_objectives(openslo)
    compile_all = partial(objectives.measure_compilation, ROOT, openslo, runs=runs)
    yield objectives.COMPILED, str(objectives.BUDGET), lambda: [measured_row(compile_all())]
    yield objectives.BY_SLOTH, "", partial(_sloth_rows, scratch, runs)
    if not quick:
        yield AGAINST_EMPTY, ratio_budget(TIMES_EMPTY), partial(_preview_rows, scratch, runs)
        rendered = commands.make(ROOT, "render", "STACK=onprem", f"OUT={scratch / 'rendered'}")
        yield alone("make render STACK=onprem", rendered, Budget())
        yield FUZZED, str(Budget()), lambda: [measured_row(measure_once(FUZZED, commands.fuzz(ROOT, 10_000)))]


def _preview_rows(scratch: Path, runs: int) -> list[list[str]]:
    state = scratch / "state"
    preview = commands.make(ROOT, "preview", "STACK=dev", state=state)
    empty = commands.preview_of_empty_program(ROOT, "dev", scratch / "empty", state)
    named = (PREVIEW, preview), ("preview of an empty program", empty)
    return paired_rows(measure_in_turn(AGAINST_EMPTY, *named, TIMES_EMPTY, runs=runs))


def _sloth_rows(scratch: Path, runs: int) -> list[list[str]]:
    command = objectives.compilation_by_sloth(scratch)
    return [measured_row(measure(objectives.BY_SLOTH, command, Budget(), runs=runs))]


def _objectives(scratch: Path) -> list[str]:
    """Return the table of the evaluation of objectives, or the reason for none."""
    try:
        evaluated = objectives.measure_evaluation(scratch / OPENSLO, scratch / "prometheus")
    except CommandFailedError as error:
        return [f"objectives in Prometheus: {error}"]
    return printed(objectives.HEAD, objectives.evaluation_rows(evaluated))


def _collection(scratch: Path) -> list[str]:
    """Return the table of the collection of logs, or the reason for none."""
    try:
        measured = collection.measure_collection(collection.LOADS, scratch)
    except CommandFailedError as error:
        return [f"collection of logs: {error}"]
    return printed(collection.HEAD, collection.collection_rows(measured))


def _sampling(scratch: Path) -> list[str]:
    """Return the table of spans, or the reason for none."""
    try:
        measured = sampling.measure_sampling(sampling.LOADS, scratch)
    except CommandFailedError as error:
        return [f"spans: {error}"]
    return printed(sampling.HEAD, sampling.sampling_rows(measured))


def _scraping(scratch: Path) -> list[str]:
    """Return the table of scrapes, or the reason for none."""
    try:
        measured = scraping.measure_scraping(scraping.LOADS, scratch)
    except CommandFailedError as error:
        return [f"scrapes: {error}"]
    return printed(scraping.HEAD, scraping.scraping_rows(measured))


def _machine() -> str:
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}"


if __name__ == "__main__":
    main(sys.argv[1:])
