"""No module of the project imports one that imports it back."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.checkout import ROOT

PACKAGES = ("config", "wiring", "components", "tools", "sandbox")


def find_cycle(root: Path) -> list[str]:
    """Return the modules of one cycle of imports below `root`; none where there is no cycle."""
    files = {_module(path.relative_to(root)): path for name in PACKAGES for path in (root / name).rglob("*.py")}
    imports = {module: set(_imported(path, module)) & files.keys() for module, path in files.items()}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle
    return []


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, module: str) -> Iterator[str]:
    """Yield every name that a file imports, also inside functions and under `TYPE_CHECKING`, and what it is from."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            outer = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(filter(None, (outer, node.module)))
            yield from (f"{source}.{alias.name}" for alias in node.names)
            # `from . import module` needs nothing of the package itself.
            if not f"{module}.".startswith(f"{source}."):
                yield source


def test_no_module_imports_one_that_imports_it_back() -> None:
    cycle = find_cycle(ROOT)
    assert not cycle, f"an import cycle: {' -> '.join(cycle)}"


@pytest.mark.parametrize(
    "importer",
    [
        "from .b import f\n",
        "from . import b\n",
        "import config.b\n",
        "def g():\n    from .b import f\n",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from config.b import f\n",
    ],
)
def test_every_form_of_an_import_is_found(tmp_path: Path, importer: str) -> None:
    package = tmp_path / "config"
    package.mkdir()
    (package / "__init__.py").write_text("from .a import g\n")
    (package / "a.py").write_text(importer)
    (package / "b.py").write_text("from .a import g\n")
    assert {*find_cycle(tmp_path)} == {"config.a", "config.b"}
