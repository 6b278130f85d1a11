"""The programs that check rules and routes: each is used where PATH has it in a version that tools.toml accepts."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.bootstrap.catalog import Tool, fits, load
from tools.bootstrap.errors import NotServed
from tools.bootstrap.resolve import version_of

PURPOSE = "checks"
LEFT_TO_PROGRAMS = ("lokitool", "promtool")
"""The programs that check what this project has no parser for."""
_CATALOG = Path(__file__).parents[1] / "tools.toml"


def unusable(program: str) -> str:
    """Return why a program of the purpose `checks` cannot be used, empty where it can."""
    file = shutil.which(program)
    if file is None:
        return f"{program} is not on PATH"
    tool = _tool_with(program)
    try:
        version = version_of(file, tool.probe)
    except NotServed as reason:
        return str(reason)
    return "" if fits(version, tool.accept) else f"{program} on PATH is {version}, needed is {tool.accept}"


def unchecked_by_a_preview() -> str:
    """Return the line that says what a preview leaves to `make render` and `make up`, and whether they can do it."""
    with ThreadPoolExecutor() as pool:
        reasons = [reason for reason in pool.map(unusable, LEFT_TO_PROGRAMS) if reason]
    later = f"cannot check them either: {'; '.join(reasons)}" if reasons else "check them"
    return f"alert rules: LogQL and the templates of alerts were not checked; make render and make up {later}"


def _tool_with(program: str) -> Tool:
    return next(tool for tool in load(_CATALOG).needed(PURPOSE) if program in tool.binaries)
