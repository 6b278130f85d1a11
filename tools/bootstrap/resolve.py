"""Which source serves a tool: PATH, the cache, the official release, a build from its Go module."""

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tools.bootstrap import gobuild
from tools.bootstrap.catalog import Catalog, Tool, fits
from tools.bootstrap.errors import NotServed, SetupError
from tools.bootstrap.locks import exclusive

_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?")


class Resolver:
    """Finds tools for one run and reports the origin of each in one line."""

    def __init__(self, catalog: Catalog, cache: Path, search_path: str, report: Callable[[str], None]) -> None:
        self._catalog = catalog
        self._cache = cache
        self._search_path = search_path
        self._report = report
        self._served: dict[str, Path | None] = {}
        self._releases: Callable[[Tool, Path], None] | None = None
        self._versions: dict[str, str | NotServed] = {}

    def resolve(self, purpose: str, extras: str = "") -> list[Path]:
        """Return the directories that belong on PATH for a purpose; raise with the fix for a missing tool.

        The tools of the purpose ``extras`` are used where PATH or the cache has them.
        """
        needed = self._catalog.needed(purpose)
        if extras:
            needed += [replace(tool, optional=True) for tool in self._catalog.needed(extras) if tool not in needed]
        self._ask_versions(needed)
        for tool in needed:
            directory = self._find(tool, purpose)
            owner = self._served.get(tool.bundled_with)
            if owner and directory and directory != owner:
                _link(tool.binaries, directory, owner)
                directory = owner
            self._served[tool.name] = directory
        return [directory for directory in self._served.values() if directory]

    def _find(self, tool: Tool, purpose: str) -> Path | None:
        tried: dict[str, str] = {}
        for name, source in (("bundle", self._from_bundle), ("PATH", self._from_path), ("cache", self._from_cache)):
            try:
                return source(tool)
            except NotServed as reason:
                tried[name] = str(reason)
        if tool.optional:
            self._report(f"{tool.name}: not found, works without")
            return None
        target = self._cached(tool)
        with exclusive(self._cache / "locks" / f"{target.name}.lock", self._report):
            if not self._missing(tool, target):
                self._report(f"{tool}: made by another run")
                return target
            for name, make in (("release", self._download), ("build", self._build)):
                try:
                    self._make(tool, target, make, tried)
                    return target
                except NotServed as reason:
                    tried[name] = str(reason)
        raise SetupError(_unserved(tool, purpose, tried))

    def _from_bundle(self, tool: Tool) -> Path | None:
        """Take a tool that comes with another one from where that one was found, so that they match."""
        owner = tool.bundled_with
        if not owner:
            raise NotServed("it comes with no other tool")
        directory = self._served[owner]
        if missing := self._missing(tool, directory):
            raise NotServed(f"{owner} came without {', '.join(missing)}")
        if directory and any((directory / binary).is_symlink() for binary in tool.binaries):
            raise NotServed(f"{owner} came without, what is there was linked")
        self._report(f"{tool.name}: with {owner}")
        return directory

    def _from_path(self, tool: Tool) -> None:
        if not tool.probe:
            raise NotServed("a copy there could be of any version")
        if missing := self._missing(tool, None):
            raise NotServed(f"{', '.join(missing)} not found")
        found = self._on_path(tool)
        for file in found:
            version = self._versions[file]
            if isinstance(version, NotServed):
                raise version
            if not fits(version, tool.accept):
                raise NotServed(f"{file} is {version}, needed is {tool.accept}")
        self._report(f"{tool.name} {version}: on PATH ({Path(found[0]).parent})")

    def _on_path(self, tool: Tool) -> list[str]:
        return [shutil.which(binary, path=self._search_path) or binary for binary in tool.binaries]

    def _ask_versions(self, tools: list[Tool]) -> None:
        """Ask every tool on PATH for its version, all at once: each takes some 0.2 s to answer."""

        def ask(file: str, arguments: list[str]) -> None:
            try:
                self._versions[file] = version_of(file, arguments)
            except NotServed as reason:
                self._versions[file] = reason

        on_path = [tool for tool in tools if tool.probe and not self._missing(tool, None)]
        files = {file: tool.probe for tool in on_path for file in self._on_path(tool)}
        threads = [threading.Thread(target=ask, args=asked, daemon=True) for asked in files.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _from_cache(self, tool: Tool) -> Path:
        directory = self._cached(tool)
        if missing := self._missing(tool, directory):
            raise NotServed(f"{directory} is without {', '.join(missing)}")
        self._report(f"{tool}: from the cache")
        return directory

    def _cached(self, tool: Tool) -> Path:
        return self._cache / "tools" / f"{tool.name}-{tool.version}{gobuild.own_sources(tool, self._catalog.directory)}"

    def _download(self, tool: Tool, into: Path) -> str:
        if self._releases is None:
            from tools.bootstrap.release import Downloads  # takes 40 ms to import, and a warm run needs none

            self._releases = Downloads().install
        self._releases(tool, into)
        return "official release, checksum verified"

    def _build(self, tool: Tool, into: Path) -> str:
        if tool.build:
            self._report(f"{tool}: building from its Go module, once; this can take minutes")
        gobuild.install(tool, self._catalog.directory, into, self._search_path)
        return "built from its Go module"

    def _make(self, tool: Tool, target: Path, make: Callable[[Tool, Path], str], tried: dict[str, str]) -> None:
        """Fill a scratch directory and move it into place whole, so that no run meets half a tool."""
        start = time.monotonic()
        scratch = target.with_name(f".{target.name}.partial")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        try:
            how = make(tool, scratch)
            if missing := self._missing(tool, scratch):
                raise NotServed(f"it came without {', '.join(missing)}")
            shutil.rmtree(target, ignore_errors=True)
            scratch.rename(target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        why = f" (release: {tried['release']})" if "release" in tried else ""
        self._report(f"{tool}: {how} in {time.monotonic() - start:.0f} s{why}")

    def _missing(self, tool: Tool, directory: Path | None) -> list[str]:
        search = self._search_path if directory is None else str(directory)
        return [binary for binary in tool.binaries if not shutil.which(binary, path=search)]


def _link(binaries: list[str], source: Path, owner: Path) -> None:
    """Put a bundled tool beside its owner, where the owner looks first: pulumi warns of hosts from elsewhere."""
    for binary in binaries:
        fresh = owner / f".{binary}.{os.getpid()}"
        fresh.symlink_to(source / binary)
        fresh.replace(owner / binary)


def version_of(file: str, arguments: list[str]) -> str:
    """Return the version that a program prints; raise `NotServed` where it prints none."""
    quiet = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run([file, *arguments], capture_output=True, text=True, timeout=20, check=False, env=quiet)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotServed(f"{file} does not run: {error}") from None
    match = _VERSION.search(done.stdout + done.stderr)
    if done.returncode or not match:
        raise NotServed(f"{file} {' '.join(arguments)} prints no version")
    return match[0]


def _unserved(tool: Tool, purpose: str, tried: dict[str, str]) -> str:
    if not tool.bundled_with:
        del tried["bundle"]
    lines = [f"{tool} is needed for {purpose} and nothing serves it:"]
    lines += [f"  {source}: {reason}" for source, reason in tried.items()]
    return "\n".join([*lines, f"Install it: {tool.fill(tool.install)}"])
