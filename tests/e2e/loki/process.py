"""One running Loki, as its clients see it."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from sandbox.commands import HOST
from sandbox.processes import POLL_SECONDS, Process, start, stop, wait_until_none
from tests.e2e.loki.configuration import Configuration
from tests.e2e.loki.machine import Ports, written

SECONDS = 60.0
"""The longest that any one thing is waited for."""


@dataclass(frozen=True, order=True)
class Line:
    """One line of one stream; no two have the same time."""

    nanoseconds: int
    stream: str
    text: str


class Loki:
    """Loki in one process; `end` is a pod's orderly end, `kill` is what is left of a node that fails."""

    def __init__(
        self, command: str, configuration: Configuration, ports: Ports, directory: Path, environment: Mapping[str, str]
    ) -> None:
        file = written(configuration, directory / "config.yaml")
        words = [command, f"-config.file={file}", "-target=all", "-config.expand-env=true"]
        self._session = requests.Session()
        self._session.trust_env = False
        self._address = f"http://{HOST}:{ports.http}"
        self._process: Process = start("loki", words, directory / "loki.log", environment)
        try:
            wait_until_none(self._not_running, [self._process], SECONDS)
        except BaseException:
            self.kill()
            raise

    def end(self) -> None:
        """Ask it to end as a pod is asked, which has it flush, and wait until it has."""
        os.kill(self._process.pid, signal.SIGTERM)
        self._wait_for_its_end()

    def flush_and_end(self) -> None:
        """Flush it for good, as before its volume is given up, and wait until it has ended."""
        self._post("/ingester/shutdown?flush=true")
        self._wait_for_its_end()

    def kill(self) -> None:
        """End it at once, if it still runs."""
        stop([self._process])
        self._session.close()

    def push(self, lines: Iterable[Line], labels: Mapping[str, str]) -> None:
        """Send lines; fail where Loki does not take them."""
        streams: dict[str, list[list[str]]] = {}
        for line in lines:
            streams.setdefault(line.stream, []).append([str(line.nanoseconds), line.text])
        body: Any = [{"stream": {**labels, "stream": name}, "values": values} for name, values in streams.items()]
        self._post("/loki/api/v1/push", {"streams": body})

    def flush(self) -> None:
        """Send all chunks to the store, as Loki does by itself once they are full or old."""
        self._post("/flush")

    def lines(self, selector: str, begin: int, end: int) -> Counter[Line]:
        """Return the lines of a span of time in nanoseconds, each with how often it came."""
        asked = {"query": selector, "start": begin, "end": end, "limit": 5000, "direction": "forward"}
        return Counter(
            Line(int(nanoseconds), result["stream"]["stream"], text)
            for result in self._query("query_range", asked)
            for nanoseconds, text in result["values"]
        )

    def texts(self, query: str, begin: int, end: int) -> list[str]:
        """Return the texts of the lines of a span of time in nanoseconds, whatever their streams, the oldest first."""
        asked = {"query": query, "start": begin, "end": end, "limit": 5000, "direction": "forward"}
        found = [value for result in self._query("query_range", asked) for value in result["values"]]
        return [text for _, text in sorted(found, key=lambda value: int(value[0]))]

    def count(self, selector: str, begin: int, end: int) -> int:
        """Return how many lines Loki counts in each minute of a span of time, all together."""
        query = f"sum(count_over_time({selector}[1m]))"
        asked = {"query": query, "start": begin, "end": end, "step": 60}
        return sum(int(value) for result in self._query("query_range", asked) for _, value in result["values"])

    def instant(self, query: str) -> list[dict[str, Any]]:
        """Return the series of a query of numbers, now."""
        return list(self._query("query", {"query": query}))

    def metric(self, name: str, label: str = "") -> float:
        """Sum a metric of Loki's own over all its labels, or those that contain `label`."""
        text = self._session.get(f"{self._address}/metrics", timeout=SECONDS).text
        rows = [row for row in text.splitlines() if row.partition("{")[0].partition(" ")[0] == name and label in row]
        return sum(float(row.rpartition(" ")[2]) for row in rows)

    def wait_until(self, holds: Callable[[], bool], awaited: str) -> None:
        """Wait until a condition holds; fail with what was awaited where it never does, or Loki ends first."""
        wait_until_none(lambda: [] if holds() else [awaited], [self._process], SECONDS)

    def _post(self, path: str, body: Any = None) -> None:
        answer = self._session.post(self._address + path, json=body, timeout=SECONDS)
        assert answer.status_code == 204, answer.text

    def _wait_for_its_end(self) -> None:
        deadline = time.monotonic() + SECONDS
        while self._process.is_running():
            assert time.monotonic() < deadline, f"Loki does not end:\n{self._process.last_lines()}"
            time.sleep(POLL_SECONDS)
        self._session.close()

    def _query(self, kind: str, asked: Mapping[str, Any]) -> list[Any]:
        answer = self._session.get(f"{self._address}/loki/api/v1/{kind}", params=asked, timeout=SECONDS)
        assert answer.ok, answer.text
        return list(answer.json()["data"]["result"])

    def _not_running(self) -> list[str]:
        """Name the services that do not run yet, and the ingester until others would send it lines."""
        try:
            services = self._session.get(f"{self._address}/services", timeout=SECONDS).text
            ring = self._session.get(f"{self._address}/ring", headers={"Accept": "application/json"}, timeout=SECONDS)
            members = (ring.json()["shards"] if ring.ok else None) or []
        except requests.ConnectionError:
            return ["its address"]
        states = dict(line.split(" => ") for line in services.splitlines() if " => " in line)
        waiting = [name for name, state in states.items() if state != "Running"]
        return waiting + ([] if [member["state"] for member in members] == ["ACTIVE"] else ["its place in the ring"])
