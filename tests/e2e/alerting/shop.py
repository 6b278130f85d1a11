"""The service of these tests: what it exposes while it is healthy, and while it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.shop_alerting import NODE
from tools.alerts.local import Target
from tools.alerts.replay import target

RATE = 100
"""Requests per second."""
HEALTHY_ERRORS = 0.0002
"""Share of requests that fail while all is well: a fifth of what the objective allows."""
BUCKETS = ("0.3", "1.2", "2.0", "+Inf")


@dataclass
class Shop:
    """Requests at a steady rate; a test says how they end."""

    errors: float = HEALTHY_ERRORS
    """Share of requests that fail."""
    seconds: float = 0.1
    """How long each takes."""
    queue: int = 3
    _at: float = field(default_factory=time.monotonic)
    _failed: float = 0
    _answered: float = 0
    _within: dict[str, float] = field(default_factory=lambda: dict.fromkeys(BUCKETS, 0.0))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def change(self, *, errors: float = HEALTHY_ERRORS, seconds: float = 0.1, queue: int = 3) -> None:
        """Set how requests end from now on; the defaults are those of a healthy service."""
        with self._lock:
            self._count()
            self.errors, self.seconds, self.queue = errors, seconds, queue

    def exposition(self) -> str:
        """Return its metrics."""
        with self._lock:
            self._count()
            duration = "http_request_duration_seconds"
            samples = {
                'http_requests_total{service="shop",method="GET",status="200"}': self._answered,
                'http_requests_total{service="shop",method="GET",status="500"}': self._failed,
                **{
                    f'{duration}_bucket{{service="shop",le="{bucket}"}}': count
                    for bucket, count in self._within.items()
                },
                f'{duration}_count{{service="shop"}}': self._within["+Inf"],
                f'checkout_queue_length{{service="shop",instance="{NODE}"}}': self.queue,
            }
        return "".join(f"{series} {value}\n" for series, value in samples.items())

    def _count(self) -> None:
        """Count the requests since this was last asked for."""
        now = time.monotonic()
        requests, self._at = RATE * (now - self._at), now
        self._failed += requests * self.errors
        self._answered += requests * (1 - self.errors)
        for bucket in BUCKETS:
            self._within[bucket] += requests if self.seconds <= float(bucket) else 0


@contextmanager
def serving(shop: Shop, labels: Mapping[str, str] | None = None) -> Iterator[Target]:
    """Serve its metrics, and yield it as a target of Prometheus."""
    with target(shop.exposition) as address:
        yield Target("shop", address, labels)
