"""The schema of the components as a Pulumi package: what every language's SDK is generated from."""

import json
import tomllib
from pathlib import Path
from typing import Any

from pulumi.provider.experimental.component import ComponentProvider

from components._package import NAME, component_classes

SCHEMA_FILE = "tests/golden/schema.json"


def package_schema(root: Path) -> dict[str, Any]:
    """Give the schema as the plugin of this checkout serves it."""
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    schema: dict[str, Any] = json.loads(ComponentProvider(component_classes(), NAME, version=version).schema or "{}")
    return schema


def schema_text(schema: dict[str, Any]) -> str:
    """Write the schema for a reader of its diffs."""
    return json.dumps(_without_nothing(schema), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nothing(item) for key, item in value.items() if item is not None}
    return [_without_nothing(item) for item in value] if isinstance(value, list) else value
