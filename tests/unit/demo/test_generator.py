"""The generator's payloads belong together, and it goes on when nobody listens."""

import io
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from components.demo import generator
from components.demo.generator import BOUNDS, CHECKOUT, FRONTEND, LONGEST_PAUSE, Latencies, Request, make_request
from components.demo.workload import SERVICE
from tools.local_sink import running

NOW = 1_790_000_000_123_456_789
SEEDS = st.integers(0, 2**32)


class Enough(Exception):
    """Ends the endless loop of the generator."""


def request_of(seed: int) -> Request:
    return make_request(random.Random(seed), NOW)


def spans_of(request: Request) -> dict[str, tuple[str, dict[str, Any]]]:
    return {
        span["spanId"]: (service_of(resource), span)
        for resource in generator.traces(request)["resourceSpans"]
        for span in resource["scopeSpans"][0]["spans"]
    }


def service_of(resource: dict[str, Any]) -> str:
    names = [a["value"]["stringValue"] for a in resource["resource"]["attributes"] if a["key"] == "service.name"]
    return str(names[0])


def test_the_component_names_the_service_that_traces_begin_in() -> None:
    assert SERVICE == FRONTEND


@given(SEEDS)
def test_a_trace_is_one_tree_over_both_services(seed: int) -> None:
    spans = spans_of(request_of(seed))
    [(_, root)] = [pair for pair in spans.values() if not pair[1]["parentSpanId"]]
    [(_, call)] = [pair for pair in spans.values() if pair[1]["parentSpanId"] == root["spanId"]]
    [(_, paid)] = [pair for pair in spans.values() if pair[1]["parentSpanId"] == call["spanId"]]
    assert [spans[span["spanId"]][0] for span in (root, call, paid)] == [FRONTEND, FRONTEND, CHECKOUT]
    assert [span["kind"] for span in (root, call, paid)] == [2, 3, 2], "Tempo's service graph pairs client and server"
    assert len({span["traceId"] for _, span in spans.values()}) == 1


@given(SEEDS)
def test_identifiers_have_the_length_of_otlp_and_are_not_empty(seed: int) -> None:
    request = request_of(seed)
    assert len(bytes.fromhex(request.trace_id)) == 16
    spans = (request.frontend_span, request.call_span, request.checkout_span)
    assert all(len(bytes.fromhex(span)) == 8 and int(span, 16) for span in spans)
    assert len(set(spans)) == 3


@given(SEEDS)
def test_times_are_strings_of_nanoseconds_within_the_parents_time(seed: int) -> None:
    spans = spans_of(request_of(seed))
    for _, span in spans.values():
        start, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
        assert isinstance(span["startTimeUnixNano"], str), "a number of this size loses digits in JSON"
        assert start < end <= NOW
        if parent := span["parentSpanId"]:
            outer = spans[parent][1]
            assert int(outer["startTimeUnixNano"]) <= start and end <= int(outer["endTimeUnixNano"])


@given(SEEDS)
def test_logs_and_exemplars_point_at_spans_of_the_trace_and_of_their_service(seed: int) -> None:
    request = request_of(seed)
    spans = spans_of(request)
    latencies = Latencies(start=NOW - 1)
    latencies.observe(request)
    records = [
        (service_of(resource), resource["scopeLogs"][0]["logRecords"][0])
        for resource in generator.logs(request)["resourceLogs"]
    ]
    exemplars = [
        (service_of(resource), resource["scopeMetrics"][0]["metrics"][0]["histogram"]["dataPoints"][0]["exemplars"][0])
        for resource in generator.metrics(latencies, NOW)["resourceMetrics"]
    ]
    for service, pointer in [*records, *exemplars]:
        assert pointer["traceId"] == request.trace_id
        assert spans[pointer["spanId"]][0] == service
    line = json.loads(generator.log_line(request))
    assert (line["trace_id"], line["span_id"]) == (request.trace_id, request.frontend_span)
    assert datetime.fromisoformat(line["time"]).tzinfo is not None


@given(st.lists(SEEDS, min_size=1, max_size=20))
def test_histograms_count_every_request_once_and_never_fall(seeds: list[int]) -> None:
    latencies = Latencies(start=NOW - 1)
    before = 0
    for number, seed in enumerate(seeds, start=1):
        latencies.observe(request_of(seed))
        points = [
            point
            for resource in generator.metrics(latencies, NOW)["resourceMetrics"]
            if service_of(resource) == FRONTEND
            for point in resource["scopeMetrics"][0]["metrics"][0]["histogram"]["dataPoints"]
        ]
        for point in points:
            assert len(point["bucketCounts"]) == len(point["explicitBounds"]) + 1
            assert sum(map(int, point["bucketCounts"])) == int(point["count"])
            assert point["startTimeUnixNano"] == str(NOW - 1), "a moving start would read as a reset"
        assert sum(int(point["count"]) for point in points) == number == before + 1
        before = number


def test_a_latency_falls_into_the_bucket_that_ends_at_or_after_it() -> None:
    start = NOW - int(BOUNDS[4] * 1e9)
    request = Request("a" * 32, "b" * 16, "c" * 16, "d" * 16, start, start, NOW, NOW, failed=False)
    latencies = Latencies(start=0)
    latencies.observe(request)
    assert latencies.series[FRONTEND, 200].counts.index(1) == 4


def test_some_requests_fail_and_say_so_in_every_signal() -> None:
    requests = [request_of(seed) for seed in range(300)]
    failed = [request for request in requests if request.failed]
    assert 0.03 < len(failed) / len(requests) < 0.25
    assert {span["status"]["code"] for _, span in spans_of(failed[0]).values()} == {2}
    assert generator.logs(failed[0])["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["severityText"] == "ERROR"
    assert json.loads(generator.log_line(failed[0]))["level"] == "error"


def test_the_payloads_are_those_of_the_protocol() -> None:
    request = request_of(1)
    latencies = Latencies(start=NOW - 1)
    latencies.observe(request)
    # A misnamed field is an error of the parser; it reads the identifiers as base64, so only their place is looked at.
    ParseDict(generator.traces(request), ExportTraceServiceRequest())
    ParseDict(generator.logs(request), ExportLogsServiceRequest())
    ParseDict(generator.metrics(latencies, NOW), ExportMetricsServiceRequest())


class Collector(BaseHTTPRequestHandler):
    """Takes what is posted, but for paths that it refuses."""

    taken: list[tuple[str, dict[str, Any]]]
    refused: frozenset[str]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["Content-Type"] == "application/json"
        self.taken.append((self.path, body))
        self.send_response(404 if self.path in self.refused else 200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@contextmanager
def collector(*refused: str) -> Iterator[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    taken: list[tuple[str, dict[str, Any]]] = []
    handler = type("OneCollector", (Collector,), {"taken": taken, "refused": frozenset(refused)})
    with HTTPServer(("127.0.0.1", 0), handler) as server, running(server):
        yield f"http://127.0.0.1:{server.server_port}", taken


def run_rounds(endpoint: str, rounds: int) -> list[float]:
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == rounds:
            raise Enough

    with pytest.raises(Enough):
        generator.run(endpoint, 5, rng=random.Random(7), now=lambda: NOW, sleep=sleep)
    return pauses


def test_every_round_sends_the_three_signals_of_one_trace(capsys: pytest.CaptureFixture[str]) -> None:
    with collector() as (endpoint, taken):
        assert run_rounds(endpoint, 2) == [5, 5]
    assert [path for path, _ in taken] == ["/v1/traces", "/v1/logs", "/v1/metrics"] * 2
    printed = [json.loads(line)["trace_id"] for line in capsys.readouterr().out.splitlines()]
    for trace_id, (_, traces), (_, logs), (_, metrics) in zip(
        printed, taken[::3], taken[1::3], taken[2::3], strict=True
    ):
        assert all(trace_id in json.dumps(payload) for payload in (traces, logs, metrics))
    assert len(set(printed)) == 2


def test_a_signal_that_is_refused_does_not_hold_up_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    with collector("/v1/metrics") as (endpoint, taken):
        assert run_rounds(endpoint, 2) == [5, 5]
    assert len(taken) == 6
    assert "/v1/metrics: HTTP Error 404" in capsys.readouterr().err


def test_a_refused_connection_slows_the_generator_down_but_does_not_end_it(capsys: pytest.CaptureFixture[str]) -> None:
    with collector() as (endpoint, _):
        pass
    assert run_rounds(endpoint, 6) == [10, 20, 40, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    assert "refused" in capsys.readouterr().err


def test_an_endpoint_that_answers_again_ends_the_slowness(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: Iterator[OSError | None] = iter([OSError("away")] * 3 + [None] * 3)

    def post(url: str, payload: dict[str, Any]) -> None:
        if answer := next(answers):
            raise answer

    monkeypatch.setattr(generator, "post", post)
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert run_rounds("http://collector", 2) == [10, 5]
