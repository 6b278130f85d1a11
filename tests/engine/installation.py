"""An environment of its own with a wheel and what the wheel asks for, and nothing of this checkout's environment."""

import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from tests.checkout import ROOT

UV = str(Path(sys.executable).parent / "uv")
_PIN = re.compile(r"^(?P<name>[\w.-]+)==.*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


def install(wheel: Path, asked: list[str], directory: Path) -> Path:
    """Install the wheel and the lock's pins of what it asks for, from the files that setting up left in uv's cache."""
    environment = directory / "venv"
    python = str(environment / "bin" / "python")
    run(sys.executable, "-m", "venv", str(environment))
    pins = {
        canonicalize_name(found["name"]): found[0]
        for found in _PIN.finditer((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    }
    lock = directory / "requirements.lock"
    lock.write_text("".join(pins[name] for name in sorted(_closure(asked))), encoding="utf-8")
    offline = [UV, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python]
    done = subprocess.run([*offline, "--require-hashes", "-r", str(lock)], capture_output=True, text=True, check=False)
    if done.returncode and "wasn't found in the cache" in done.stderr:
        pytest.skip(f"uv's cache lacks a package: remove .venv and set it up again\n{done.stderr}")
    assert done.returncode == 0, done.stderr
    run(*offline, str(wheel))
    run(UV, "pip", "check", "--python", python)
    return environment


def run(*command: str, cwd: Path = ROOT) -> str:
    """Run a command that must end well, and give what it says."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _closure(asked: list[str]) -> set[NormalizedName]:
    """Name every package that the requirements bring, by what the installed ones say."""
    names: set[NormalizedName] = set()
    waiting = [Requirement(text) for text in asked]
    while waiting:
        wanted = waiting.pop()
        if canonicalize_name(wanted.name) in names or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        names.add(canonicalize_name(wanted.name))
        waiting += [Requirement(text) for text in requires(wanted.name) or []]
    return names
