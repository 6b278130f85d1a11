"""The virtual environment, kept equal to requirements.lock."""

import hashlib
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools.bootstrap.errors import SetupError
from tools.bootstrap.locks import exclusive

_STAMP = ".requirements-stamp"
_UV_PIN = re.compile(r"^uv==(?P<version>\S+) \\\n(?:    --hash=\S+(?: \\)?\n)+", re.MULTILINE)
_PIP_INDEX = re.compile(r"(?<!extra-)index-url='([^']+)'")


def bin_directory(root: Path) -> Path:
    """Return the directory of the environment's commands."""
    return root / ".venv" / "bin"


def ensure(root: Path, locks: Path, report: Callable[[str], None]) -> None:
    """Make ``.venv`` hold exactly what requirements.lock pins; a stamp that fits makes this a file comparison."""
    if _synced(root):
        return
    place = hashlib.sha256(str(root).encode()).hexdigest()[:12]
    with exclusive(locks / f"venv-{place}.lock", report):
        if _synced(root):
            return
        if not _python_fits(root):
            if (root / ".venv").is_symlink():
                raise SetupError(f"{root / '.venv'} must not be a link to another environment; remove it")
            report(f"creating .venv with Python {platform.python_version()}")
            _run([sys.executable, "-m", "venv", "--clear", str(root / ".venv")], _NO_VENV)
        report("installing requirements.lock into .venv")
        _sync(root)
        (root / ".venv" / _STAMP).write_text(stamp(root), encoding="utf-8")


def stamp(root: Path) -> str:
    """Return what the environment was made of: interpreter and place on one line, the lock's digest on the next."""
    digest = hashlib.sha256((root / "requirements.lock").read_bytes()).hexdigest()
    return f"{_interpreter(root)}\n{digest}\n"


def pinned_uv(lock: str) -> tuple[str, str]:
    """Return uv's pinned version and its requirement with hashes, as the lock file has them."""
    match = _UV_PIN.search(lock)
    if not match:
        raise SetupError("requirements.lock pins no uv; make it again: make lock")
    return match["version"], match[0]


def _interpreter(root: Path) -> str:
    """Return the minor version alone: two Pythons of one minor version share packages, so either may run this."""
    return f"Python {sys.version_info.major}.{sys.version_info.minor} at {root / '.venv'}"


def _read_stamp(root: Path) -> str:
    try:
        return (root / ".venv" / _STAMP).read_text(encoding="utf-8")
    except OSError:
        return ""


def _synced(root: Path) -> bool:
    return _read_stamp(root) == stamp(root) and (bin_directory(root) / "python").exists()


def _python_fits(root: Path) -> bool:
    first_line, *_ = _read_stamp(root).splitlines() or [""]
    return first_line == _interpreter(root) and (bin_directory(root) / "python").exists()


def _sync(root: Path) -> None:
    python, uv = bin_directory(root) / "python", bin_directory(root) / "uv"
    version, requirement = pinned_uv((root / "requirements.lock").read_text(encoding="utf-8"))
    if not (uv.exists() and f" {version} " in f"{_output([str(uv), '--version'])} "):
        with tempfile.TemporaryDirectory() as scratch:
            pinned = Path(scratch) / "uv.txt"
            pinned.write_text(requirement, encoding="utf-8")
            pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
            _run([*pip, "--require-hashes", "--requirement", str(pinned)], _NO_UV)
    env = {**os.environ, **_index_of_pip(python), "VIRTUAL_ENV": str(root / ".venv")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    _run(
        [str(uv), "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "requirements.lock"],
        "Something between this machine and the package registry fails. A mirror is named by "
        "PIP_INDEX_URL or UV_DEFAULT_INDEX; then run the same command again.",
        cwd=root,
        env=env,
    )


def _index_of_pip(python: Path) -> dict[str, str]:
    """Pass uv the mirror that pip is configured for: uv does not read pip's settings."""
    if "UV_DEFAULT_INDEX" in os.environ or "UV_INDEX_URL" in os.environ:
        return {}
    found = _PIP_INDEX.findall(_output([str(python), "-m", "pip", "config", "list"]))
    return {"UV_DEFAULT_INDEX": found[-1]} if found else {}


_NO_VENV = "This Python cannot make virtual environments. On Debian: apt-get install python3-venv"
_NO_UV = "pip cannot install the pinned uv. Behind a mirror, set PIP_INDEX_URL and run the same command again."


def _output(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _run(command: Sequence[str], advice: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        output = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise SetupError(f"{' '.join(command)} ended with {done.returncode}:\n{output}\n{advice}")
