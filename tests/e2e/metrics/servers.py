"""Servers of this machine that are probed and scraped."""

from __future__ import annotations

import socketserver
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme

from sandbox.commands import HOST
from tools.local_sink import running

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PAGES = {
    "/metrics": f"""\
# TYPE shop_orders counter
shop_orders_total{{code="200"}} 7.0 # {{trace_id="{TRACE}"}} 1.0
# EOF
""",
    "/custom": """\
# TYPE legacy_orders gauge
legacy_orders 4
# EOF
""",
    "/many": """\
# TYPE many_orders gauge
many_orders{code="200"} 1
many_orders{code="400"} 2
many_orders{code="500"} 3
# EOF
""",
}
"""What an application exposes: the first with an exemplar, the last more than `stack.SAMPLES`."""
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

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


class _NameServer(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """Answer a question with one address; the answer points at the name of the question."""
        question, peer = self.request
        answer = b"\xc0\x0c" + question[-4:] + (60).to_bytes(4) + (4).to_bytes(2) + bytes(map(int, HOST.split(".")))
        counts = b"".join(count.to_bytes(2) for count in (1, 1, 0, 0))
        end = question.index(0, 12) + 5
        peer.sendto(question[:2] + b"\x81\x80" + counts + question[12:end] + answer, self.client_address)


@dataclass(frozen=True)
class Shop:
    """Where a site answers: in the clear, and with a certificate that expires soon; its page /broken fails."""

    clear: str
    secure: str
    authority: str
    """The certificate of the authority, in PEM."""
    days: int
    """After how many days the certificate of the site expires."""


@contextmanager
def shop(pages: Mapping[str, str], days: int = 9) -> Iterator[Shop]:
    """Serve a site on two ports."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", not_after=datetime.now(UTC) + timedelta(days=days)).configure_cert(context)
    with serving(pages) as clear, serving(pages, context) as secure:
        certificate = authority.cert_pem.bytes().decode()
        yield Shop(f"localhost:{clear}", f"localhost:{secure}", certificate, days)


@contextmanager
def serving(pages: Mapping[str, str], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve the pages by path, and failures beside them; yield the port."""
    with _Server((HOST, 0), _Handler) as server:
        server.pages = pages
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        with running(server):
            yield server.server_port


@contextmanager
def name_server() -> Iterator[str]:
    """Answer every question for an address with that of this machine; yield host and port."""
    with socketserver.ThreadingUDPServer((HOST, 0), _NameServer) as server, running(server):
        yield f"{HOST}:{server.server_address[1]}"
