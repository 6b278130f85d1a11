"""The benchmark of the collection of logs: its lines, its sink, the plain tail and the table."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from tools.bench.collection import (
    HEAD,
    LINE_BYTES,
    TAIL,
    Collected,
    Load,
    blocks_of,
    collection_rows,
    measure_collection,
)
from tools.bench.measure import CommandFailedError
from tools.bench.sink import OTLP, PLAIN, Sink, sink

LINE = '{"number":"17"}'


def post(url: str, body: bytes) -> None:
    with requests.Session() as session:
        session.trust_env = False
        assert session.post(url, data=body, timeout=60).ok


def wait_for(found: Sink, lines: int) -> None:
    deadline = time.monotonic() + 60
    while found.lines < lines:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_line_that_arrives_twice_is_counted_twice_and_is_one_different_line() -> None:
    request = ExportLogsServiceRequest()
    request.resource_logs.add().scope_logs.add().log_records.add().body.string_value = LINE
    with sink() as found:
        post(found.url + PLAIN, f"{LINE}\n".encode())
        post(found.url + OTLP + "/v1/logs", request.SerializeToString())
        assert (found.lines, found.different) == (2, 1)


def test_the_plain_tail_posts_what_is_appended(tmp_path: Path) -> None:
    file = tmp_path / "0.log"
    file.write_text('{"number":"1"}\n{"number":"2"}\n{"num')
    with sink() as found:
        process = subprocess.Popen([sys.executable, str(TAIL), str(file), found.url + PLAIN])
        try:
            wait_for(found, 2)
            with file.open("a") as log:
                log.write('ber":"3"}\n')
            wait_for(found, 3)
        finally:
            process.kill()
            process.wait()
        assert found.different == 3


def test_the_lines_of_a_load_have_the_size_that_the_table_counts_with() -> None:
    load = Load("it", 1001, 1)
    lines = b"".join(blocks_of(load)).splitlines(keepends=True)
    assert {len(line) for line in lines} == {LINE_BYTES}
    assert len(set(lines)) == load.lines == 1001
    assert load.megabytes == pytest.approx(0.5005)


def test_a_row_has_rates_of_the_load() -> None:
    measured = Collected("Collector", Load("a file", 20_000), 2.0, 1.5, 70.4, 99.6, lost=3, repeated=4)
    row, tail = collection_rows([measured, replace(measured, idle_mib=None)])
    assert row == ["Collector, a file", "10,000", "5.0", "150 ms", "70 MiB", "100 MiB", "3", "4"]
    assert tail[4] == "" and len(row) == len(tail) == len(HEAD)


def test_without_the_collector_the_reason_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandFailedError, match="otelcol-contrib is not on PATH"):
        measure_collection([Load("it", 1)], tmp_path)
