"""A cache that speaks Redis's protocol as far as the clients of Loki and Thanos do, behind a password.

A server of its own, as the images of Valkey cannot run here; who talks to it are the real clients. It is one without
the command HELLO, which is older than all that they use.
"""

from __future__ import annotations

import socketserver
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from typing import Any

from sandbox.commands import HOST
from tools.local_sink import running

Arguments = list[bytes]


class Valkey(socketserver.ThreadingTCPServer):
    """The server; `databases` holds what was stored, `unknown` how many commands came without the password."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, password: str) -> None:
        super().__init__((HOST, 0), _Connection)
        self.password = password.encode()
        self.databases: defaultdict[int, dict[bytes, bytes]] = defaultdict(dict)
        self.unknown = 0

    @property
    def address(self) -> str:
        """Where it listens, as `host:port`."""
        return f"{HOST}:{self.server_address[1]}"


class _Connection(socketserver.StreamRequestHandler):
    server: Valkey

    def setup(self) -> None:
        super().setup()
        self.known = False
        self.database = 0
        self.queue: list[tuple[str, Arguments]] | None = None
        self.commands: dict[str, Callable[[Arguments], Any]] = {
            "AUTH": self.auth,
            "SELECT": self.select,
            "PING": lambda _: "PONG",
            "MULTI": self.multi,
            "EXEC": lambda _: self.execute(),
            "SET": self.set,
            "SETEX": lambda arguments: self.set([arguments[0], arguments[2]]),
            "GET": lambda keys: self.server.databases[self.database].get(keys[0]),
            "MGET": lambda keys: [self.server.databases[self.database].get(key) for key in keys],
        }

    def handle(self) -> None:
        for name, arguments in _requests(self.rfile):
            self.wfile.write(_encoded(self.answer(name, arguments)))

    def answer(self, name: str, arguments: Arguments) -> Any:
        if not self.known and name not in ("AUTH", "HELLO"):
            self.server.unknown += name != "CLIENT"
            return ValueError("NOAUTH Authentication required.")
        if name not in self.commands:
            return ValueError(f"ERR unknown command '{name}'")
        if self.queue is not None and name != "EXEC":
            self.queue.append((name, arguments))
            return "QUEUED"
        return self.commands[name](arguments)

    def auth(self, arguments: Arguments) -> Any:
        self.known = arguments[-1] == self.server.password
        return "OK" if self.known else ValueError("WRONGPASS invalid username-password pair or user is disabled.")

    def select(self, arguments: Arguments) -> str:
        self.database = int(arguments[0])
        return "OK"

    def multi(self, _: Arguments) -> str:
        self.queue = []
        return "OK"

    def execute(self) -> list[Any]:
        queue, self.queue = self.queue or [], None
        return [self.commands[name](arguments) for name, arguments in queue]

    def set(self, arguments: Arguments) -> str:
        self.server.databases[self.database][arguments[0]] = arguments[1]
        return "OK"


def _requests(stream: BufferedIOBase) -> Iterator[tuple[str, Arguments]]:
    """Read commands, each a list of byte strings with their lengths in front, until the peer goes."""
    while line := stream.readline():
        words = [stream.read(int(stream.readline()[1:]) + 2)[:-2] for _ in range(int(line[1:]))]
        yield words[0].decode().upper(), words[1:]


def _encoded(answer: Any) -> bytes:
    if answer is None:
        return b"$-1\r\n"
    if isinstance(answer, Exception):
        return f"-{answer}\r\n".encode()
    if isinstance(answer, list):
        return b"*%d\r\n" % len(answer) + b"".join(map(_encoded, answer))
    if isinstance(answer, bytes):
        return b"$%d\r\n%s\r\n" % (len(answer), answer)
    return f"+{answer}\r\n".encode()


@contextmanager
def serving(password: str) -> Iterator[Valkey]:
    """Run an empty cache behind `password` for as long as the block lasts."""
    with Valkey(password) as server, running(server):
        yield server
