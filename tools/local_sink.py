"""Servers on this machine, and one on a free port that hands on what is posted to it."""

import gzip
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer
from typing import Any

from sandbox.commands import HOST


class QuietServer(ThreadingHTTPServer):
    """A server that says nothing of a connection that ends with its client."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def running(server: BaseServer) -> Iterator[None]:
    """Let a server answer for as long as the block lasts."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def posts(take: Callable[[str, bytes], None]) -> Iterator[str]:
    """Serve and yield the URL; `take` gets the path and the uncompressed body of each request, in several threads."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            take(self.path, gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Write nothing."""

    with QuietServer((HOST, 0), Handler) as server, running(server):
        yield f"http://{HOST}:{server.server_port}"
