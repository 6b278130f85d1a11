"""A store of traces by OTLP/HTTP that keeps what it receives."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from tools.local_sink import posts


class TraceSink:
    """What was received at `url`, in its order."""

    def __init__(self) -> None:
        self.url = ""
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
    sink = TraceSink()
    with posts(lambda _, body: sink.add(ExportTraceServiceRequest.FromString(body))) as sink.url:
        yield sink
