"""The real parser and formatter of Alloy's syntax: tools/alloyfmt from PATH, from the cache, or by `go run`."""

import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

_MODULE = Path(__file__).parents[1] / "tools" / "alloyfmt"
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pulumi-observability" / "tools"


def alloyfmt(source: str, *arguments: str) -> str:
    """Format `source`, failing the test where it cannot be parsed; skip the test where there is no alloyfmt."""
    done = subprocess.run(
        [*_command(), *arguments], cwd=_MODULE, input=source, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@functools.cache
def _command() -> tuple[str, ...]:
    cached = [str(directory) for directory in sorted(_CACHE.glob("alloyfmt-*"))]
    if binary := shutil.which("alloyfmt", path=os.pathsep.join([os.environ.get("PATH", ""), *cached])):
        return (binary,)
    if shutil.which("go") is None:
        pytest.skip("alloyfmt is neither on PATH nor in the cache, and there is no Go to run tools/alloyfmt with")
    built = subprocess.run(["go", "build", "-o", os.devnull, "."], cwd=_MODULE, capture_output=True, text=True)
    if built.returncode:
        pytest.skip(f"alloyfmt could not be built from tools/alloyfmt: {built.stderr.strip().splitlines()[-1]}")
    return ("go", "run", ".")
