"""Document 000, the stack `onprem`: Loki, Tempo and Alloy beside a Prometheus, a Grafana and a Traefik that exist."""

from base64 import b64encode

from tests.program.documents.rows import ABSENT, Row

STACK = "onprem"

LOKI = "logging-loki values"
TEMPO = "tracing-tempo values"
ALLOY = "telemetry-agents values"
CONFIG = "telemetry-config data config.alloy"
LOGS = "datasources-logs data grafana-datasource-loki.yaml datasources 0"
TRACES = "datasources-traces data grafana-datasource-tempo.yaml datasources 0"
ENFORCE = "metadata labels pod-security.kubernetes.io/enforce"
STORAGE_NODES = {"node.kubernetes.io/role": "storage"}
STORAGE_TAINT = [{"key": "node-role.kubernetes.io/storage", "operator": "Exists"}]
OTHER_NODES = {"node.kubernetes.io/role": "other"}
OTHER_TAINT = [{"operator": "Exists"}]
PROMETHEUS = "http://prometheus-operated.monitoring:9090"
RATE = "sum by (client,server)(rate(traces_service_graph_request_{}total{{$$__tags}}[$$__rate_interval]))"
IN_CLUSTER = {
    **dict.fromkeys(("storage.endpoint", "storage.region", "storage.shared_bucket", "storage.prefixes")),
    **{f"{signal}_{part}": None for signal in ("logs", "traces") for part in ("access_key_id", "secret_access_key")},
}
"""What a store in the cluster takes no settings for."""
MONOLITHIC_LOKI = dict.fromkeys(("logging.workloads", "logging.replication_factor"))
MONOLITHIC_TEMPO = dict.fromkeys(("tracing.chart_version", "tracing.replicas", "tracing.workloads"))
NO_INGRESS = dict.fromkeys(("ingress.domain", "ingress.entry_points", "ingress.auth_middleware"))
IN_STACK_METRICS = dict.fromkeys(("metrics.remote_write_url", "metrics.otlp_url", "metrics.query_url"))


def derived_field(label: str) -> dict[str, str]:
    """Return the link from a label to its trace, its value escaped for the provisioning file."""
    links = {"datasourceName": "Tempo", "datasourceUid": "tempo", "url": "$${__value.raw}"}
    return {"name": label, "matcherType": "label", "matcherRegex": label, **links}


def stand_in(setting: str) -> str:
    """Return what a Secret has for an encrypted setting, of which the recorded program gets a stand-in."""
    return b64encode(f"[secret observability:{setting}]".encode()).decode()


def discovered(label: str) -> str:
    """Return the name that Alloy's discovery gives a label of a pod."""
    return f"__meta_kubernetes_{label}"


def rule(target: str, *sources: str, **rest: str) -> dict[str, object]:
    """Return a relabelling rule without what Alloy takes by default (`replace`, replacement `$1`)."""
    return {"source_labels": [*map(discovered, sources)], **rest, "target_label": target}


TABLE = (
    Row("0.1", "store of the logs", f"{LOKI} loki storage s3 endpoint", "https://s3.example.org",
        "storage.endpoint", "https://s3.example.net"),
    Row("0.1", "store of the traces", f"{TEMPO} storage trace s3 endpoint", "s3.example.org",
        "storage.endpoint", "https://s3.example.net"),
    Row("0.1", "region of the logs", f"{LOKI} loki storage s3 region", "main", "storage.region", "other"),
    Row("0.1", "region of the traces", f"{TEMPO} storage trace s3 region", "main", "storage.region", "other"),
    Row("0.1", "the store is an existing one", "storage-seaweedfs chart", ABSENT,
        "storage.kind", "in-cluster", IN_CLUSTER),
    Row("0.1", "access key id of Loki", "logs-access-secret data AWS_ACCESS_KEY_ID",
        stand_in("logs_access_key_id")),
    Row("0.1", "secret key of Loki", "logs-access-secret data AWS_SECRET_ACCESS_KEY",
        stand_in("logs_secret_access_key")),
    Row("0.1", "access key id of Tempo", "traces-access-secret data AWS_ACCESS_KEY_ID",
        stand_in("traces_access_key_id")),
    Row("0.1", "secret key of Tempo", "traces-access-secret data AWS_SECRET_ACCESS_KEY",
        stand_in("traces_secret_access_key")),
    Row("0.1", "Loki's key id in values", f"{LOKI} loki storage s3 accessKeyId", ABSENT,
        differs="anyone who may read the release could read it: pods take it from the Secret"),
    Row("0.1", "Loki's secret key in values", f"{LOKI} loki storage s3 secretAccessKey", ABSENT,
        differs="anyone who may read the release could read it: pods take it from the Secret"),
    Row("0.1", "Tempo's secret key in values", f"{TEMPO} storage trace s3 secret_key", ABSENT,
        differs="anyone who may read the release could read it: pods take it from the Secret"),
    Row("0.1", "Loki's pods read the Secret", f"{LOKI} write extraEnvFrom", [{"secretRef": {"name": "loki-bucket"}}]),

    Row("0.2", "namespace of Loki", "logging-namespace metadata name", "logging", "logging.namespace", "other"),
    Row("0.2", "namespace of Tempo", "tracing-namespace metadata name", "tracing", "tracing.namespace", "other"),
    Row("0.2", "namespace of Alloy", "telemetry-namespace metadata name", "telemetry",
        "telemetry.namespace", "other"),
    Row("0.2", "pod security of Loki's namespace", f"logging-namespace {ENFORCE}", "privileged",
        "logging.pod_security", "baseline"),
    Row("0.2", "pod security of Tempo's namespace", f"tracing-namespace {ENFORCE}", "privileged",
        "tracing.pod_security", "baseline"),
    Row("0.2", "pod security of Alloy's namespace", f"telemetry-namespace {ENFORCE}", "privileged",
        "telemetry.log_source", "api"),

    Row("0.3", "chart of Loki", "logging-loki chart", "loki"),
    Row("0.3", "repository of the chart", "logging-loki repositoryOpts repo",
        "https://grafana.github.io/helm-charts", "logging.chart_version", "18.11.0"),
    Row("0.3", "version of the chart", "logging-loki version", "6.51.0", "logging.chart_version", "18.11.0"),
    Row("0.3", "name of the release", "logging-loki name", "loki"),
    Row("0.3", "namespace of the release", "logging-loki namespace", "logging", "logging.namespace", "other"),
    Row("0.3", "revisions kept", "logging-loki maxHistory", 2, "logging.max_history", 3),

    Row("0.4", "mode", f"{LOKI} deploymentMode", "SimpleScalable", "logging.mode", "monolithic", MONOLITHIC_LOKI),
    Row("0.4", "read pods", f"{LOKI} read replicas", 1, "logging.workloads.read.replicas", 2),
    Row("0.4", "backend pods", f"{LOKI} backend replicas", 1, "logging.workloads.backend.replicas", 2),
    Row("0.4", "storage class of backend", f"{LOKI} backend persistence storageClass", "longhorn-crypto",
        "logging.workloads.backend.storage_class", "other"),
    Row("0.4", "volume of backend", f"{LOKI} backend persistence size", "2Gi",
        "logging.workloads.backend.volume_size", "3Gi"),
    Row("0.4", "write pods", f"{LOKI} write replicas", 2, "logging.workloads.write.replicas", 3),
    Row("0.4", "storage class of write", f"{LOKI} write persistence storageClass", "longhorn-crypto-local",
        "logging.workloads.write.storage_class", "other"),
    Row("0.4", "volume of write", f"{LOKI} write persistence size", "2Gi",
        "logging.workloads.write.volume_size", "3Gi"),
    Row("0.4", "nodes of write", f"{LOKI} write nodeSelector", STORAGE_NODES,
        "logging.workloads.write.node_selector", OTHER_NODES),
    Row("0.4", "tolerations of write", f"{LOKI} write tolerations", STORAGE_TAINT,
        "logging.workloads.write.tolerations", OTHER_TAINT),
    Row("0.4", "backend runs on any node", f"{LOKI} backend nodeSelector", {},
        "logging.workloads.backend.node_selector", OTHER_NODES),
    Row("0.4", "copies of a line", f"{LOKI} loki commonConfig replication_factor", 2,
        "logging.replication_factor", 1, differs="the chart's 3 copies cannot be written to 2 replicas"),

    Row("0.5", "cache of chunks", f"{LOKI} chunksCache allocatedMemory", 512, "logging.chunks_cache_mib", 500),
    Row("0.5", "its memory request", f"{LOKI} chunksCache resources requests memory", "614Mi",
        "logging.chunks_cache_mib", 500),
    Row("0.5", "cache of results", f"{LOKI} resultsCache allocatedMemory", 256, "logging.results_cache_mib", 200),
    Row("0.5", "its memory request", f"{LOKI} resultsCache resources requests memory", "307Mi",
        "logging.results_cache_mib", 200),

    Row("0.6", "canary", f"{LOKI} lokiCanary enabled", False),
    Row("0.6", "test", f"{LOKI} test enabled", False),

    Row("0.7", "dashboards of Loki", f"{LOKI} monitoring dashboards enabled", True, "logging.dashboards", False),
    Row("0.7", "ServiceMonitor of Loki", f"{LOKI} monitoring serviceMonitor enabled", True,
        "cluster.service_monitors", False),

    Row("0.8", "tenants", f"{LOKI} loki auth_enabled", False, "logging.tenants", ["team-a"]),
    Row("0.8", "retention of logs", f"{LOKI} loki limits_config retention_period", "744h", "retention.logs", "24h"),
    Row("0.8", "expired logs are deleted", f"{LOKI} loki compactor retention_enabled", True),
    Row("0.8", "store of delete requests", f"{LOKI} loki compactor delete_request_store", "s3"),
    Row("0.8", "prefix of the logs", f"{LOKI} loki storage_config object_prefix", "loki",
        "storage.prefixes.logs", "other"),
    Row("0.8", "time-out of a write", f"{LOKI} loki ingester_client remote_timeout", "10s"),
    Row("0.8", "usage reports", f"{LOKI} loki analytics reporting_enabled", False),
    Row("0.8", "schema", f"{LOKI} loki schemaConfig configs",
        [{"from": "2024-01-01", "store": "tsdb", "object_store": "s3", "schema": "v13",
          "index": {"prefix": "index_", "period": "24h"}}],
        "logging.schema_entries", [{"from": "2024-02-01"}]),

    Row("0.9", "bucket of chunks", f"{LOKI} loki storage bucketNames chunks", "homelab",
        "storage.shared_bucket", "other"),
    Row("0.9", "bucket of the ruler", f"{LOKI} loki storage bucketNames ruler", "homelab",
        "storage.shared_bucket", "other"),
    Row("0.9", "bucket of the admin API", f"{LOKI} loki storage bucketNames admin", "homelab",
        "storage.shared_bucket", "other"),
    Row("0.9", "bucket of traces", f"{TEMPO} storage trace s3 bucket", "homelab", "storage.shared_bucket", "other"),

    Row("0.10", "label that Grafana's sidecar reads", "datasources-logs metadata labels grafana_datasource", "1"),
    Row("0.10", "ConfigMap of the datasource", "datasources-logs metadata name", "grafana-datasource-loki"),
    Row("0.10", "namespace of the datasource", "datasources-logs metadata namespace", "logging",
        "logging.namespace", "other"),
    Row("0.10", "name of the datasource", f"{LOGS} name", "Loki", "datasources.logs_name", "other"),
    Row("0.10", "type of the datasource", f"{LOGS} type", "loki"),
    Row("0.10", "uid of the datasource", f"{LOGS} uid", "loki", "datasources.logs_uid", "other"),
    Row("0.10", "URL of the datasource", f"{LOGS} url", "http://loki-gateway.logging", "logging.namespace", "other"),
    Row("0.10", "access of the datasource", f"{LOGS} access", "proxy"),
    Row("0.10", "links to traces", f"{LOGS} jsonData derivedFields",
        [derived_field("TraceId"), derived_field("trace_id")], "datasources.trace_labels", ["trace_id"]),

    Row("0.11", "chart of Tempo", "tracing-tempo chart", "tempo-distributed",
        "tracing.mode", "monolithic", MONOLITHIC_TEMPO),
    Row("0.11", "repository of the chart", "tracing-tempo repositoryOpts repo",
        "https://grafana.github.io/helm-charts", "tracing.chart_version", "2.26.2"),
    Row("0.11", "version of the chart", "tracing-tempo version", "1.61.0", "tracing.chart_version", "2.26.2"),
    Row("0.11", "name of the release", "tracing-tempo name", "tempo"),
    Row("0.11", "namespace of the release", "tracing-tempo namespace", "tracing", "tracing.namespace", "other"),
    Row("0.11", "revisions kept", "tracing-tempo maxHistory", 2, "tracing.max_history", 3),
    Row("0.11", "OTLP by HTTP", f"{TEMPO} traces otlp http enabled", True),
    Row("0.11", "OTLP by gRPC", f"{TEMPO} traces otlp grpc enabled", True),
    Row("0.11", "ingesters", f"{TEMPO} ingester replicas", 2, "tracing.replicas", 3),
    Row("0.11", "ingesters have volumes", f"{TEMPO} ingester persistence enabled", True),
    Row("0.11", "storage class of ingesters", f"{TEMPO} ingester persistence storageClass", "longhorn-crypto-local",
        "tracing.storage_class", "other"),
    Row("0.11", "volume of ingesters", f"{TEMPO} ingester persistence size", "2Gi", "tracing.volume_size", "3Gi"),
    Row("0.11", "nodes of ingesters", f"{TEMPO} ingester nodeSelector", STORAGE_NODES,
        "tracing.workloads.ingester.node_selector", OTHER_NODES),
    Row("0.11", "tolerations of ingesters", f"{TEMPO} ingester tolerations", STORAGE_TAINT,
        "tracing.workloads.ingester.tolerations", OTHER_TAINT),
    Row("0.11", "nodes of the generator", f"{TEMPO} metricsGenerator nodeSelector", STORAGE_NODES,
        "tracing.workloads.metrics-generator.node_selector", OTHER_NODES),
    Row("0.11", "tolerations of the generator", f"{TEMPO} metricsGenerator tolerations", STORAGE_TAINT,
        "tracing.workloads.metrics-generator.tolerations", OTHER_TAINT),
    Row("0.11", "queriers run on any node", f"{TEMPO} querier nodeSelector", {},
        "tracing.node_selector", OTHER_NODES),
    Row("0.11", "backend", f"{TEMPO} storage trace backend", "s3"),
    Row("0.11", "prefix of the traces", f"{TEMPO} storage trace s3 prefix", "tempo",
        "storage.prefixes.traces", "other"),
    Row("0.11", "ServiceMonitor of Tempo", f"{TEMPO} metaMonitoring serviceMonitor enabled", True,
        "cluster.service_monitors", False),
    Row("0.11", "copies of a span", f"{TEMPO} ingester config replication_factor", 2, "tracing.replicas", 3,
        differs="the chart's 3 copies cannot be written to 2 ingesters"),

    Row("0.12", "metrics generator", f"{TEMPO} metricsGenerator enabled", True),
    Row("0.12", "where it writes", f"{TEMPO} metricsGenerator config storage remote_write 0 url",
        f"{PROMETHEUS}/api/v1/write", "metrics.remote_write_url", "http://other:9090/api/v1/write"),
    Row("0.12", "processors", f"{TEMPO} overrides defaults metrics_generator processors",
        ["service-graphs", "span-metrics", "local-blocks"], "tracing.processors", ["span-metrics"]),

    Row("0.13", "label that Grafana's sidecar reads", "datasources-traces metadata labels grafana_datasource", "1"),
    Row("0.13", "ConfigMap of the datasource", "datasources-traces metadata name", "grafana-datasource-tempo"),
    Row("0.13", "namespace of the datasource", "datasources-traces metadata namespace", "tracing",
        "tracing.namespace", "other"),
    Row("0.13", "name of the datasource", f"{TRACES} name", "Tempo", "datasources.traces_name", "other"),
    Row("0.13", "type of the datasource", f"{TRACES} type", "tempo"),
    Row("0.13", "uid of the datasource", f"{TRACES} uid", "tempo", "datasources.traces_uid", "other"),
    Row("0.13", "URL of the datasource", f"{TRACES} url", "http://tempo-query-frontend.tracing:3200",
        "tracing.namespace", "other"),
    Row("0.13", "access of the datasource", f"{TRACES} access", "proxy"),
    Row("0.13", "logs of a span: datasource", f"{TRACES} jsonData tracesToLogsV2 datasourceUid", "loki",
        "datasources.logs_uid", "other"),
    Row("0.13", "logs of a span: by trace id", f"{TRACES} jsonData tracesToLogsV2 filterByTraceID", True,
        "datasources.filter_by_trace_id", False),
    Row("0.13", "logs of a span: by span id", f"{TRACES} jsonData tracesToLogsV2 filterBySpanID", True,
        "datasources.filter_by_span_id", False),
    Row("0.13", "logs of a span: from", f"{TRACES} jsonData tracesToLogsV2 spanStartTimeShift", "-5s",
        "datasources.logs_before_seconds", 6),
    Row("0.13", "logs of a span: to", f"{TRACES} jsonData tracesToLogsV2 spanEndTimeShift", "5s",
        "datasources.logs_after_seconds", 6),
    Row("0.13", "metrics of a span: datasource", f"{TRACES} jsonData tracesToMetrics datasourceUid", "prometheus",
        "datasources.metrics_uid", "other"),
    Row("0.13", "metrics of a span: queries", f"{TRACES} jsonData tracesToMetrics queries",
        [{"name": "Request rate", "query": RATE.format("")},
         {"name": "Error rate", "query": RATE.format("failed_")}],
        "datasources.metrics_queries", {"Rate": "sum(rate(traces_spanmetrics_calls_total{$__tags}[5m]))"},
        {"datasources.metrics_tags": {"service.name": "service"}}),
    Row("0.13", "metrics of a span: tags", f"{TRACES} jsonData tracesToMetrics tags",
        [{"key": "service.name", "value": "server"}], "datasources.metrics_tags", {"service.name": "client"}),
    Row("0.13", "service map", f"{TRACES} jsonData serviceMap datasourceUid", "prometheus",
        "datasources.metrics_uid", "other"),
    Row("0.13", "node graph", f"{TRACES} jsonData nodeGraph enabled", True),

    Row("0.14", "chart of Alloy", "telemetry-agents chart", "alloy"),
    Row("0.14", "repository of the chart", "telemetry-agents repositoryOpts repo",
        "https://grafana.github.io/helm-charts"),
    Row("0.14", "version of the chart", "telemetry-agents version", "1.5.2", "telemetry.chart_version", "1.11.1"),
    Row("0.14", "name of the release", "telemetry-agents name", "alloy"),
    Row("0.14", "namespace of the release", "telemetry-agents namespace", "telemetry", "telemetry.namespace", "other"),
    Row("0.14", "revisions kept", "telemetry-agents maxHistory", 2, "telemetry.max_history", 3),
    Row("0.14", "ConfigMap of the chart", f"{ALLOY} alloy configMap create", False),
    Row("0.14", "ConfigMap of the configuration", f"{ALLOY} alloy configMap name", "collectors-config",
        differs="the document's `alloy` is the name that the chart gives its own"),
    Row("0.14", "that ConfigMap exists", "telemetry-config metadata name", "collectors-config",
        differs="the document's `alloy` is the name that the chart gives its own"),
    Row("0.14", "key of the configuration", f"{ALLOY} alloy configMap key", "config.alloy"),
    Row("0.14", "port of OTLP by gRPC", f"{ALLOY} alloy extraPorts 0",
        {"name": "otlp-grpc", "port": 4317, "targetPort": 4317, "protocol": "TCP"}),
    Row("0.14", "port of OTLP by HTTP", f"{ALLOY} alloy extraPorts 1",
        {"name": "otlp-http", "port": 4318, "targetPort": 4318, "protocol": "TCP"}),
    Row("0.14", "log files of the node", f"{ALLOY} alloy mounts varlog", True, "telemetry.log_source", "api"),
    Row("0.14", "one collector on each node", f"{ALLOY} controller type", "daemonset", "telemetry.log_source", "api"),
    Row("0.14", "tainted nodes too", f"{ALLOY} controller tolerations", [{"operator": "Exists"}],
        "telemetry.tolerations", []),
    Row("0.14", "ServiceMonitor of Alloy", f"{ALLOY} serviceMonitor enabled", True,
        "cluster.service_monitors", False),

    Row("0.15", "discovery", f"{CONFIG} discovery.kubernetes.pod role", "pod"),
    Row("0.15", "label namespace", f"{CONFIG} discovery.relabel.pod rule 1", rule("namespace", "namespace")),
    Row("0.15", "label pod", f"{CONFIG} discovery.relabel.pod rule 2", rule("pod", "pod_name")),
    Row("0.15", "label container", f"{CONFIG} discovery.relabel.pod rule 3", rule("container", "pod_container_name")),
    Row("0.15", "label app", f"{CONFIG} discovery.relabel.pod rule 6",
        rule("app", "pod_label_app_kubernetes_io_name", regex="(.+)")),
    Row("0.15", "label job", f"{CONFIG} discovery.relabel.pod rule 7",
        rule("job", "namespace", "pod_container_name", separator="/")),
    Row("0.15", "label container_runtime", f"{CONFIG} discovery.relabel.pod rule 8",
        rule("container_runtime", "pod_container_id", regex=r"(\S+)://.+")),
    Row("0.15", "path of the files", f"{CONFIG} discovery.relabel.pod rule 9",
        rule("__path__", "pod_uid", "pod_container_name", separator="/", replacement="/var/log/pods/*$1/*.log")),
    Row("0.15", "files", f"{CONFIG} local.file_match.pod path_targets", "discovery.relabel.pod.output",
        "telemetry.log_source", "api"),
    Row("0.15", "tail of the files", f"{CONFIG} loki.source.file.pod targets", "local.file_match.pod.targets",
        "telemetry.log_source", "api"),
    Row("0.15", "lines go on", f"{CONFIG} loki.source.file.pod forward_to", "[loki.process.pod.receiver]",
        "telemetry.log_source", "api"),
    Row("0.15", "format of the lines", f"{CONFIG} loki.process.pod stage.cri", {}, "telemetry.log_source", "api"),
    Row("0.15", "label cluster", f"{CONFIG} loki.process.pod stage.static_labels values", {"cluster": "local"},
        "cluster.name", "other"),
    Row("0.15", "where lines go", f"{CONFIG} loki.write.endpoint endpoint url",
        "http://loki-gateway.logging/loki/api/v1/push", "logging.namespace", "other"),

    Row("0.16", "OTLP by gRPC", f"{CONFIG} otelcol.receiver.otlp.default grpc endpoint", "0.0.0.0:4317"),
    Row("0.16", "OTLP by HTTP", f"{CONFIG} otelcol.receiver.otlp.default http endpoint", "0.0.0.0:4318"),
    Row("0.16", "batches", f"{CONFIG} otelcol.processor.batch.default output",
        {"logs": "[otelcol.exporter.otlphttp.loki.input]",
         "metrics": "[otelcol.exporter.otlphttp.prometheus.input]",
         "traces": "[otelcol.exporter.otlp.tempo.input]"}),
    Row("0.16", "where metrics go", f"{CONFIG} otelcol.exporter.otlphttp.prometheus client endpoint",
        f"{PROMETHEUS}/api/v1/otlp", "metrics.otlp_url", "http://other:9090/api/v1/otlp"),
    Row("0.16", "where logs go", f"{CONFIG} otelcol.exporter.otlphttp.loki client endpoint",
        "http://loki-gateway.logging/otlp", "logging.namespace", "other"),
    Row("0.16", "where traces go", f"{CONFIG} otelcol.exporter.otlp.tempo client endpoint",
        "tempo-distributor.tracing:4317", "tracing.namespace", "other"),
    Row("0.16", "traces go in plain text", f"{CONFIG} otelcol.exporter.otlp.tempo client tls insecure", True),

    Row("0.17", "API of the route", "alloy-route apiVersion", "traefik.io/v1alpha1",
        "ingress.kind", "none", NO_INGRESS),
    Row("0.17", "kind of the route", "alloy-route kind", "IngressRoute", "ingress.kind", "none", NO_INGRESS),
    Row("0.17", "name of the route", "alloy-route metadata name", "alloy"),
    Row("0.17", "namespace of the route", "alloy-route metadata namespace", "telemetry",
        "telemetry.namespace", "other"),
    Row("0.17", "entry point", "alloy-route spec entryPoints", ["internal"], "ingress.entry_points", ["other"]),
    Row("0.17", "host", "alloy-route spec routes 0 match", "Host(`alloy.dev.example.org`)",
        "ingress.domain", "other.example.org"),
    Row("0.17", "middleware", "alloy-route spec routes 0 middlewares 0 name", "internal-basic-auth",
        "ingress.auth_middleware.name", "other"),
    Row("0.17", "namespace of the middleware", "alloy-route spec routes 0 middlewares 0 namespace", "traefik",
        "ingress.auth_middleware.namespace", "other"),
    Row("0.17", "Service and port", "alloy-route spec routes 0 services", [{"name": "alloy", "port": "http-metrics"}]),

    Row("0.18", "Prometheus is an existing one", "metrics-prometheus chart", ABSENT,
        "metrics.kind", "operator", IN_STACK_METRICS),
    Row("0.18", "Grafana is an existing one", "grafana-grafana chart", ABSENT,
        "grafana.enabled", True, {"grafana.namespace": "grafana"}),
    Row("0.18", "where metrics are read", "exports metrics query", PROMETHEUS, "metrics.query_url", "http://other:9090"),
)  # fmt: skip
