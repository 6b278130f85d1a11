"""The metrics generator: what it is told, and which metrics come out of it."""

from collections.abc import Sequence
from typing import Any

from .choices import Processor
from .spec import TracingSpec

WAL = "/var/tempo/generator/wal"
TRACES = "/var/tempo/generator/traces"


METRICS = {
    Processor.SERVICE_GRAPHS: (
        "traces_service_graph_request_total",
        "traces_service_graph_request_failed_total",
        *(f"traces_service_graph_request_server_seconds_{part}" for part in ("bucket", "count", "sum")),
        *(f"traces_service_graph_request_client_seconds_{part}" for part in ("bucket", "count", "sum")),
    ),
    Processor.SPAN_METRICS: (
        "traces_spanmetrics_calls_total",
        *(f"traces_spanmetrics_latency_{part}" for part in ("bucket", "count", "sum")),
        "traces_spanmetrics_size_total",
    ),
    Processor.LOCAL_BLOCKS: (),
}
"""The series that each processor writes; local blocks answer TraceQL metrics queries and write none."""


def written_by(processors: Sequence[Processor]) -> list[str]:
    """Give the names of all series that these processors write."""
    return [name for processor in processors for name in METRICS[processor]]


def overrides(spec: TracingSpec) -> dict[str, Any]:
    """Switch the processors on: a generator without this entry receives spans and writes nothing."""
    if not spec.generates_metrics:
        return {}
    return {"metrics_generator": {"processors": [processor.value for processor in spec.processors]}}


def config(spec: TracingSpec) -> dict[str, Any]:
    """Configure the generator; both charts take the same sections, each in a place of its own."""
    sections = {"processor": processor_config(spec), "registry": registry(spec), "storage": storage(spec)}
    # Tempo 3 has no log of traces in its generator, and refuses the key.
    return sections if spec.through_kafka else {**sections, "traces_storage": {"path": TRACES}}


def processor_config(spec: TracingSpec) -> dict[str, Any]:
    """Configure the processors."""
    service_graphs: dict[str, Any] = {"dimensions": list(spec.service_graph_dimensions)}
    if spec.service_graph_dimensions:
        # One label would hold the value of whichever side of the edge came last.
        service_graphs["enable_client_server_prefix"] = True
    processors = {
        "service_graphs": service_graphs,
        "span_metrics": {"dimensions": list(spec.span_metrics_dimensions)},
    }
    if spec.through_kafka:
        return processors
    # TraceQL metrics read blocks of the generator only: kept by every span kind, and beyond its own memory.
    return {**processors, "local_blocks": {"filter_server_spans": False, "flush_to_storage": True}}


def registry(spec: TracingSpec) -> dict[str, Any]:
    """Label every generated series."""
    return {"external_labels": dict(spec.external_labels)}


def storage(spec: TracingSpec) -> dict[str, Any]:
    """Write the series, with the trace ids that Grafana links to, to the Prometheus API."""
    return {"path": WAL, "remote_write": [{"url": spec.remote_write_url, "send_exemplars": True}]}
