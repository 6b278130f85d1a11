"""A machine in a temporary directory: its PATH, its cache, its releases on loopback, its catalog of tools."""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tools.bootstrap.catalog import Catalog, GoBuild, Release, Tool
from tools.bootstrap.resolve import Resolver


@dataclass
class ReleaseServer:
    """Files by path; every request is recorded."""

    address: str
    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def publish(self, name: str, content: bytes, digest: str | None = None) -> Release:
        """Serve a file beside its checksum, which is right unless another one is given."""
        self.files[f"/{name}"] = content
        listed = digest or hashlib.sha256(content).hexdigest()
        self.files["/SUMS"] = f"{'0' * 64}  other-file\n{listed}  {name}\n".encode()
        return Release(url=f"{self.address}/{name}", checksums=f"{self.address}/SUMS")


@pytest.fixture
def releases(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReleaseServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.requests.append(self.path)
            content = server.files.get(self.path)
            self.send_response(200 if content is not None else 404)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server = ReleaseServer(f"http://127.0.0.1:{http.server_port}")
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        http.shutdown()
        thread.join()


class Machine:
    """One directory on PATH, one cache, and what the resolver said."""

    def __init__(self, root: Path) -> None:
        self.bin = root / "bin"
        self.cache = root / "cache"
        self.modules = root / "tools"
        self.go_calls = root / "go-calls"
        self.said: list[str] = []
        self.bin.mkdir()

    def put(self, directory: Path, name: str, script: str = "exit 0") -> Path:
        """Write an executable shell script."""
        directory.mkdir(parents=True, exist_ok=True)
        file = directory / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        return file

    def put_go(self, script: str | None = None) -> None:
        """Put a ``go`` on PATH that records its call and leaves a binary named after each package."""
        build = """
            while [ "$1" != -o ]; do shift; done
            out=$2
            shift 2
            for package; do echo >$out/${package##*/}; chmod +x $out/${package##*/}; done
        """
        record = f'echo "$PWD CGO_ENABLED=$CGO_ENABLED GOWORK=$GOWORK $@" >>{self.go_calls}'
        self.put(self.bin, "go", f"{record}\n{script or build}")

    def cached(self, tool: Tool) -> Path:
        """Return the tool's place in the cache."""
        return self.cache / "tools" / f"{tool.name}-{tool.version}"

    def resolve(self, *tools: Tool, extras: Sequence[Tool] = ()) -> list[Path]:
        """Resolve the tools as one run does, with others that it can do without."""
        every = {tool.name: tool for tool in (*tools, *extras)}
        for name in every:
            (self.modules / name).mkdir(parents=True, exist_ok=True)
        purposes = {"preview": [tool.name for tool in tools], "checks": [tool.name for tool in extras]}
        resolver = Resolver(Catalog(self.modules, every, purposes), self.cache, str(self.bin), self.said.append)
        return resolver.resolve("preview", "checks" if extras else "")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def lens(**changes: Any) -> Tool:
    """Return a tool that exists nowhere else: version 1.4.0, any 1.x from 1.2 on fits."""
    facts: dict[str, Any] = {
        "name": "lens",
        "version": "v1.4.0",
        "binaries": ["lens"],
        "probe": ["--version"],
        "accept": ">=1.2,<2",
        "install": "apt-get install lens={number}",
        "build": GoBuild(packages=["example.test/cmd/lens"], ldflags="-X main.version={version}"),
    }
    return Tool(**{**facts, **changes})
