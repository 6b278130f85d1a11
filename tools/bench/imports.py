"""What importing the components costs above the parts of the SDK that they use."""

import ast
import statistics
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import components
from tools.bench.measure import Run, run_once

LIMIT = 1.1
TURNS = 4
"""Imports to a run of anything else: their ratio is to be told from the limit by a hundredth, and one import varies
by three."""
_TIMED = """
import time
start = time.process_time()
{statements}
print(time.process_time() - start)
"""
_ORDER = """
{statements}
import sys
print(*(module.__file__ for name, module in sys.modules.items() if name.partition(".")[0] == "components"), sep="\\n")
"""


@dataclass(frozen=True)
class ImportCost:
    """The package, every component of it, and the SDK's parts alone, imported in turns."""

    package: list[Run]
    """The package loads no component: each is loaded, with its part of the SDK, when it is first used."""
    components: list[Run]
    sdk: list[Run]

    @staticmethod
    def seconds(runs: list[Run]) -> float:
        """The processor time, in the middle: other processes on the machine do not count."""
        return statistics.median(map(_cpu, runs))

    def ratio(self, runs: list[Run]) -> float:
        """How many times the SDK's part an import takes: the middle of all turns."""
        return statistics.median(_cpu(ours) / _cpu(sdk) for ours, sdk in zip(runs, self.sdk, strict=True))


def import_cost(root: Path, runs: int) -> ImportCost:
    """Import the package, every component but those for AWS, and the SDK's part alone, in new processes and in turns.

    The SDK's part is imported in the same order: when garbage is collected, and how much there is to look through
    by then, depends on it, and one full collection takes as long as all modules of ours.
    """
    names = ", ".join(name for name in components.__all__ if not name.startswith("Aws"))
    every = f"from components import {names}"
    sdk = "\n".join(sdk_imports(imported_files(every, root)))
    # The first turn warms the bytecode.
    turns = [[_import(statements, root) for statements in ("import components", every, sdk)] for _ in range(runs + 1)]
    package, ours, theirs = (list(found) for found in zip(*turns[1:], strict=True))
    return ImportCost(package, ours, theirs)


def imported_files(statements: str, root: Path) -> list[Path]:
    """Give the files of the components that the statements import, in the order in which they are begun."""
    run = run_once([sys.executable, "-c", _ORDER.format(statements=statements)], root)
    return [Path(line) for line in run.output.splitlines()]


def sdk_imports(files: Iterable[Path]) -> list[str]:
    """Give the import statements of the files, each once, for what is neither the components' own nor Python's."""
    return list(dict.fromkeys(ast.unparse(statement) for file in files for statement in _third_party(file)))


def _third_party(path: Path) -> Iterator[ast.stmt]:
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Import):
            modules = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and statement.level == 0 and statement.module:
            modules = [statement.module]
        else:
            continue
        if any(module.partition(".")[0] not in sys.stdlib_module_names for module in modules):
            yield statement


def _import(statements: str, root: Path) -> Run:
    return run_once([sys.executable, "-c", _TIMED.format(statements=statements)], root)


def _cpu(run: Run) -> float:
    return float(run.output)
