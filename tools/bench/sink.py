"""A store that counts the log lines that are sent to it."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from tools.local_sink import posts

PLAIN, OTLP = "/plain", "/otlp"
"""The paths of lines as they are, and of OTLP without that of the signal."""
_NUMBER = re.compile(rb'"number":"(\d+)"')


class Sink:
    """The number of lines that have arrived, how many of them are different, and when they came."""

    def __init__(self) -> None:
        self.url = ""
        self.lines = 0
        self.first = self.last = time.monotonic()
        """The times of the first and of the last arrival."""
        self._different: set[bytes] = set()
        self._lock = threading.Lock()

    @property
    def different(self) -> int:
        """The number of different lines."""
        return len(self._different)

    def add(self, numbers: list[bytes]) -> None:
        """Count lines, each by the number in it."""
        with self._lock:
            self.last = time.monotonic()
            self.first = self.first if self.lines else self.last
            self.lines += len(numbers)
            self._different.update(numbers)


@contextmanager
def sink() -> Iterator[Sink]:
    """Serve a sink on a free port."""
    found = Sink()
    with posts(lambda path, body: found.add(_numbers(body) if path == PLAIN else _numbers_of_otlp(body))) as found.url:
        yield found


def _numbers(body: bytes) -> list[bytes]:
    return _NUMBER.findall(body)


def _numbers_of_otlp(body: bytes) -> list[bytes]:
    request = ExportLogsServiceRequest.FromString(body)
    return [
        _NUMBER.findall(record.body.string_value.encode())[0]
        for resource in request.resource_logs
        for scope in resource.scope_logs
        for record in scope.log_records
    ]
