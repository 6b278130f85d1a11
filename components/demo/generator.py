"""Sends what two services of a simulated shop would: a trace across both, its log lines and its latencies.

It runs on its own in a container with nothing but Python's standard library; every payload is OTLP/HTTP JSON
(https://opentelemetry.io/docs/specs/otlp/#otlphttp).
"""

import json
import os
import random
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

FRONTEND = "frontend"
CHECKOUT = "checkout"
SERVICES = (FRONTEND, CHECKOUT)
ROUTE = "/cart/checkout"
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
FAILING_SHARE = 0.1
LONGEST_PAUSE = 60.0

SERVER, CLIENT = 2, 3
OK, ERROR = 1, 2
INFO, SEVERE = 9, 17
CUMULATIVE = 2

Payload = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One purchase: the frontend serves it, and calls the checkout for a part of the time."""

    trace_id: str
    frontend_span: str
    call_span: str
    checkout_span: str
    start: int
    call_start: int
    call_end: int
    end: int
    failed: bool

    @property
    def status(self) -> int:
        """The HTTP status that the shopper got."""
        return 500 if self.failed else 200


@dataclass
class Series:
    """The latencies of one service and status since the start."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0
    exemplar: Payload = field(default_factory=dict)


@dataclass
class Latencies:
    """The latency histograms of both services since the start."""

    start: int
    series: dict[tuple[str, int], Series] = field(default_factory=dict)

    def observe(self, request: Request) -> None:
        """Count a request in both services' histograms, and keep it as their exemplar."""
        self._count(FRONTEND, request, request.frontend_span, request.start, request.end)
        self._count(CHECKOUT, request, request.checkout_span, request.call_start, request.call_end)

    def _count(self, service: str, request: Request, span: str, start: int, end: int) -> None:
        series = self.series.setdefault((service, request.status), Series())
        seconds = (end - start) / 1e9
        series.counts[sum(seconds > bound for bound in BOUNDS)] += 1
        series.total += seconds
        series.exemplar = {
            "timeUnixNano": str(end),
            "asDouble": seconds,
            "traceId": request.trace_id,
            "spanId": span,
        }


def make_request(rng: random.Random, now: int) -> Request:
    """Make up a request that ended at `now`, in nanoseconds since 1970."""
    duration = int(rng.lognormvariate(-2.5, 0.7) * 1e9) + 4_000_000
    return Request(
        trace_id=_identifier(rng, 16),
        frontend_span=_identifier(rng, 8),
        call_span=_identifier(rng, 8),
        checkout_span=_identifier(rng, 8),
        start=now - duration,
        call_start=now - duration * 3 // 4,
        call_end=now - duration // 4,
        end=now,
        failed=rng.random() < FAILING_SHARE,
    )


def traces(request: Request) -> Payload:
    """Write the spans of a request: served by the frontend, which calls the checkout, which serves the call."""
    call = {"start": request.call_start, "end": request.call_end}
    served = _span(request, request.frontend_span, "", f"POST {ROUTE}", SERVER, request.start, request.end)
    called = _span(request, request.call_span, request.frontend_span, "POST /pay", CLIENT, **call)
    paid = _span(request, request.checkout_span, request.call_span, "POST /pay", SERVER, **call)
    return _otlp("Spans", "spans", {FRONTEND: [served, called], CHECKOUT: [paid]})


def logs(request: Request) -> Payload:
    """Write one log record for each service, inside its span."""
    return _otlp("Logs", "logRecords", {service: [_log_record(request, service)] for service in SERVICES})


def metrics(latencies: Latencies, now: int) -> Payload:
    """Write both services' histograms as of `now`, each with the trace of its latest request as exemplar."""
    return _otlp("Metrics", "metrics", {service: [_histogram(latencies, service, now)] for service in SERVICES})


def log_line(request: Request) -> str:
    """Write the request as a JSON line with its trace, as a service prints it for a reader of container logs."""
    return json.dumps(
        {
            "time": datetime.fromtimestamp(request.end / 1e9, UTC).isoformat(),
            "level": "error" if request.failed else "info",
            "message": _message(request, FRONTEND),
            "trace_id": request.trace_id,
            "span_id": request.frontend_span,
        }
    )


def post(url: str, payload: Payload) -> None:
    """Send a payload; raise `OSError` when it was not taken."""
    body = json.dumps(payload).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as response:
        response.read()


def run(
    endpoint: str,
    interval: float,
    *,
    rng: random.Random,
    now: Callable[[], int] = time.time_ns,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Make up and send a request every `interval` seconds, less often while the endpoint takes nothing."""
    latencies = Latencies(start=now())
    pause = interval
    while True:
        request = make_request(rng, now())
        latencies.observe(request)
        print(log_line(request), flush=True)
        payloads = {"traces": traces(request), "logs": logs(request), "metrics": metrics(latencies, request.end)}
        taken = [_delivered(f"{endpoint}/v1/{name}", payload) for name, payload in payloads.items()]
        pause = interval if any(taken) else min(pause * 2, LONGEST_PAUSE)
        sleep(pause)


def _delivered(url: str, payload: Payload) -> bool:
    try:
        post(url, payload)
    except OSError as problem:
        if isinstance(problem, urllib.error.HTTPError):
            problem.close()
        print(f"{url}: {problem}", file=sys.stderr, flush=True)
        return False
    return True


def _otlp(signal_name: str, items: str, by_service: dict[str, list[Payload]]) -> Payload:
    return {
        f"resource{signal_name}": [
            {
                "resource": {"attributes": _attributes({"service.name": service, "service.namespace": "demo"})},
                f"scope{signal_name}": [{"scope": {"name": "telemetry-generator"}, items: sent}],
            }
            for service, sent in by_service.items()
        ]
    }


def _attributes(values: dict[str, str | int]) -> list[Payload]:
    return [
        {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
        for key, value in values.items()
    ]


def _span(request: Request, span: str, parent: str, name: str, kind: int, start: int, end: int) -> Payload:
    return {
        "traceId": request.trace_id,
        "spanId": span,
        "parentSpanId": parent,
        "name": name,
        "kind": kind,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(end),
        "attributes": _attributes({"http.request.method": "POST", "http.response.status_code": request.status}),
        "status": {"code": ERROR, "message": "the card was declined"} if request.failed else {"code": OK},
    }


def _log_record(request: Request, service: str) -> Payload:
    at_frontend = service == FRONTEND
    moment = str(request.end if at_frontend else request.call_end)
    return {
        "timeUnixNano": moment,
        "observedTimeUnixNano": moment,
        "severityNumber": SEVERE if request.failed else INFO,
        "severityText": "ERROR" if request.failed else "INFO",
        "body": {"stringValue": _message(request, service)},
        "traceId": request.trace_id,
        "spanId": request.frontend_span if at_frontend else request.checkout_span,
    }


def _message(request: Request, service: str) -> str:
    if service == FRONTEND:
        return f"POST {ROUTE} {request.status} in {(request.end - request.start) // 1_000_000} ms"
    return "the card was declined" if request.failed else "the order was paid"


def _histogram(latencies: Latencies, service: str, now: int) -> Payload:
    points = [
        {
            "startTimeUnixNano": str(latencies.start),
            "timeUnixNano": str(now),
            "count": str(sum(series.counts)),
            "sum": series.total,
            "bucketCounts": [str(count) for count in series.counts],
            "explicitBounds": list(BOUNDS),
            "exemplars": [series.exemplar],
            "attributes": _attributes({"http.request.method": "POST", "http.response.status_code": status}),
        }
        for (of, status), series in latencies.series.items()
        if of == service
    ]
    return {
        "name": "http.server.request.duration",
        "unit": "s",
        "description": "Duration of served requests",
        "histogram": {"aggregationTemporality": CUMULATIVE, "dataPoints": points},
    }


def _identifier(rng: random.Random, size: int) -> str:
    """Make an identifier of `size` bytes that is not all zeros, which OTLP takes for none."""
    return (rng.getrandbits(8 * size) or 1).to_bytes(size).hex()


if __name__ == "__main__":
    # As the first process of a container Python has no default for this signal and would be killed after the grace.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    run(
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"].rstrip("/"),
        float(os.environ["INTERVAL_SECONDS"]),
        rng=random.SystemRandom(),
    )
