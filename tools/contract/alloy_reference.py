"""The reference documentation of Alloy's components, as data: their arguments, their blocks, and what they require.

`python -m tools.contract.alloy_reference DIRECTORY` writes it, from a directory with a checkout of
https://github.com/grafana/alloy for each tag, by the name of the tag.
"""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .chart_values import PUBLISHED

TAGS: Mapping[str, str] = {"1.11.1": "v1.18.1", "1.5.2": "v1.12.2"}
"""The tag of the Alloy that each supported version of the chart installs: `appVersion` of its Chart.yaml."""
_REFERENCE = "docs/sources/reference"
_CONFIG_BLOCKS = ("http", "livedebugging", "logging", "remotecfg", "tracing")
"""The blocks of a configuration that are no components and whose arguments are known."""
_CORRECTIONS: Mapping[str, Mapping[str, str]] = {
    # internal/component/otelcol/exporter/loadbalancing/loadbalancing.go, type Arguments, at both tags.
    "otelcol.exporter.loadbalancing": {"retry": "retry_on_failure"},
}
"""Blocks whose names are others in the code than in its documentation."""


def written(tree: Path, tag: str) -> dict[str, Any]:
    """Return what the documentation in the checkout of a tag says of components."""
    pages = [page for page in (tree / _REFERENCE / "components").glob("*/*.md") if not page.name.startswith("_")]
    pages += [tree / _REFERENCE / "config-blocks" / f"{name}.md" for name in _CONFIG_BLOCKS]
    shared = tree / "docs/sources/shared"
    return {
        "source": f"https://github.com/grafana/alloy/tree/{tag}/{_REFERENCE}",
        "components": {page.stem: _component(page.stem, page.read_text(encoding="utf-8"), shared) for page in pages},
    }


def _component(name: str, text: str, shared: Path) -> dict[str, Any]:
    text = re.sub(r'\{\{< docs/shared lookup="([^"]+)".*?>\}\}', lambda found: _included(shared / found[1]), text)
    sections = _sections(text)
    blocks = {"": _arguments(sections.get("Arguments", ""))}
    for row in _rows(sections.get("Blocks", "")):
        path = [re.sub(r"[\[\]`]|\]\[.*", "", part.split("][")[0]).strip() for part in row[0].split(" > ")]
        named = path[-1]
        path = [_CORRECTIONS.get(name, {}).get(part, part) if len(path) == 1 else part for part in path]
        headings = [f"{name}` {parent}" for name, parent in zip(path[-1:], path[-2:-1], strict=False)]
        found = [sections[heading] for heading in (*headings, named) if heading in sections]
        described = _arguments(found[0] if found else "")
        if row[-1] == "yes":
            described["compulsory"] = True
        blocks["/".join(path)] = described
    return {"label": name not in _CONFIG_BLOCKS, "blocks": blocks}


def _included(page: Path) -> str:
    return page.read_text(encoding="utf-8").split("\n---\n", 1)[-1] if page.exists() else ""


def _sections(text: str) -> dict[str, str]:
    """Return the text below each heading of the second and the third level, by the heading without its marks."""
    parts = re.split(r"^#{2,4} (.+)$", text, flags=re.MULTILINE)
    return {heading.strip().strip("`"): body for heading, body in zip(parts[1::2], parts[2::2], strict=True)}


def _arguments(text: str) -> dict[str, Any]:
    rows = [row for row in _rows(text) if re.fullmatch(r"`\w+`", row[0])]
    required = sorted(row[0].strip("`") for row in rows if row[-1] == "yes")
    optional = sorted({row[0].strip("`") for row in rows} - set(required))
    return {**({"required": required} if required else {}), **({"optional": optional} if optional else {})}


def _rows(text: str) -> list[list[str]]:
    """Return the cells of the tables whose first column is a name and whose last one is `Required`."""
    found: list[list[str]] = []
    wanted = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.strip().startswith("|"):
            wanted = False
        elif cells[-1] == "Required" and cells[0] in ("Name", "Block"):
            wanted = True
        elif wanted and not set(line) <= set("|-: "):
            found.append(cells)
    return found


def write(directory: Path, target: Path = PUBLISHED) -> None:
    """Write a file for the Alloy of every supported version of the chart."""
    for version, tag in TAGS.items():
        text = json.dumps(written(directory / tag, tag), indent=0, sort_keys=True)
        (target / f"alloy-components-{version}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
