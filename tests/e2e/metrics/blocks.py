"""Blocks of old samples, as a Prometheus would have written them in their time."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.e2e.metrics.programs import command

HOUR = 3600
BLOCK = 2 * HOUR
"""How much time a block of Prometheus covers, in seconds."""


def make_blocks(name: str, times: Iterable[tuple[int, float]], directory: Path) -> list[Path]:
    """Write the blocks of one series with these samples, and return their directories."""
    lines = [f"{name} {value} {time}" for time, value in times]
    text = "\n".join([f"# TYPE {name} gauge", *lines, "# EOF", ""])
    made = directory / "made"
    made.mkdir(parents=True)
    (directory / "samples").write_text(text)
    words = [command("promtool"), "tsdb", "create-blocks-from", "openmetrics", "--quiet"]
    subprocess.run([*words, str(directory / "samples"), str(made)], check=True, env={})
    return [block for block in made.iterdir() if (block / "meta.json").exists()]


def copy_blocks(blocks: Sequence[Path], volume: Path) -> None:
    """Put blocks into the volume of a Prometheus, each whole at once."""
    for block in blocks:
        scratch = volume / f"{block.name}.tmp-for-creation"
        shutil.copytree(block, scratch)
        scratch.rename(volume / block.name)
