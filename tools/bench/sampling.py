"""What spans cost: an agent that passes them on, and the gateway that samples whole traces, with spans that wait.

Each span of a trace arrives in a request of its own, as from different services. The sink answers at once, in Python,
on the same machine.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from components._collector_roles import Role
from tools.bench.collector import LocalRun, collector, require_collector
from tools.bench.measure import CommandFailedError
from tools.local_collector import OTLP_HTTP
from tools.local_sink import posts

HEAD = ["spans", "spans/s", "CPU per span", "idle memory", "memory", "spans that wait", "decisions"]
TRACES_PER_REQUEST = 100
_RESOURCE = {
    "service.name": "orders",
    "k8s.namespace.name": "shop",
    "k8s.pod.name": "orders-7d9f8b6c5-x2x4z",
    "k8s.node.name": "node-1",
}
_ATTRIBUTES = {
    "http.request.method": "GET",
    "http.route": "/api/orders/{id}",
    "url.path": "/api/orders/12345678",
    "url.scheme": "http",
    "server.address": "orders.shop.svc.cluster.local",
    "client.address": "10.42.17.231",
    "network.protocol.version": "1.1",
    "user_agent.original": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101",
    "thread.name": "http-nio-8080-exec-7",
}
_MEMORY_LIMIT = "4Gi"
"""So large that the garbage collector works as it does far below its limit."""
_MOST_SECONDS = 600.0
_ANSWER_SECONDS = 60
_RECEIVED = "otelcol_receiver_accepted_spans"
_DECIDED = "otelcol_processor_tail_sampling_global_count_traces_sampled"


@dataclass(frozen=True)
class Load:
    """Spans at a rate, of traces that wait for a decision in a gateway, or that an agent passes on."""

    name: str
    spans_per_second: int
    seconds: int
    decision_wait: str = ""
    """Empty without sampling."""
    spans_per_trace: int = 10

    @property
    def spans(self) -> int:
        """The number of spans."""
        return self.spans_per_second * self.seconds


LOADS = (
    Load("an agent", 4_000, 30),
    Load("spans that wait 10 s", 2_000, 30, "10s"),
    Load("spans that wait 30 s", 4_000, 60, "30s"),
    Load("many decisions", 5_000, 80, "1s", spans_per_trace=1),
)


@dataclass(frozen=True)
class Sampled:
    """What a collector took for a load, and how far it was at its end, by its own metrics."""

    load: Load
    seconds: float
    cpu_seconds: float
    idle_mib: float
    mib: float
    """The memory at the end; what the garbage collector has not yet freed is a part of it."""
    received: int
    """The spans that it has taken."""
    decisions: int
    """The traces that it has decided on."""

    @property
    def waiting(self) -> int:
        """The spans that wait for a decision."""
        return self.received - self.decisions * self.load.spans_per_trace if self.load.decision_wait else 0


def measure_sampling(loads: Sequence[Load], scratch: Path) -> list[Sampled]:
    """Run a collector with each load in turn; raise `CommandFailedError`."""
    require_collector()
    return [_sampled(load, scratch / f"spans-{number}") for number, load in enumerate(loads)]


def sampling_rows(measured: Sequence[Sampled]) -> list[list[str]]:
    """Return the rows of the table."""
    return [
        [
            each.load.name,
            f"{each.received / each.seconds:,.0f}",
            f"{each.cpu_seconds / each.received * 1e6:.0f} µs",
            f"{each.idle_mib:.0f} MiB",
            f"{each.mib:.0f} MiB",
            f"{each.waiting:,}",
            f"{each.decisions:,}",
        ]
        for each in measured
    ]


def _sampled(load: Load, directory: Path) -> Sampled:
    role = Role.GATEWAY if load.decision_wait else Role.AGENTS
    with (
        posts(lambda path, body: None) as url,
        collector(_arguments(url, load), role, directory, _MOST_SECONDS) as running,
    ):
        start = time.monotonic()
        _send(running, load)
        seconds, cpu_seconds, mib = time.monotonic() - start, running.cpu_seconds, running.program.mib
        received, decisions = (int(running.counted(name)) for name in (_RECEIVED, _DECIDED))
        return Sampled(load, seconds, cpu_seconds, running.idle_mib, mib, received, decisions)


def _arguments(url: str, load: Load) -> Mapping[str, Any]:
    sampled = {
        "gateway": {"replicas": 1, "memory_limit": _MEMORY_LIMIT},
        "processors": {"sampling": {"kind": "tail_sampling", "decision_wait": load.decision_wait}},
        "pipelines": {"traces": {"processors": ["sampling"]}},
    }
    return {
        "logs_push_url": f"{url}/loki/api/v1/push",
        "logs_otlp_url": f"{url}/otlp",
        "traces_otlp_endpoint": url,
        **(sampled if load.decision_wait else {"memory_limit": _MEMORY_LIMIT}),
    }


def _send(running: LocalRun, load: Load) -> None:
    """Send the spans at their rate; raise `CommandFailedError` where one request is refused."""
    address = running.machine.address(OTLP_HTTP)
    connection, start, sent = HTTPConnection(address, timeout=_ANSWER_SECONDS), time.monotonic(), 0
    for body in requests(load):
        connection.request("POST", "/v1/traces", body, {"Content-Type": "application/x-protobuf"})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        if answer.status != HTTPStatus.OK:
            raise CommandFailedError(f"the collector answers {answer.status}: {text}")
        sent += TRACES_PER_REQUEST
        time.sleep(max(0.0, start + sent / load.spans_per_second - time.monotonic()))
    connection.close()


def requests(load: Load) -> Iterator[bytes]:
    """Yield the requests of a load: all traces of one have their first span, then their second, and so on."""
    chance = random.Random(1)
    for _ in range(load.spans // TRACES_PER_REQUEST // load.spans_per_trace):
        traces = [chance.randbytes(16) for _ in range(TRACES_PER_REQUEST)]
        for _ in range(load.spans_per_trace):
            yield _request(traces, chance)


def _request(traces: Sequence[bytes], chance: random.Random) -> bytes:
    request = ExportTraceServiceRequest()
    sent = request.resource_spans.add()
    sent.resource.attributes.extend(_attributes(_RESOURCE))
    scope, now = sent.scope_spans.add(), time.time_ns()
    for trace in traces:
        scope.spans.add(
            trace_id=trace,
            span_id=chance.randbytes(8),
            parent_span_id=chance.randbytes(8),
            name="GET /api/orders/{id}",
            kind=Span.SPAN_KIND_SERVER,
            start_time_unix_nano=now - 10**7,
            end_time_unix_nano=now,
            attributes=_attributes(_ATTRIBUTES),
        )
    body: bytes = request.SerializeToString()
    return body


def _attributes(values: Mapping[str, str]) -> list[KeyValue]:
    return [KeyValue(key=key, value=AnyValue(string_value=value)) for key, value in values.items()]
