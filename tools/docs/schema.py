"""The schema of the components as a Pulumi package: what every language's SDK is generated from."""

import json
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

SCHEMA_FILE = "tests/golden/schema.json"


_PRINT = """
import sys
from components._plugin import Plugin
print(Plugin(sys.argv[1]).schema)
"""


def package_schema(root: Path) -> dict[str, Any]:
    """Return the schema as the plugin of this checkout serves it."""
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    schema: dict[str, Any] = json.loads(_printed(root, version))
    return schema


@cache
def _printed(root: Path, version: str) -> str:
    """Return the schema as a process of its own prints it.

    The SDK reads descriptions by looking through every module that is loaded, and leaves one out without a word where
    that raises anything, such as a warning that a test run makes an error.
    """
    command = [sys.executable, "-c", _PRINT, version]
    return subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=True).stdout


def schema_text(schema: dict[str, Any]) -> str:
    """Write the schema for a reader of its diffs."""
    return json.dumps(_without_nothing(schema), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nothing(item) for key, item in value.items() if item is not None}
    return [_without_nothing(item) for item in value] if isinstance(value, list) else value
