"""A store of traces by OTLP/HTTP that keeps what it receives."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from sandbox.commands import HOST


class TraceSink:
    """What was received at `address`, in its order."""

    def __init__(self, address: str) -> None:
        self.url = f"http://{address}"
        self._received: list[ResourceSpans] = []
        self._lock = threading.Lock()

    def add(self, request: ExportTraceServiceRequest) -> None:
        """Keep the spans of a request."""
        with self._lock:
            self._received += request.resource_spans

    def resources(self) -> list[ResourceSpans]:
        """Return the spans by resource."""
        with self._lock:
            return list(self._received)

    def span_names(self) -> dict[bytes, list[str]]:
        """Return the names of the spans of each trace."""
        found: dict[bytes, list[str]] = {}
        for resource in self.resources():
            for span in (span for scope in resource.scope_spans for span in scope.spans):
                found.setdefault(span.trace_id, []).append(span.name)
        return found


@contextmanager
def trace_sink() -> Iterator[TraceSink]:
    """Serve a sink on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            sink.add(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    sink = TraceSink(f"{HOST}:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
