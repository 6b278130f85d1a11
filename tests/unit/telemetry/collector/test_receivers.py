"""What a real Collector makes of messages in the formats of other senders."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from tests.unit.telemetry.collector.examples import config_of
from tests.unit.telemetry.collector.running import Record, Sent, run

ALONE: dict[str, Any] = {"containers": {"enabled": False}, "logs": {"enabled": False}}
SYSLOG_PORT, FLUENT_PORT, ZIPKIN_PORT, JAEGER_PORT = 5140, 24224, 9411, 14268
TIME = 1795809600
TRACE, SPAN = 0x5AF7183FB1D4CF5F0000000000000001, 0x352BFF9A74CA9AD2


def logs_of(directory: Path, source: dict[str, Any], sent: Sent, **changes: Any) -> Record:
    """Return the log that the Collector makes of a message."""
    pipelines = {**ALONE, "received": {"signal": "logs", "sources": ["sender"]}}
    config = config_of(sources={"sender": source}, pipelines=pipelines, **changes)
    (record,) = run(config, directory, count=1, sent=[sent])
    return record


def text(value: str) -> bytes:
    """Return a short text in MessagePack."""
    return bytes([0xA0 | len(value)]) + value.encode()


def test_a_message_of_syslog_has_its_program_its_host_and_its_level(tmp_path: Path) -> None:
    message = b"<130>1 2026-11-27T20:00:00.003Z router-1 sshd 8710 ID47 - it works\n"
    record = logs_of(tmp_path, {"kind": "syslog"}, Sent(SYSLOG_PORT, message), index_labels=["app", "job", "level"])
    assert record.resource == {
        **{"job": "syslog", "app": "sshd", "service.name": "sshd", "level": "fatal", "cluster": "local"}
    }
    assert (record.body, record.attributes["hostname"]) == ("it works", "router-1")
    assert record.item["timeUnixNano"] == f"{TIME}003000000"


def test_the_host_of_a_datagram_of_syslog_is_its_node(tmp_path: Path) -> None:
    source = {"kind": "syslog", "format": "rfc3164", "transport": "udp"}
    message = Sent(SYSLOG_PORT, b"<27>Nov 27 22:14:15 router-1 su[12]: denied", udp=True)
    record = logs_of(tmp_path, source, message, index_labels=["app", "job", "level", "node_name"])
    labels = {"job": "syslog", "app": "su", "service.name": "su", "level": "error", "cluster": "local"}
    assert record.resource == {**labels, "node_name": "router-1"}
    assert record.body == "denied"


def test_a_record_of_fluent_bit_is_a_line_with_the_name_of_its_source(tmp_path: Path) -> None:
    fields = text("log") + text("it works") + text("user") + text("ada")
    message = b"\x93" + text("app.web") + b"\xce" + TIME.to_bytes(4, "big") + b"\x82" + fields
    record = logs_of(tmp_path, {"kind": "fluent_forward"}, Sent(FLUENT_PORT, message))
    assert (record.body, record.item["timeUnixNano"]) == ("it works", f"{TIME}000000000")
    assert (record.resource["service.name"], record.resource["cluster"]) == ("sender", "local")
    assert record.attributes == {"fluent.tag": "app.web", "user": "ada"}


def zipkin() -> Sent:
    """Return a span in the format of Zipkin, over HTTP."""
    span = {
        **{"traceId": f"{TRACE:032x}", "id": f"{SPAN:016x}", "name": "get /"},
        **{"timestamp": TIME * 10**6, "duration": 1431, "localEndpoint": {"serviceName": "shop"}},
    }
    return Sent(ZIPKIN_PORT, json.dumps([span]).encode(), path="/api/v2/spans")


def jaeger() -> Sent:
    """Return a span in the format of Jaeger, in binary Thrift over HTTP.

    https://github.com/jaegertracing/jaeger-idl/blob/main/thrift/jaeger.thrift
    """

    def string(number: int, value: str) -> bytes:
        return struct.pack(">bhi", 11, number, len(value)) + value.encode()

    def integer(number: int, value: int) -> bytes:
        return struct.pack(">bhq", 10, number, value)

    span = integer(1, TRACE & 2**64 - 1) + integer(2, TRACE >> 64) + integer(3, SPAN) + integer(4, 0)
    span += string(5, "get /") + struct.pack(">bhi", 8, 7, 1) + integer(8, TIME * 10**6) + integer(9, 1431) + b"\0"
    process = struct.pack(">bh", 12, 1) + string(1, "shop") + b"\0"
    batch = process + struct.pack(">bhbi", 15, 2, 12, 1) + span + b"\0"
    return Sent(JAEGER_PORT, batch, path="/api/traces", content_type="application/vnd.apache.thrift.binary")


@pytest.mark.parametrize("message", [zipkin(), jaeger()], ids=["zipkin", "jaeger"])
def test_a_span_of_another_format_is_a_span_of_its_service(message: Sent, tmp_path: Path) -> None:
    config = config_of(pipelines={**ALONE, "traces": {"sources": ["otlp", "zipkin", "jaeger"]}})
    (record,) = run(config, tmp_path, count=1, sent=[message])
    assert (record.item["traceId"], record.item["spanId"]) == (f"{TRACE:032x}", f"{SPAN:016x}")
    assert (record.item["name"], record.item["startTimeUnixNano"]) == ("get /", f"{TIME}000000000")
    assert record.resource["service.name"] == "shop"
