"""A target on loopback that exposes the series of a test, sample by sample, in scaled time."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

from sandbox.commands import HOST
from tools.local_sink import QuietServer, running

from .samples import exposition


@contextmanager
def target(content: Callable[[], str]) -> Iterator[str]:
    """Serve what `content` returns at each scrape, and yield `host:port`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = content().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Write nothing."""

    with QuietServer((HOST, 0), Handler) as server, running(server):
        yield f"{HOST}:{server.server_port}"


@contextmanager
def replay(series: Mapping[str, Sequence[float | None]], interval: timedelta) -> Iterator[str]:
    """Serve the series, the next sample of each after every `interval` from the first scrape on."""
    began: list[float] = []

    def content() -> str:
        if not began:
            began.append(time.monotonic())
        return exposition(series, int((time.monotonic() - began[0]) / interval.total_seconds()))

    with target(content) as address:
        yield address
