"""What a tenant of Loki finds."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from sandbox.processes import POLL_SECONDS

SECONDS = 60.0
_LIMIT = 5000
_SPAN = 10 * 60
_CATEGORIES = {"X-Loki-Response-Encoding-Flags": "categorize-labels"}


@dataclass(frozen=True)
class Entry:
    """A line with the labels of its stream and its structured metadata."""

    text: str
    nanoseconds: int
    labels: Mapping[str, str]
    metadata: Mapping[str, str]
    parsed: Mapping[str, str]


class Reader:
    """The client of one tenant, which reads the lines of the last and the next ten minutes."""

    def __init__(self, address: str, tenant: str) -> None:
        self._url = f"http://{address}/loki/api/v1"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["X-Scope-OrgID"] = tenant

    def entries(self, query: str) -> list[Entry]:
        """Return the lines of a query, at most 5000, the oldest first."""
        found = self._range(query, {"limit": str(_LIMIT), "direction": "forward"}, _CATEGORIES)
        entries = [_entry(stream["stream"], value) for stream in found for value in stream["values"]]
        return sorted(entries, key=lambda entry: entry.nanoseconds)

    def texts(self, query: str) -> Counter[str]:
        """Return the lines of a query, each with how often it was stored."""
        return Counter(entry.text for entry in self.entries(query))

    def vector(self, query: str) -> list[tuple[dict[str, str], float]]:
        """Return the labels and the value of each series of an instant query."""
        asked = {"query": query, "time": str(time.time_ns() + 5 * 10**9)}
        return [(each["metric"], float(each["value"][1])) for each in self._get("query", asked, {})]

    def count(self, selector: str) -> int:
        """Return how many lines Loki counts."""
        found = self.vector(f"sum(count_over_time({selector}[{_SPAN}s]))")
        return int(found[0][1]) if found else 0

    def wait_for(self, query: str, count: int) -> list[Entry]:
        """Return the lines of a query once there are as many; fail with those that there are otherwise."""
        self.wait_until(lambda: len(self.entries(query)) >= count, lambda: f"{count} of {query}: {self.entries(query)}")
        return self.entries(query)

    def wait_until(self, holds: Callable[[], object], otherwise: Callable[[], str]) -> None:
        """Wait until a condition holds; fail with a sentence where it never does."""
        deadline = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < deadline, otherwise()
            time.sleep(POLL_SECONDS)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _range(self, query: str, asked: Mapping[str, str], headers: Mapping[str, str]) -> list[Any]:
        now = time.time()
        span = {"start": str(int((now - _SPAN) * 10**9)), "end": str(int((now + _SPAN) * 10**9))}
        return self._get("query_range", {"query": query, **span, **asked}, headers)

    def _get(self, kind: str, asked: Mapping[str, str], headers: Mapping[str, str]) -> list[Any]:
        answer = self._session.get(f"{self._url}/{kind}", params=asked, headers=headers, timeout=SECONDS)
        assert answer.ok, f"{asked}: {answer.status_code} {answer.text}"
        return list(answer.json()["data"]["result"])


def _entry(labels: Mapping[str, str], value: Sequence[Any]) -> Entry:
    nanoseconds, text, *rest = value
    more = rest[0] if rest else {}
    return Entry(text, int(nanoseconds), dict(labels), more.get("structuredMetadata", {}), more.get("parsed", {}))
