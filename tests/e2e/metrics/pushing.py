"""Senders of metrics."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality

from tests.e2e.metrics.programs import ClientTls, command
from tests.e2e.metrics.prometheus import Prometheus


def push_remotely(
    address: str,
    name: str,
    value: float,
    labels: Mapping[str, str],
    scratch: Path,
    path: str = "/api/v1/write",
    tls: ClientTls | None = None,
) -> None:
    """Send one sample of now by remote write to a host and port, with the certificate of a client."""
    file = scratch / "pushed"
    file.write_text(f"# TYPE {name} gauge\n{name} {value}\n")
    words = [
        "push",
        "metrics",
        f"--remote-write.path={path}",
        *(f"--label={label}={text}" for label, text in labels.items()),
    ]
    if tls:
        config, certificate = scratch / "client.json", str(tls.certificate)
        files = {"ca_file": str(tls.authority), "cert_file": certificate, "key_file": certificate}
        config.write_text(json.dumps({"tls_config": files}))
        words.append(f"--http.config.file={config}")
    words += [f"{'https' if tls else 'http'}://{address}", str(file)]
    subprocess.run([command("promtool"), *words], check=True, capture_output=True, env={})


def push_otlp(prometheus: Prometheus, name: str, value: int, nanoseconds: int, resource: Mapping[str, str]) -> None:
    """Send one sample of a counter by OTLP."""
    request = ExportMetricsServiceRequest()
    pushed = request.resource_metrics.add()
    for key, text in resource.items():
        pushed.resource.attributes.append(KeyValue(key=key, value=AnyValue(string_value=text)))
    metric = pushed.scope_metrics.add().metrics.add(name=name)
    metric.sum.is_monotonic = True
    metric.sum.aggregation_temporality = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
    metric.sum.data_points.add(time_unix_nano=nanoseconds, as_int=value)
    prometheus.program.post("/api/v1/otlp/v1/metrics", request.SerializeToString(), "application/x-protobuf")
