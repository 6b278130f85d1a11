"""Servers of this machine that are probed and scraped."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sandbox.commands import HOST

OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


class _Server(ThreadingHTTPServer):
    pages: Mapping[str, str]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        page = self.server.pages.get(self.path)
        body = (page or "").encode()
        self.send_response(503 if page is None else 200)
        self.send_header("Content-Type", OPEN_METRICS)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(pages: Mapping[str, str], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve the pages by path, and failures beside them; yield the port."""
    with _Server((HOST, 0), _Handler) as server:
        server.pages = pages
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
