"""Stubs of generated classes: a package imports its `args.py`, so it must have one before it can be generated."""

import ast
from pathlib import Path


def stubs(root: Path) -> dict[Path, str]:
    """Return the text of each `args.py` that lacks a class that its package imports from it, with an empty class."""
    found = {}
    for package in sorted(spec.parent for spec in root.glob("components/[a-z]*/spec.py")):
        path = package / "args.py"
        text = path.read_text(encoding="utf-8") if path.exists() else "from typing import TypedDict\n"
        declared = {node.name for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}
        imported = {name for file in package.glob("*.py") if file != path for name in _imported_from_args(file)}
        if missing := sorted(imported - declared):
            found[path] = text + "".join(f"\n\nclass {name}(TypedDict): ...\n" for name in missing)
    return found


def _imported_from_args(file: Path) -> set[str]:
    statements = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    imports = [
        node for node in statements if isinstance(node, ast.ImportFrom) and (node.level, node.module) == (1, "args")
    ]
    return {alias.name for node in imports for alias in node.names}
