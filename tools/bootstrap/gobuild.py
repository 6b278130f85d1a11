"""Builds from a tool's published Go module, pinned by ``tools/<tool>/go.mod`` and its go.sum."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.bootstrap.catalog import Tool
from tools.bootstrap.errors import NotServed


def install(tool: Tool, tools: Path, into: Path, search_path: str) -> None:
    """Build the tool's binaries into the directory ``into`` with the ``go`` of ``search_path``."""
    if tool.build is None:
        raise NotServed("there is no Go module for it")
    go = shutil.which("go", path=search_path)
    if go is None:
        raise NotServed("go is not on PATH; Go 1.26 or newer would build it")
    module = tools / (tool.build.module or tool.name)
    ldflags = f"-s -w {tool.fill(tool.build.ldflags)}".strip()
    tags = [f"-tags={tool.build.tags}"] if tool.build.tags else []
    options = ["-trimpath", *tags, "-ldflags", ldflags, "-o", f"{into}/"]
    with tempfile.TemporaryDirectory() as scratch:
        if tool.build.placeholders:
            options.append(f"-modfile={_complete(tool.build.placeholders, module, Path(scratch), go)}")
        _go([go, "build", *options, *tool.build.packages], module)
    for source, file in tool.build.copies.items():
        directory = _go([go, "list", "-m", "-f", "{{.Dir}}", source], module).strip()
        target = into / Path(file).name
        shutil.copyfile(Path(directory, file), target)
        target.chmod(0o755)


def own_sources(tool: Tool, tools: Path) -> str:
    """Return `-` and a digest of the tool's files in ``tools`` where its main package is among them, else nothing.

    Such a tool can change without a new version; the others are packages of published modules, of their version.
    """
    if tool.build is None or "." not in tool.build.packages:
        return ""
    digest = hashlib.sha256()
    for file in sorted((tools / tool.name).iterdir()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return f"-{digest.hexdigest()[:8]}"


def _complete(placeholders: Mapping[str, str], module: Path, scratch: Path, go: str) -> Path:
    """Put modules with their missing file into ``scratch``; return the go.mod that builds with them."""
    for name in ("go.mod", "go.sum"):
        shutil.copyfile(module / name, scratch / name)
    for source, file in placeholders.items():
        published = json.loads(_go([go, "mod", "download", "-json", source], module))
        with zipfile.ZipFile(published["Zip"]) as archive:
            archive.extractall(scratch)
        copy = scratch / f"{source}@{published['Version']}"
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        (copy / file).touch()
        _go([go, "mod", "edit", f"-replace={source}={copy}", str(scratch / "go.mod")], module)
    return scratch / "go.mod"


def build_environment(env: Mapping[str, str]) -> dict[str, str]:
    """Return ``env`` without what would build for another platform, other modules or against C libraries."""
    kept = {name: value for name, value in env.items() if name not in {"GOOS", "GOARCH"}}
    return {**kept, "CGO_ENABLED": "0", "GOWORK": "off"}


def _go(command: Sequence[str], module: Path) -> str:
    done = subprocess.run(
        command, cwd=module, env=build_environment(os.environ), capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if not line.startswith("go: downloading")]
        raise NotServed(f"go {command[1]} ended with {done.returncode}: {' / '.join(lines[-5:])}")
    return done.stdout
