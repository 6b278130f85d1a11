"""Tail sampling by two gateways of traces whose spans two agents receive in any order."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator

import pytest

from components._collector_roles import Role
from components.telemetry import TelemetryArgs
from tests.e2e.collection.collectors import Collector
from tests.e2e.collection.rendered import Rendered
from tests.e2e.collection.sending import Sender, Span
from tests.e2e.collection.sink import TraceSink
from tests.e2e.collection.stack import CLUSTER, EXTRA_LABELS, NO_LOGS, NOWHERE
from tests.e2e.metrics.programs import Programs
from tools.local_collector import OTLP_GRPC, OTLP_HTTP

pytestmark = pytest.mark.e2e

SHARE, DEVIATIONS = 0.25, 4
OTHERS, KEPT, SLOW = 600, 60, 2500
SPANS, LATE, REQUEST = ("root", "query", "render"), "late", 20
"""The spans of a trace, the one that is sent after the decision on it, and the number of spans in a request."""
DECISIONS = "otelcol_processor_tail_sampling_global_count_traces_sampled"


def telemetry_args(sink: TraceSink) -> TelemetryArgs:
    """Return the arguments of collectors whose traces go through two gateways."""
    return {
        "namespace": "telemetry",
        "cluster": CLUSTER,
        "extra_labels": EXTRA_LABELS,
        "engine": "otel-collector",
        "logs_push_url": f"{NOWHERE}/loki/api/v1/push",
        "logs_otlp_url": f"{NOWHERE}/otlp",
        "traces_otlp_endpoint": sink.url,
        "kubernetes_attributes": False,
        "gateway": {"replicas": 2},
        "processors": {
            "health": {"kind": "drop", "pattern": "GET /health"},
            "secrets": {"kind": "redact"},
            "sampled": {"kind": "tail_sampling", "percentage": SHARE * 100, "slow": "2s", "decision_wait": "3s"},
        },
        "pipelines": {**NO_LOGS, "traces": {"processors": ["health", "secrets", "sampled"]}},
    }


@pytest.fixture(scope="module")
def gateways(sinks: list[TraceSink], module_programs: Programs) -> list[Collector]:
    """Two replicas of the gateway, each with a store of its own."""
    return [
        Collector(f"gateway-{number}", Rendered(telemetry_args(sink)), Role.GATEWAY, module_programs)
        for number, sink in enumerate(sinks)
    ]


@pytest.fixture(scope="module")
def senders(gateways: list[Collector], sinks: list[TraceSink], module_programs: Programs) -> Iterator[list[Sender]]:
    """Programs that send to the agents of two nodes."""
    addresses = [gateway.address(OTLP_GRPC) for gateway in gateways]
    rendered = Rendered(telemetry_args(sinks[0]))
    agents = [
        Collector(f"agent-{number}", rendered, Role.AGENTS, module_programs, gateways=addresses) for number in range(2)
    ]
    senders = [Sender(agent.address(OTLP_HTTP), {"service.name": "shop"}) for agent in agents]
    yield senders
    for sender in senders:
        sender.close()


def test_errors_and_slow_traces_are_kept_and_no_trace_is_split(
    senders: list[Sender], gateways: list[Collector], sinks: list[TraceSink]
) -> None:
    chance = random.Random(17)
    failed, slow, others = ([chance.randbytes(16) for _ in range(size)] for size in (KEPT, KEPT, OTHERS))
    spans = [Span(trace, name) for trace in others for name in SPANS]
    spans += [Span(trace, name, failed=name == "query") for trace in failed for name in SPANS]
    spans += [Span(trace, name, milliseconds=SLOW if name == "root" else 10) for trace in slow for name in SPANS]
    chance.shuffle(spans)
    send(spans, senders)
    wait_until(lambda: decisions(gateways) >= KEPT * 2 + OTHERS, gateways, "a decision on each trace")
    send([Span(trace, LATE) for trace in (*failed, *slow, *others)], senders)
    wait_until(lambda: spans_in(sinks) >= (len(SPANS) + 1) * sampled(gateways), gateways, "the spans kept")

    stored = [sink.span_names() for sink in sinks]
    kept = {trace: sorted(names) for found in stored for trace, names in found.items()}
    assert all(stored), "both gateways have traces"
    assert not stored[0].keys() & stored[1].keys(), "a trace is in one gateway"
    assert {*failed, *slow} <= kept.keys()
    assert {tuple(names) for names in kept.values()} == {tuple(sorted((*SPANS, LATE)))}, "a trace is kept whole, once"
    expected, deviation = SHARE * OTHERS, math.sqrt(OTHERS * SHARE * (1 - SHARE))
    assert abs(len(kept.keys() & {*others}) - expected) < DEVIATIONS * deviation


def test_spans_have_the_labels_of_the_policy_and_neither_noise_nor_secrets(
    senders: list[Sender], gateways: list[Collector], sinks: list[TraceSink]
) -> None:
    trace = bytes(16 * [255])
    names = ("mail to jane.doe@example.org", "GET /health", "order")
    send([Span(trace, name, failed=True) for name in names], senders)
    wait_until(lambda: any(trace in sink.span_names() for sink in sinks), gateways, "the trace")
    assert [sink.span_names()[trace] for sink in sinks if trace in sink.span_names()] == [["mail to [email]", "order"]]
    for resource in (resource for sink in sinks for resource in sink.resources()):
        attributes = {each.key: each.value.string_value for each in resource.resource.attributes}
        assert attributes == {"service.name": "shop", "k8s.cluster.name": CLUSTER, **EXTRA_LABELS}


def send(spans: list[Span], senders: list[Sender]) -> None:
    """Send spans, some in each request, to the agents in turn."""
    for number, start in enumerate(range(0, len(spans), REQUEST)):
        senders[number % len(senders)].trace(spans[start : start + REQUEST])


def decisions(gateways: list[Collector], **labels: str) -> int:
    """Return how many traces the gateways have decided on."""
    return sum(int(gateway.metrics().total(DECISIONS, **labels)) for gateway in gateways)


def sampled(gateways: list[Collector]) -> int:
    """Return how many traces the gateways keep."""
    return decisions(gateways, decision="sampled")


def spans_in(sinks: list[TraceSink]) -> int:
    """Return how many spans the stores have."""
    return sum(len(names) for sink in sinks for names in sink.span_names().values())


def wait_until(holds: Callable[[], object], gateways: list[Collector], awaited: str) -> None:
    """Wait until a condition holds while the gateways run."""
    gateways[0].program.wait_until(holds, awaited)
