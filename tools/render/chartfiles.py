"""The files of a chart, unpacked in a directory or packed as `.tgz`."""

import json
import tarfile
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox.documents import load


class ChartFiles:
    """Reads a chart's own description, default values and schema, and those of the charts inside it."""

    def __init__(self, path: Path, prefix: str = ""):
        self._path = path
        self._prefix = prefix

    @property
    def name(self) -> str:
        return str(self.description["name"])

    @property
    def version(self) -> str:
        return str(self.description["version"])

    @cached_property
    def description(self) -> dict[str, Any]:
        """`Chart.yaml`; raises `FileNotFoundError` where there is none."""
        text = self.read("Chart.yaml")
        if text is None:
            raise FileNotFoundError(f"{self._path} is no Helm chart: it has no Chart.yaml")
        return dict(load(text))

    @cached_property
    def values_text(self) -> str:
        """`values.yaml`, empty where the chart has none."""
        return self.read("values.yaml") or ""

    @cached_property
    def values(self) -> dict[str, Any]:
        """The default values."""
        return dict(load(self.values_text) or {})

    @cached_property
    def schema(self) -> dict[str, Any] | None:
        """`values.schema.json`, where the chart has one."""
        text = self.read("values.schema.json")
        return dict(json.loads(text)) if text else None

    def inner(self, name: str) -> "ChartFiles | None":
        """Return the chart of this name that is packed inside this one, where it is unpacked there."""
        found = ChartFiles(self._path, f"{self._prefix}charts/{name}/")
        return found if found.read("Chart.yaml") is not None else None

    def read(self, name: str) -> str | None:
        """Return the text of one file, `None` where the chart does not have it."""
        if self._path.is_dir():
            file = self._path / self._prefix / name
            return file.read_text(encoding="utf-8") if file.is_file() else None
        with tarfile.open(self._path) as archive:
            for member in archive:
                if member.isfile() and member.name.partition("/")[2] == self._prefix + name:
                    content = archive.extractfile(member)
                    return content.read().decode() if content else None
        return None
