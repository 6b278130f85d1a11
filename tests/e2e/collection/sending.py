"""A program that sends its telemetry by OTLP/HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import requests
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status

Request = ExportLogsServiceRequest | ExportMetricsServiceRequest | ExportTraceServiceRequest
_PATHS: Mapping[type[Request], str] = {
    ExportLogsServiceRequest: "/v1/logs",
    ExportMetricsServiceRequest: "/v1/metrics",
    ExportTraceServiceRequest: "/v1/traces",
}
_SECONDS = 60


@dataclass(frozen=True)
class Span:
    """A span of a trace, by its name; it ends now."""

    trace: bytes
    name: str
    milliseconds: int = 10
    failed: bool = False
    kind: OtlpSpan.SpanKind.ValueType = OtlpSpan.SPAN_KIND_INTERNAL
    identity: bytes = b""
    """By default one of its own."""
    parent: bytes = b""


class Sender:
    """The client of one receiver, with the attributes of its resource."""

    def __init__(self, address: str, resource: Mapping[str, str]) -> None:
        self._url = f"http://{address}"
        self._attributes = _attributes(resource)
        self._session = requests.Session()
        self._session.trust_env = False

    def log(
        self, *lines: str, severity: str = "INFO", trace: bytes = b"", attributes: Mapping[str, str] | None = None
    ) -> None:
        """Send log lines of now."""
        request = ExportLogsServiceRequest()
        sent = request.resource_logs.add()
        sent.resource.attributes.extend(self._attributes)
        scope, now = sent.scope_logs.add(), time.time_ns()
        for number, line in enumerate(lines):
            scope.log_records.add(
                time_unix_nano=now + number,
                observed_time_unix_nano=now + number + 1000,
                severity_text=severity,
                body=AnyValue(string_value=line),
                trace_id=trace,
                attributes=_attributes(attributes or {}),
            )
        self._send(request)

    def trace(self, spans: Iterable[Span]) -> None:
        """Send spans in one request."""
        request = ExportTraceServiceRequest()
        sent = request.resource_spans.add()
        sent.resource.attributes.extend(self._attributes)
        scope, now = sent.scope_spans.add(), time.time_ns()
        for number, span in enumerate(spans):
            code = Status.STATUS_CODE_ERROR if span.failed else Status.STATUS_CODE_UNSET
            scope.spans.add(
                trace_id=span.trace,
                span_id=span.identity or (now + number).to_bytes(8, "big"),
                parent_span_id=span.parent,
                kind=span.kind,
                name=span.name,
                start_time_unix_nano=now - span.milliseconds * 10**6,
                end_time_unix_nano=now,
                status=Status(code=code),
            )
        self._send(request)

    def count(self, name: str, value: int) -> None:
        """Send one sample of a counter."""
        request = ExportMetricsServiceRequest()
        sent = request.resource_metrics.add()
        sent.resource.attributes.extend(self._attributes)
        metric = sent.scope_metrics.add().metrics.add(name=name)
        metric.sum.is_monotonic = True
        metric.sum.aggregation_temporality = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
        metric.sum.data_points.add(time_unix_nano=time.time_ns(), as_int=value)
        self._send(request)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _send(self, request: Request) -> None:
        headers = {"Content-Type": "application/x-protobuf"}
        url, body = self._url + _PATHS[type(request)], request.SerializeToString()
        answer = self._session.post(url, data=body, headers=headers, timeout=_SECONDS)
        assert answer.ok, f"{url}: {answer.status_code} {answer.text}"


def _attributes(texts: Mapping[str, str]) -> list[KeyValue]:
    return [KeyValue(key=key, value=AnyValue(string_value=text)) for key, text in texts.items()]
