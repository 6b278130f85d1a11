"""The stack `agent`: the agents of document 003's architecture alone, before the stores of another cluster."""

from typing import Any

from tests.program.documents.document_000 import ALLOY, CONFIG
from tests.program.documents.rows import ABSENT, Row

STACK = "agent"

PUSH = f"{CONFIG} loki.write.destination_loki endpoint"
LOGS = f"{CONFIG} otelcol.exporter.otlphttp.destination_loki client"
TRACES = f"{CONFIG} otelcol.exporter.otlphttp.destination_tempo client"
METRICS = f"{CONFIG} prometheus.remote_write.metrics endpoint"
EVENTS = "telemetry-singleton-config data config.alloy"
VOLUMES = f"{ALLOY} controller volumes extra"
LOKI, TEMPO, PROMETHEUS = "https://loki.example.org", "https://tempo.example.org", "https://metrics.example.org"
OTHER = {"secret": "other-login", "key": "password"}
OWN_LOKI: dict[str, Any] = {"logging.url": None, "logging.client": None}
OWN_TEMPO: dict[str, Any] = {"tracing.otlp_endpoint": None, "tracing.client": None}
OWN_PROMETHEUS: dict[str, Any] = {"metrics.remote_write_url": None, "metrics.client": None}
QUERIED = {
    "tracing.query_url": f"{TEMPO}:3200",
    "metrics.query_url": PROMETHEUS,
}
"""What a Grafana of the stack would ask."""


def login(name: str) -> dict[str, Any]:
    """Return the login of a client with another user."""
    return {"username": name, "password": {"secret": "central-login", "key": "password"}}


TABLE = (
    Row("3.1", "no Loki of its own", "logging-loki chart", ABSENT, "logging.kind", "own", OWN_LOKI),
    Row("3.1", "no Tempo of its own", "tracing-tempo chart", ABSENT, "tracing.kind", "own", OWN_TEMPO),
    Row("3.1", "no Prometheus of its own", "metrics-prometheus chart", ABSENT,
        "metrics.kind", "operator", OWN_PROMETHEUS),
    Row("3.1", "no Grafana of its own", "grafana-grafana chart", ABSENT, "grafana.enabled", True, QUERIED),
    Row("3.1", "no object store of its own", "exports buckets", {}, "logging.kind", "own", OWN_LOKI),
    Row("3.1", "namespaces", "namespaces", ["telemetry"], "telemetry.namespace", "other"),
    Row("3.1", "agents", f"{ALLOY} controller type", "daemonset", "telemetry.log_source", "api"),

    Row("3.1", "where lines are pushed", f"{PUSH} url", f"{LOKI}/loki/api/v1/push",
        "logging.url", "https://other.example.org"),
    Row("3.1", "tenant of lines", f"{PUSH} tenant_id", "edge-1", "logging.client.tenant", "other"),
    Row("3.1", "login of lines", f"{PUSH} basic_auth",
        {"username": "edge-1", "password_file": "/etc/collector-destinations/loki/password"},
        "logging.client.basic_auth", login("other")),
    Row("3.1", "where logs by OTLP go", f"{LOGS} endpoint", f"{LOKI}/otlp", "logging.url", "https://other.example.org"),
    Row("3.1", "tenant of logs by OTLP", f"{LOGS} headers", {"X-Scope-OrgID": "edge-1"},
        "logging.client.tenant", "other"),
    Row("3.1", "where traces go", f"{TRACES} endpoint", f"{TEMPO}:4318",
        "tracing.otlp_endpoint", "https://other.example.org:4318"),
    Row("3.1", "tenant of traces", f"{TRACES} headers", {"X-Scope-OrgID": "edge-1"}, "tracing.client.tenant", "other"),
    Row("3.1", "login of traces", f"{CONFIG} otelcol.auth.basic.destination_tempo username", "edge-1",
        "tracing.client.basic_auth", login("other")),
    Row("3.1", "where metrics go", f"{METRICS} url", f"{PROMETHEUS}/api/v1/write",
        "metrics.remote_write_url", "https://other.example.org/api/v1/write"),
    Row("3.1", "tenant of metrics", f"{METRICS} headers", {"X-Scope-OrgID": "edge-1"},
        "metrics.client.tenant", "other"),
    Row("3.1", "login of metrics", f"{METRICS} basic_auth username", "edge-1",
        "metrics.client.basic_auth", login("other")),
    Row("3.1", "Secret of the login of metrics", f"{VOLUMES} 1 projected sources 0 secret name", "central-login",
        "metrics.client.basic_auth.password", OTHER),
    Row("3.1", "Secret of the login of logs", f"{VOLUMES} 2 projected sources 0 secret name", "central-login",
        "logging.client.basic_auth.password", OTHER),
    Row("3.1", "Secret of the login of traces", f"{VOLUMES} 2 projected sources 1 secret name", "central-login",
        "tracing.client.basic_auth.password", OTHER),

    Row("3.1", "label cluster", f"{CONFIG} loki.process.pod stage.static_labels values cluster", "edge-1",
        "cluster.name", "other"),
    Row("3.1", "events are read once", "telemetry-singleton values controller replicas", 1, "telemetry.events", False),
    Row("3.1", "where events are pushed", f"{EVENTS} loki.write.destination_loki endpoint url",
        f"{LOKI}/loki/api/v1/push", "logging.url", "https://other.example.org"),
    Row("3.1", "label cluster of events", f"{EVENTS} loki.process.pipeline_events stage.static_labels values cluster",
        "edge-1", "cluster.name", "other"),
    Row("3.1", "address of senders", "exports otlp http", "http://alloy.telemetry:4318",
        "telemetry.namespace", "other"),
)  # fmt: skip
