"""The real memcached, on machines that have one."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.commands import HOST, free_ports
from sandbox.processes import start, stop, wait_until_none

_SECONDS = 60.0


@dataclass(frozen=True)
class Memcached:
    """A running memcached."""

    port: int

    @property
    def address(self) -> str:
        """Where it listens, as `host:port`."""
        return f"{HOST}:{self.port}"

    def count(self, name: str) -> int:
        """Return one of its counts, such as `get_hits`."""
        with socket.create_connection((HOST, self.port), _SECONDS) as connection, connection.makefile("rb") as answer:
            connection.sendall(b"stats\r\n")
            lines = iter(answer.readline, b"END\r\n")
            return {words[1]: int(words[2]) for words in map(bytes.split, lines) if words[2].isdigit()}[name.encode()]


def is_installed() -> bool:
    """Whether this machine has one."""
    return shutil.which("memcached") is not None


@contextmanager
def serving(directory: Path) -> Iterator[Memcached]:
    """Run an empty memcached for as long as the block lasts."""
    (port,) = free_ports(1)
    # Started by root, it wants another user to be.
    words = ["memcached", f"--listen={HOST}", f"--port={port}", "--user=nobody"]
    process = start("memcached", words, directory / "memcached.log", {"PATH": os.environ["PATH"]})
    try:
        wait_until_none(lambda: [] if _listens(port) else [f"{HOST}:{port}"], [process], _SECONDS)
        yield Memcached(port)
    finally:
        stop([process])


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex((HOST, port)) == 0
