"""What importing the components costs above the parts of the SDK that they use."""

import ast
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import components
from tools.bench.measure import Run, run_once

LIMIT = 1.1
_ON_AWS = "pulumi_aws"
_TIMED = """
import gc, time
{before}
start = time.process_time()
{statements}
print(time.process_time() - start)
"""


@dataclass(frozen=True)
class ImportCost:
    """The same import with and without the components' own modules, run in turns."""

    ours: list[Run]
    sdk: list[Run]

    @property
    def ratio(self) -> float:
        """How many times the SDK's part the whole import takes: the middle of all turns."""
        return statistics.median(_cpu(ours) / _cpu(sdk) for ours, sdk in zip(self.ours, self.sdk, strict=True))

    @property
    def seconds(self) -> tuple[float, float]:
        """The processor time of each, in the middle: other processes on the machine do not count."""
        return statistics.median(map(_cpu, self.ours)), statistics.median(map(_cpu, self.sdk))


def import_cost(root: Path, runs: int, *, collector: bool) -> ImportCost:
    """Import in new processes, ours and the SDK's in turns, after one turn that warms the bytecode.

    One full collection takes as long as all of our modules, and whether one more happens to fall into our part is
    chance: `collector` leaves it on, as programs do, or tells the imports' own cost.
    """
    before = "" if collector else "gc.disable()"
    names = ", ".join(name for name in components.__all__ if not name.startswith("Aws"))
    sdk = "\n".join(sdk_imports(root / "components"))
    turns = [
        (_import(f"from components import {names}", before, root), _import(sdk, before, root)) for _ in range(runs + 1)
    ]
    return ImportCost([ours for ours, _ in turns[1:]], [theirs for _, theirs in turns[1:]])


def sdk_imports(package: Path) -> list[str]:
    """Give the import statements of every module for what is neither its own nor Python's, without AWS."""
    found = {ast.unparse(statement) for path in sorted(package.rglob("*.py")) for statement in _third_party(path)}
    return sorted(statement for statement in found if _ON_AWS not in statement)


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


def _import(statements: str, before: str, root: Path) -> Run:
    return run_once([sys.executable, "-c", _TIMED.format(before=before, statements=statements)], root)


def _cpu(run: Run) -> float:
    return float(run.output)
