"""What it costs to sample whole traces: the gateway of the Collector as rendered, with spans that wait.

Each span of a trace arrives in a request of its own, as from different services. The sink answers at once, in Python,
on the same machine.
"""

import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import yaml
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from components._collector_roles import Role
from components.telemetry.collector.config import collector_config
from components.telemetry.spec import TelemetrySpec
from components.units import parse_duration
from sandbox.commands import HOST
from tools.bench.collection import COMMAND
from tools.bench.measure import CommandFailedError
from tools.local_collector import HEALTH, OTLP_HTTP, LocalCollector
from tools.local_sink import posts

HEAD = ["sampling of traces", "spans/s", "CPU per span", "idle memory", "memory", "spans that wait", "decisions"]
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
_START_SECONDS = 60
_KIB_IN_MIB = 1024


@dataclass(frozen=True)
class Load:
    """Spans at a rate, of traces that wait for a decision."""

    name: str
    spans_per_second: int
    seconds: int
    decision_wait: str
    spans_per_trace: int = 10

    @property
    def spans(self) -> int:
        """The number of spans."""
        return self.spans_per_second * self.seconds


LOADS = (
    Load("spans that wait 10 s", 2_000, 30, "10s"),
    Load("spans that wait 30 s", 4_000, 60, "30s"),
    Load("many decisions", 5_000, 80, "1s", spans_per_trace=1),
)


@dataclass(frozen=True)
class Sampled:
    """What the gateway took for a load."""

    load: Load
    seconds: float
    cpu_seconds: float
    idle_mib: float
    mib: float
    """The memory at the end; what the garbage collector has not yet freed is a part of it."""

    @property
    def spans_per_second(self) -> float:
        """The rate that was reached."""
        return self.load.spans / self.seconds

    @property
    def waiting(self) -> int:
        """The spans that wait at the end."""
        return round(self.spans_per_second * parse_duration(self.load.decision_wait).total_seconds())

    @property
    def decisions(self) -> int:
        """The traces that are decided."""
        return (self.load.spans - self.waiting) // self.load.spans_per_trace


def measure_sampling(loads: Sequence[Load], scratch: Path) -> list[Sampled]:
    """Run the gateway with each load in turn; raise `CommandFailedError`."""
    if shutil.which(COMMAND) is None:
        raise CommandFailedError(f"{COMMAND} is not on PATH")
    return [_sampled(load, scratch / f"gateway-{number}") for number, load in enumerate(loads)]


def sampling_rows(measured: Sequence[Sampled]) -> list[list[str]]:
    """Return the rows of the table."""
    return [
        [
            each.load.name,
            f"{each.spans_per_second:,.0f}",
            f"{each.cpu_seconds / each.load.spans * 1e6:.0f} µs",
            f"{each.idle_mib:.0f} MiB",
            f"{each.mib:.0f} MiB",
            f"{each.waiting:,}",
            f"{each.decisions:,}",
        ]
        for each in measured
    ]


def _sampled(load: Load, directory: Path) -> Sampled:
    directory.mkdir()
    with posts(lambda path, body: None) as url:
        local = LocalCollector({})
        file = directory / "config.yaml"
        file.write_text(yaml.safe_dump(local.configuration(_configuration(url, load))))
        # The chart tells Go four fifths of the container's limit.
        environment = {**os.environ, "GOMEMLIMIT": "3200MiB"}
        with (directory / "log").open("wb") as log:
            words = [COMMAND, f"--config={file}"]
            process = subprocess.Popen(words, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_for_start(local, process)
            idle, start = _resident_mib(process), time.monotonic()
            _send(local, load)
            seconds, mib = time.monotonic() - start, _resident_mib(process)
        finally:
            process.terminate()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    return Sampled(load, seconds, usage.ru_utime + usage.ru_stime, idle, mib)


def _configuration(url: str, load: Load) -> Mapping[str, object]:
    args = {
        "namespace": "telemetry",
        "engine": "otel-collector",
        "logs_push_url": f"{url}/loki/api/v1/push",
        "logs_otlp_url": f"{url}/otlp",
        "traces_otlp_endpoint": url,
        "gateway": {"replicas": 1, "memory_limit": _MEMORY_LIMIT},
        "processors": {"sampling": {"kind": "tail_sampling", "decision_wait": load.decision_wait}},
        "pipelines": {"traces": {"processors": ["sampling"]}},
    }
    return collector_config(TelemetrySpec.check("Telemetry", args), Role.GATEWAY)


def _send(local: LocalCollector, load: Load) -> None:
    """Send the spans at their rate; raise `CommandFailedError` where one request is refused."""
    connection, start, sent = HTTPConnection(HOST, local.port(OTLP_HTTP)), time.monotonic(), 0
    for body in requests(load):
        connection.request("POST", "/v1/traces", body, {"Content-Type": "application/x-protobuf"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise CommandFailedError(f"the gateway answers {answer.status}: {answer.read().decode()}")
        answer.read()
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


def _wait_for_start(local: LocalCollector, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CommandFailedError(f"{process.args!r} ended with {process.returncode}")
        connection = HTTPConnection(HOST, local.port(HEALTH))
        try:
            connection.request("GET", "/")
            if connection.getresponse().status == 200:
                return
        except ConnectionError:
            pass
        finally:
            connection.close()
        time.sleep(0.05)
    raise CommandFailedError(f"{process.args!r} did not start in {_START_SECONDS} s")


def _resident_mib(process: subprocess.Popen[bytes]) -> float:
    (kib,) = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
    return int(kib) / _KIB_IN_MIB
