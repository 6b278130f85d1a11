"""The metrics generator: its configuration, and the metrics that it writes."""

from collections.abc import Sequence
from typing import Any

from .._http_client import (
    DIRECTORY,
    PASSWORD_FILE,
    TOKEN_FILE,
    USERNAME_FILE,
    VOLUME,
    HttpClientSettings,
    secret_volume,
)
from .spec import Processor, TracingSpec

WAL_PATH = "/var/tempo/generator/wal"
TRACES_PATH = "/var/tempo/generator/traces"

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
"""The metrics that each processor writes; local blocks answer TraceQL metrics queries and write none."""


def generated_metrics(processors: Sequence[Processor]) -> list[str]:
    """Return the names of all metrics that these processors write."""
    return [name for processor in processors for name in METRICS[processor]]


def generator_overrides(spec: TracingSpec) -> dict[str, Any]:
    """Return the processors as overrides: a generator without them receives spans and writes nothing."""
    if not spec.generates_metrics:
        return {}
    return {"metrics_generator": {"processors": [processor.value for processor in spec.processors]}}


def generator_config(spec: TracingSpec) -> dict[str, Any]:
    """Return the configuration; both charts take the same sections, each in a place of its own."""
    sections = {
        "processor": processor_config(spec),
        "registry": {"external_labels": dict(spec.external_labels)},
        # Grafana links an exemplar to its trace.
        "storage": {
            "path": WAL_PATH,
            "remote_write": [
                {"url": url, "send_exemplars": True, **remote_write_client(spec.metrics_client)}
                for url in (spec.remote_write_url, *spec.further_remote_write_urls)
            ],
        },
    }
    # The generator of Tempo 3 has no trace WAL, and refuses the key.
    return sections if spec.uses_kafka else {**sections, "traces_storage": {"path": TRACES_PATH}}


def remote_write_client(client: HttpClientSettings | None) -> dict[str, Any]:
    """Return the part of a remote write that is the HTTP client of Prometheus, with every secret as a file.

    https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write
    """
    if client is None:
        return {}
    headers = {name: {"files": [path]} for name, path in client.header_files.items()}
    parts: dict[str, Any] = {
        "headers": client.plain_headers,
        "http_headers": headers,
        "tls_config": client.tls_files,
    }
    if client.basic_auth:
        own = client.basic_auth.username_secret
        name = {"username_file": USERNAME_FILE} if own else {"username": client.basic_auth.username}
        parts["basic_auth"] = {**name, "password_file": PASSWORD_FILE}
    if client.bearer_token:
        parts["authorization"] = {"credentials_file": TOKEN_FILE}
    if client.sigv4:
        parts["sigv4"] = client.sigv4.model_dump(exclude_defaults=True)
    return {name: part for name, part in parts.items() if part}


def client_volume(spec: TracingSpec) -> dict[str, Any]:
    """Return the chart values that mount the secrets of the remote write in the pods of a workload."""
    source = secret_volume(spec.metrics_client)
    if source is None:
        return {}
    return {
        "extraVolumes": [{"name": VOLUME, "projected": source}],
        "extraVolumeMounts": [{"name": VOLUME, "mountPath": DIRECTORY, "readOnly": True}],
    }


def processor_config(spec: TracingSpec) -> dict[str, Any]:
    """Return the configuration of the processors."""
    service_graphs: dict[str, Any] = {"dimensions": list(spec.service_graph_dimensions)}
    if spec.service_graph_dimensions:
        # Else one label has the value of the client or of the server, whichever came last.
        service_graphs["enable_client_server_prefix"] = True
    processors = {
        "service_graphs": service_graphs,
        "span_metrics": {"dimensions": list(spec.span_metrics_dimensions)},
    }
    if spec.uses_kafka:
        return processors
    # TraceQL metrics read blocks of the generator only: kept for every span kind, and beyond its own memory.
    return {**processors, "local_blocks": {"filter_server_spans": False, "flush_to_storage": True}}
