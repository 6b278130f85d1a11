"""The tools of tools.toml: the version of each, what fits in its place, and its sources."""

import platform
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.bootstrap.errors import SetupError

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_BOUND = re.compile(r"\s*(>=|<)\s*(\d+(?:\.\d+)*)\s*")


@dataclass(frozen=True)
class Release:
    """An official download: ``url`` and ``checksums`` hold ``{version}``, ``{os}``, … and ``{binary}``."""

    url: str
    checksums: str
    arch: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GoBuild:
    """A build in ``tools/<tool>``; ``copies`` names files of a module that belong beside the binaries.

    ``module`` is the directory where that is another tool's, ``module_version`` the version of the module
    where that is not the tool's own. ``placeholders`` names files that a module embeds and was published
    without; an empty one is built in.
    """

    packages: list[str]
    module: str = ""
    ldflags: str = ""
    tags: str = ""
    module_version: str = ""
    copies: Mapping[str, str] = field(default_factory=dict)
    placeholders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tool:
    """One pinned tool."""

    name: str
    version: str
    binaries: list[str]
    install: str = ""
    accept: str = ""
    probe: list[str] = field(default_factory=list)
    bundled_with: str = ""
    optional: bool = False
    release: Release | None = None
    build: GoBuild | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def fill(self, template: str, **more: str) -> str:
        """Put this tool's version and this machine's platform into ``template``."""
        number = self.version.removeprefix("v")
        major, minor, *_ = number.split(".")
        machine = platform.machine()
        arch = _ARCHITECTURES.get(machine, machine)
        if self.release:
            more = {"release_arch": self.release.arch.get(arch, arch), **more}
        return template.format(
            version=self.version, number=number, major=major, minor=minor, os=sys.platform, arch=arch, **more
        )


@dataclass(frozen=True)
class Catalog:
    """Every tool, and which of them a purpose needs."""

    directory: Path
    tools: Mapping[str, Tool]
    purposes: Mapping[str, list[str]]

    def needed(self, purpose: str) -> list[Tool]:
        """Return the tools of a purpose in the order in which they are resolved."""
        if purpose not in self.purposes:
            raise SetupError(f"{purpose!r} is no purpose of tools.toml; there are {', '.join(self.purposes)}")
        return [self.tools[name] for name in self.purposes[purpose]]


def load(path: Path) -> Catalog:
    """Return tools.toml; raise `SetupError` where a key is unknown or a purpose names no tool."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        tools = {name: _tool(name, entry) for name, entry in document["tool"].items()}
    except TypeError as error:
        raise SetupError(f"{path.name}: {error}") from None
    for purpose, names in document["purposes"].items():
        if unknown := [name for name in names if name not in tools]:
            raise SetupError(f"{path.name}: purposes.{purpose} names {', '.join(unknown)}, which is no tool of it")
    return Catalog(path.parent, tools, document["purposes"])


def _tool(name: str, entry: dict[str, Any]) -> Tool:
    release, build = entry.pop("release", None), entry.pop("build", None)
    return Tool(
        name=name,
        release=Release(**release) if release else None,
        build=GoBuild(**build) if build else None,
        **entry,
    )


def fits(version: str, accept: str) -> bool:
    """Whether ``version`` (``3.20.2``, with or without v) lies within ``accept`` (``>=3.16,<4``)."""
    have = _numbers(version.removeprefix("v"))
    for bound in accept.split(","):
        match = _BOUND.fullmatch(bound)
        if not match:
            raise SetupError(f"tools.toml: accept = {accept!r} is not a list of >= and < bounds")
        limit = _numbers(match[2])
        if (have < limit) if match[1] == ">=" else (have >= limit):
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
