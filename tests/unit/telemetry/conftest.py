"""The real parser and formatter of Alloy's syntax, as a function from source to formatted source."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

MODULE = Path(__file__).parents[3] / "tools" / "alloyfmt"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pulumi-observability" / "tools"
AlloyFmt = Callable[..., str]


@pytest.fixture(scope="session")
def alloyfmt(tmp_path_factory: pytest.TempPathFactory) -> AlloyFmt:
    binary = _found() or _built(tmp_path_factory.mktemp("alloyfmt") / "alloyfmt")

    def run(source: str, *arguments: str) -> str:
        done = subprocess.run([binary, *arguments], input=source, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def _found() -> str | None:
    cached = [str(directory) for directory in sorted(CACHE.glob("alloyfmt-*"))]
    return shutil.which("alloyfmt", path=os.pathsep.join([os.environ.get("PATH", ""), *cached]))


def _built(target: Path) -> str:
    if shutil.which("go") is None:
        pytest.skip("alloyfmt is neither on PATH nor in the cache, and there is no Go to build it from tools/alloyfmt")
    command = ["go", "build", "-o", str(target), "."]
    done = subprocess.run(command, cwd=MODULE, env={**os.environ, "CGO_ENABLED": "0"}, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"alloyfmt could not be built from tools/alloyfmt: {done.stderr.strip().splitlines()[-1]}")
    return str(target)
