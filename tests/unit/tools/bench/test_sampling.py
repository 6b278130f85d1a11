"""The benchmark of the sampling of traces: its spans and the table."""

import re
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from components.sizing.tempo import SPAN_BYTES
from components.units import parse_duration
from tests.checkout import ROOT
from tools.bench.measure import CommandFailedError
from tools.bench.sampling import (
    HEAD,
    LOADS,
    TRACES_PER_REQUEST,
    Load,
    Sampled,
    measure_sampling,
    requests,
    sampling_rows,
)

DOCS = ROOT / "docs" / "sizing.md"
LOAD = Load("it", 1_000, 2, "500ms", spans_per_trace=4)


def test_the_spans_of_a_load_are_whole_traces_of_spans_as_large_as_those_of_tempos_sizes() -> None:
    spans: list[Span] = []
    for body in requests(LOAD):
        (resource,) = ExportTraceServiceRequest.FromString(body).resource_spans
        found = resource.scope_spans[0].spans
        assert len({span.trace_id for span in found}) == len(found) == TRACES_PER_REQUEST
        spans += found
    assert len(spans) == 2_000 and len({span.span_id for span in spans}) == 2_000
    assert len({span.trace_id for span in spans}) == 500
    (size,) = {len(span.SerializeToString()) for span in spans}
    assert size == pytest.approx(SPAN_BYTES, rel=0.05)


def test_a_row_has_what_the_collector_counted() -> None:
    measured = Sampled(LOAD, 4.0, 0.1, 70.4, 99.6, received=1_600, decisions=300)
    (row,) = sampling_rows([measured])
    assert row == ["it", "400", "62 µs", "70 MiB", "100 MiB", "400", "300"]
    assert len(row) == len(HEAD)


def test_the_docs_state_what_the_loads_reach() -> None:
    (row,) = (line for line in DOCS.read_text().splitlines() if line.startswith("| memory of the gateway |"))
    _, short, long, decisions = LOADS
    for load in (short, long):
        assert f"{load.spans_per_second * parse_duration(load.decision_wait).seconds:,} " in row
    stated = [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) decisions", row)]
    assert stated == [pytest.approx(decisions.spans / decisions.spans_per_trace, rel=0.02)]


def test_nothing_waits_in_an_agent() -> None:
    (row,) = sampling_rows([Sampled(Load("agent", 1_000, 2), 4.0, 0.1, 70.4, 99.6, received=2_000, decisions=0)])
    assert row[-2:] == ["0", "0"]


def test_without_the_collector_the_reason_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandFailedError, match="otelcol-contrib is not on PATH"):
        measure_sampling([LOAD], tmp_path)
