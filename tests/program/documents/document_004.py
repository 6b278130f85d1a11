"""Document 004, the stack `docker`: Alloy on nodes whose Docker runs more than pods, and the stores of its compose."""

from typing import Any

from tests.program.documents.document_000 import CONFIG
from tests.program.documents.rows import ABSENT, Row

STACK = "docker"

PROCESS = f"{CONFIG} loki.process.pipeline_docker"
SYSTEM = f"{CONFIG} loki.process.pipeline_system"
LABELS = f"{CONFIG} loki.relabel.docker_default"
SCRAPE = f"{CONFIG} prometheus.scrape.docker_metrics"
VOLUMES = "telemetry-agents values controller volumes extra"
JOURNAL = "journald has what the files /var/log/syslog and /var/log/auth.log have"
NO_PIPELINES: dict[str, Any] = {"telemetry.pipelines": {}, "telemetry.processors": {}, "telemetry.raw_config": None}
"""No pipelines, and nothing that they have."""


def docker(label: str) -> list[str]:
    """Return the name that discovery has for what is known of a container."""
    return [f"__meta_docker_container_{label}"]


TABLE = (
    Row("4.13", "address of Docker", f"{CONFIG} discovery.docker.default host", "unix:///var/run/docker.sock"),
    Row("4.13", "address of Docker's logs", f"{CONFIG} loki.source.docker.default host", "unix:///var/run/docker.sock"),
    Row("4.13", "socket of Docker", f"{VOLUMES} 1 hostPath path", "/var/run/docker.sock",
        "telemetry.pipelines", {}, NO_PIPELINES),
    Row("4.13", "containers that are read", f"{CONFIG} loki.source.docker.default targets",
        "discovery.relabel.docker_default.output",
        differs="with Docker as their runtime, pods would be read twice: their containers are left out here"),
    Row("4.13", "where their lines go", f"{CONFIG} loki.source.docker.default forward_to",
        "[loki.process.pipeline_docker.receiver]",
        "telemetry.pipelines.docker", {"signal": "logs", "sources": ["docker"], "enabled": False},
        {"telemetry.processors.healthcheck": None, "telemetry.raw_config": None}),
    Row("4.13", "label container", f"{LABELS} rule 0",
        {"source_labels": docker("name"), "regex": "/?(.+)", "target_label": "container"}),
    Row("4.13", "label of the service", f"{LABELS} rule 2",
        {"source_labels": docker("label_com_docker_compose_service"), "regex": "(.+)", "target_label": "app"},
        differs="`app` is the label of a service in every stack"),
    Row("4.13", "label stream", f"{LABELS} rule 3",
        {"source_labels": docker("log_stream"), "target_label": "stream"},
        "telemetry.index_labels", ["container", "app"]),
    Row("4.13", "fields of lines", f"{PROCESS} stage.json 0 expressions", {"parsed_level": "level"},
        "telemetry.processors.fields", {"kind": "json", "labels": {"level": "severity"}}),
    Row("4.13", "label level", f"{PROCESS} stage.labels values", {"level": "parsed_level"},
        "telemetry.processors.fields", {"kind": "json", "labels": {"severity": "level"}}),
    Row("4.13", "trace id of lines", f"{PROCESS} stage.json 1 expressions", {"trace_id": "trace_id"},
        "telemetry.structured_metadata", ["span_id"]),
    Row("4.13", "trace id is no label", f"{PROCESS} stage.structured_metadata 1 values", {"trace_id": "trace_id"},
        "telemetry.structured_metadata", ["span_id"]),
    Row("4.13", "health checks", f"{PROCESS} stage.drop expression", ".*GET /health.*",
        "telemetry.processors.healthcheck", {"kind": "drop", "pattern": "GET /ready"}),
    Row("4.13", "name of what is left out", f"{PROCESS} stage.drop drop_counter_reason", "healthcheck",
        "telemetry.pipelines.docker", {"signal": "logs", "sources": ["docker"], "processors": ["fields"]},
        {"telemetry.processors.healthcheck": None}),
    Row("4.13", "field msg", f"{PROCESS} stage.json 0 expressions msg", ABSENT,
        differs="the document reads it and uses it nowhere"),
    Row("4.13", "counter of lines", f"{PROCESS} stage.metrics", ABSENT,
        differs="Loki counts lines by level: sum by (level) (count_over_time({job=\"docker\"}[5m]))"),
    Row("4.13", "where lines are pushed", f"{CONFIG} loki.write.destination_loki endpoint url",
        "http://loki:3100/loki/api/v1/push", "logging.url", "http://other:3100"),
    Row("4.13", "tenant of lines", f"{CONFIG} loki.write.destination_loki endpoint tenant_id", ABSENT,
        "logging.client.tenant", "default", differs="the Loki of the document has no tenants, and ignores it"),

    Row("4.13", "lines of the host", f"{CONFIG} loki.source.journal.default forward_to",
        "[loki.process.pipeline_system.receiver]",
        "telemetry.pipelines.system", {"signal": "logs", "sources": ["syslog"], "processors": ["fields"]},
        differs=JOURNAL),
    Row("4.13", "job of the host", f"{CONFIG} loki.source.journal.default labels job", "journald", differs=JOURNAL),
    Row("4.13", "fields of the host's lines", f"{SYSTEM} stage.json 0 expressions", {"parsed_level": "level"},
        "telemetry.pipelines.system", {"signal": "logs", "sources": ["journald"]}),
    Row("4.13", "trace id of the host's lines", f"{SYSTEM} stage.structured_metadata 1 values",
        {"trace_id": "trace_id"}, "telemetry.structured_metadata", ["span_id"],
        differs="as the label that the document makes of it, each trace would be a stream"),
    Row("4.13", "lines of pods", f"{CONFIG} loki.process.pod stage.cri", {}, "telemetry.log_source", "api",
        NO_PIPELINES),
    Row("4.13", "level of pods", f"{CONFIG} loki.process.pod stage.labels values", {"level": "parsed_level"},
        "telemetry.pipelines.containers", {"processors": []}),
    Row("4.13", "trace id of pods", f"{CONFIG} loki.process.pod stage.structured_metadata values",
        {"trace_id": "trace_id"}, "telemetry.structured_metadata", ["span_id"]),

    Row("4.13", "containers that are scraped", f"{SCRAPE} targets", "discovery.relabel.docker_default.output",
        "telemetry.raw_config", 'prometheus.scrape "other" {\n  targets = []\n  forward_to = []\n}'),
    Row("4.13", "where their metrics go", f"{SCRAPE} forward_to", "[prometheus.remote_write.metrics.receiver]",
        "telemetry.raw_config", None),
    Row("4.13", "where metrics are written", f"{CONFIG} prometheus.remote_write.metrics endpoint url",
        "http://prometheus:9090/api/v1/write",
        "metrics.remote_write_url", "http://other:9090/api/v1/write"),
    Row("4.3", "label cluster", f"{PROCESS} stage.static_labels values cluster", "production", "cluster.name", "other"),
    Row("4.3", "label env", f"{PROCESS} stage.static_labels values env", "prod", "telemetry.extra_labels.env", "test"),
    Row("4.20", "where traces go", f"{CONFIG} otelcol.exporter.otlp.destination_tempo client endpoint", "tempo:4317",
        "tracing.otlp_endpoint", "other:4317"),
    Row("4.20", "Loki is the one of the document", "logging-loki chart", ABSENT,
        "logging.kind", "own", {"logging.url": None}),
    Row("4.20", "Tempo is the one of the document", "tracing-tempo chart", ABSENT,
        "tracing.kind", "own", {"tracing.otlp_endpoint": None}),
    Row("4.20", "Prometheus is the one of the document", "metrics-prometheus chart", ABSENT,
        "metrics.kind", "operator", {"metrics.remote_write_url": None, "telemetry.raw_config": None}),
    Row("4.20", "Grafana is the one of the document", "grafana-grafana chart", ABSENT, "grafana.enabled", True,
        {"tracing.query_url": "http://tempo:3200", "metrics.query_url": "http://prometheus:9090"}),
)  # fmt: skip
