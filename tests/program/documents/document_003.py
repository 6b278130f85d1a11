"""Document 003, the stack `microservices`: each role of Loki, Tempo and Thanos apart, a MinIO of four pods, a cache.

The stack has two settings of document 004 as well, whose rows end this table.
"""

import json

from tests.program.documents.document_000 import CONFIG, LOGS, LOKI, TEMPO, TRACES, derived_field
from tests.program.documents.document_004_alerting import ALERTING
from tests.program.documents.rows import ABSENT, Choice, Row

STACK = "microservices"

MINIO = "storage-minio values"
METRICS = "datasources-metrics data grafana-datasource-prometheus.yaml datasources 0"
MONOLITHIC_LOKI = dict.fromkeys(("logging.replicas", "logging.ruler"))
MONOLITHIC_TEMPO = dict.fromkeys(("tracing.replicas", "tracing.gateway"))
PROMETHEUS = "metrics-prometheus values prometheus prometheusSpec"
THANOS = "long-term-thanos values"
WITHOUT_RULES = {"retention.metrics": "31d", "metrics.long_term.local_retention": "31d"}
"""The budget of the objective is then one of Prometheus."""
ALERTMANAGERS = [
    f"http://alertmanager-prometheus-{index}.alertmanager-operated.monitoring.svc.cluster.local:9093"
    for index in (0, 1)
]
WRITES = "http://thanos-receive-router.monitoring:19291/api/v1/receive"
GATEWAY = "telemetry-gateway-config data config.alloy"
LIMITER = f"{GATEWAY} otelcol.processor.memory_limiter.default"
SAMPLING = f"{GATEWAY} otelcol.processor.tail_sampling.pipeline_traces_0"
BATCH = f"{GATEWAY} otelcol.processor.batch.pipeline_traces"
TEMPO_EXPORTER = f"{GATEWAY} otelcol.exporter.otlp.tempo client"
ENVIRONMENT = 'set(resource.attributes["environment"], "production") where resource.attributes["environment"] == nil'
UPSERT = "it is of the resource of every signal, and what the sender says stays; the document sets it on logs alone"
PUSHED = f"{CONFIG} prometheus.remote_write.metrics endpoint url"
VALKEY = "Valkey speaks Redis's protocol under a free licence"
ALONE = "the document has no number"

TABLE = (
    Row("3.2", "chart of Prometheus", "metrics-prometheus chart", "kube-prometheus-stack"),
    Row("3.2", "pair of Prometheus", f"{PROMETHEUS} replicas", 2, "metrics.replicas", 1),
    Row("3.2", "sidecar", f"{PROMETHEUS} thanos objectStorageConfig existingSecret name", "thanos-objstore"),
    Row("3.2", "local retention", f"{PROMETHEUS} retention", "48h",
        "metrics.long_term.local_retention", "7d", differs=ALONE),
    Row("3.2", "chart of Thanos", "long-term-thanos chart", "thanos"),
    *(Row("3.2", f"{role} pods", f"{THANOS} {role} replicas", 2, "metrics.long_term.replicas", 3, differs=ALONE)
      for role in ("query", "queryFrontend", "storeGateway")),
    Row("3.2", "compactor", f"{THANOS} compact enabled", True, "metrics.long_term.compactor", False,
        {"metrics.long_term.retention_one_hour": None}),
    Row("3.2", "ruler", f"{THANOS} rule enabled", True, "metrics.long_term.ruler", False, WITHOUT_RULES),
    Row("3.2", "alerts of the ruler", f"{THANOS} rule alertmanagersConfig value",
        json.dumps({"alertmanagers": [
            {"static_configs": [url.removeprefix("http://")], "scheme": "http", "path_prefix": "", "api_version": "v2"}
            for url in ALERTMANAGERS
        ]}),
        "metrics.long_term.alertmanager_url", "http://other:9093"),
    Row("3.2", "receivers", f"{THANOS} receive enabled", True, "metrics.long_term.receive", False),
    Row("3.2", "copies of a sample that is pushed", f"{THANOS} receive replicationFactor", 3,
        "metrics.long_term.replicas", 1, differs=ALONE),
    Row("3.2", "replicas are one series", f"{THANOS} query replicaLabels", ["prometheus_replica"]),
    Row("3.2", "retention of samples", f"{THANOS} compact extraArgs 3", "--retention.resolution-raw=90d",
        "retention.metrics", "100d", differs=ALONE),
    Row("3.2", "retention of hours", f"{THANOS} compact extraArgs 5", "--retention.resolution-1h=395d",
        "metrics.long_term.retention_one_hour", "400d", differs=ALONE),
    Row("3.2", "bucket of metrics", "exports buckets metrics", "metrics",
        "storage.buckets", {"logs": "chunks", "traces": "traces", "metrics": "blocks"}),

    Row("3.3", "chart of Tempo", "tracing-tempo chart", "tempo-distributed",
        "tracing.mode", "monolithic", MONOLITHIC_TEMPO),
    Row("3.3", "ingesters", f"{TEMPO} ingester replicas", 3, "tracing.replicas", 4, differs=ALONE),
    *(Row("3.3", f"{role} pods", f"{TEMPO} {role} replicas", 1, f"tracing.workloads.{key}.replicas", 2, differs=ALONE)
      for role, key in (("distributor", "distributor"), ("querier", "querier"), ("queryFrontend", "query-frontend"))),
    Row("3.3", "compactor pods", f"{TEMPO} compactor replicas", 1,
        "tracing.mode", "monolithic", MONOLITHIC_TEMPO, differs=ALONE),
    Row("3.3", "OTLP by gRPC", f"{TEMPO} traces otlp grpc enabled", True),
    Row("3.3", "OTLP by HTTP", f"{TEMPO} traces otlp http enabled", True),
    *(Row("3.3", f"Jaeger by {protocol}", f"{TEMPO} traces jaeger {protocol} enabled", True,
          "tracing.receivers", ["otlp"])
      for protocol in ("grpc", "thriftBinary", "thriftCompact", "thriftHttp")),
    Row("3.3", "Zipkin", f"{TEMPO} traces zipkin enabled", True, "tracing.receivers", ["otlp"]),
    Row("3.3", "gateway", f"{TEMPO} gateway enabled", True, "tracing.gateway", False, differs=ALONE),

    Row("3.4", "mode of Loki", f"{LOKI} deploymentMode", "Distributed", "logging.mode", "monolithic", MONOLITHIC_LOKI),
    *(Row("3.4", f"{role} pods", f"{LOKI} {role} replicas", 3, "logging.replicas", 4, differs=ALONE)
      for role in ("distributor", "ingester", "querier")),
    *(Row("3.4", f"{role} pods", f"{LOKI} {role} replicas", 2, f"logging.workloads.{key}.replicas", 3, differs=ALONE)
      for role, key in (("queryScheduler", "query-scheduler"), ("queryFrontend", "query-frontend"),
                        ("indexGateway", "index-gateway"), ("ruler", "ruler"))),
    Row("3.4", "compactor pods", f"{LOKI} compactor replicas", 1,
        "logging.mode", "monolithic", MONOLITHIC_LOKI, differs=ALONE),
    Row("3.4", "ruler", f"{LOKI} ruler enabled", True, "logging.ruler", False),

    Row("3.5", "object store", "storage-minio chart", "minio",
        "storage.kind", "in-cluster", {"storage.mode": None}),
    Row("3.5", "mode of MinIO", f"{MINIO} mode", "distributed", "storage.mode", "standalone"),
    Row("3.5", "pods of MinIO", f"{MINIO} replicas", 4, "storage.mode", "standalone", differs=ALONE),
    Row("3.5", "volume of each", f"{MINIO} persistence size", "50Gi", "storage.volume_size", "60Gi", differs=ALONE),

    Row("3.6", "cache", "cache-valkey chart", "valkey",
        "caching.kind", "memcached", {"caching.size_mib": None}, differs=VALKEY),
    Row("3.6", "memory of the cache", "cache-valkey values resources requests memory", "1260Mi",
        "caching.size_mib", 512, differs=ALONE),
    Row("3.6", "cache of Loki's chunks",
        f"{LOKI} loki structuredConfig chunk_store_config chunk_cache_config redis endpoint",
        "valkey.caching:6379", "caching.namespace", "other"),
    Row("3.6", "cache of Loki's results",
        f"{LOKI} loki structuredConfig query_range results_cache cache redis endpoint",
        "valkey.caching:6379", "caching.namespace", "other"),
    Row("3.6", "cache of Tempo", f"{TEMPO} cache caches 0 redis endpoint",
        "valkey.caching:6379", "caching.namespace", "other"),
    Row("3.6", "cache of Thanos' results", f"{THANOS} queryFrontend extraArgs 1",
        '--query-range.response-cache-config={"type": "REDIS", "config": {"addr": "valkey.caching:6379", "db": 3, '
        '"password": "$$(CACHE_PASSWORD)"}}',
        "caching.namespace", "other"),
    Row("3.6", "memcached of Loki", f"{LOKI} chunksCache enabled", False,
        "caching.kind", "memcached", {"caching.size_mib": None}),
    Row("3.6", "memcached of Tempo", f"{TEMPO} memcached enabled", False,
        "caching.kind", "memcached", {"caching.size_mib": None}),

    Row("3.7", "where Loki's alerts go", f"{LOKI} loki structuredConfig ruler alertmanager_url",
        ",".join(ALERTMANAGERS), "logging.alertmanager_url", "http://other:9093"),

    Row("3.8", "chart of Grafana", "grafana-grafana chart", "grafana"),
    Row("3.8", "namespace of Grafana", "grafana-grafana namespace", "grafana", "grafana.namespace", "other"),
    Row("3.8", "where metrics are read", f"{METRICS} url", "http://thanos-query-frontend.monitoring:10902",
        "metrics.namespace", "other"),
    Row("3.8", "where spans' metrics go", f"{TEMPO} metricsGenerator config storage remote_write 0 url", WRITES,
        "metrics.long_term.receive", False),
    Row("3.8", "where metrics go", PUSHED, WRITES, "metrics.long_term.receive", False),
    Row("3.8", "label cluster", f"{CONFIG} loki.process.pod stage.static_labels values cluster", "lab",
        "cluster.name", "other", differs="the document has no name"),
    Row("3.8", "label environment", f"{CONFIG} loki.process.pod stage.static_labels values environment", "production",
        "telemetry.extra_labels.environment", "other"),
    Row("3.8", "fields of lines", f"{CONFIG} loki.process.pod stage.json 0 expressions",
        {"parsed_trace_id": "trace_id", "parsed_level": "level"},
        "telemetry.processors.fields", {"kind": "json", "labels": {"level": "severity"}}),
    Row("4.13", "noise", f"{CONFIG} loki.process.pod stage.drop expression", "GET /health",
        "telemetry.processors.health", {"kind": "drop", "pattern": "GET /ready"}),
    Row("4.13", "where noise is left out", f"{CONFIG} loki.process.pod stage.drop drop_counter_reason", "health",
        "telemetry.pipelines.containers.processors", ["fields"], {"telemetry.processors.health": None}),
    Row("3.8", "journal of the nodes", f"{CONFIG} loki.source.journal.default forward_to",
        "[loki.process.pipeline_journal.receiver]",
        "telemetry.pipelines.journal", {"signal": "logs", "sources": ["journald"], "enabled": False}),
    Row("3.1", "one exporter of several pipelines: pods", f"{CONFIG} loki.process.pod forward_to",
        "[loki.write.endpoint.receiver]"),
    Row("3.1", "one exporter of several pipelines: journal", f"{CONFIG} loki.process.pipeline_journal forward_to",
        "[loki.write.endpoint.receiver]",
        "telemetry.pipelines.journal", {"signal": "logs", "sources": ["journald"], "enabled": False}),
    Row("4.16", "share of traces", f"{SAMPLING} policy 2 probabilistic sampling_percentage", 10,
        "telemetry.processors.sampling", {"kind": "tail_sampling", "percentage": 50}),
    Row("4.16", "traces that are kept", f"{SAMPLING} policy 0 status_code status_codes", ["ERROR"],
        "telemetry.pipelines.traces.processors", [], {"telemetry.processors.sampling": None}),
    Row("4.16", "traces that are slow", f"{SAMPLING} policy 1 latency threshold_ms", 1999,
        "telemetry.processors.sampling", {"kind": "tail_sampling", "slow": "3s"},
        differs="the policy keeps what takes longer than its threshold, and `slow` is a duration that is kept too"),
    Row("4.16", "collectors of whole traces", "telemetry-gateway values controller replicas", 2,
        "telemetry.gateway.replicas", 3),
    Row("4.16", "memory is looked at", f"{LIMITER} check_interval", "1s"),
    Row("4.16", "memory of a gateway", f"{LIMITER} limit", "819MiB", "telemetry.gateway.memory_limit", "2Gi",
        differs="80 % of the memory limit of its container; the document has 512 MiB, and no container with a limit"),
    Row("4.16", "memory for a peak", f"{LIMITER} spike_limit", ABSENT,
        differs="the default is a fifth of the limit; the document's 128 MiB are a quarter"),
    Row("4.16", "first the limit of memory", f"{GATEWAY} otelcol.receiver.otlp.default output",
        {"traces": "[otelcol.processor.memory_limiter.default.input]"}),
    Row("4.16", "then the choice of traces", f"{LIMITER} output",
        {"traces": "[otelcol.processor.tail_sampling.pipeline_traces_0.input]"},
        "telemetry.pipelines.traces.processors", [], {"telemetry.processors.sampling": None}),
    Row("4.16", "then batches", f"{SAMPLING} output", {"traces": "[otelcol.processor.batch.pipeline_traces.input]"},
        "telemetry.pipelines.traces.processors", [], {"telemetry.processors.sampling": None}),
    Row("4.16", "then Tempo", f"{BATCH} output", {"traces": "[otelcol.exporter.otlp.tempo.input]"}),
    Row("4.16", "wait for a batch", f"{BATCH} timeout", ABSENT,
        differs="with the document's 5 s more spans wait in memory, where they are lost with the pod: Alloy's default"),
    Row("4.16", "spans of a batch", f"{BATCH} send_batch_size", ABSENT,
        differs="the document's 1000 are fewer than Alloy's default"),
    Row("4.16", "where traces go", f"{TEMPO_EXPORTER} endpoint", "tempo-distributor.tracing:4317",
        "tracing.namespace", "other"),
    Row("4.16", "traces go in plain text", f"{TEMPO_EXPORTER} tls insecure", True),
    Row("4.16", "environment of logs", f"{CONFIG} otelcol.processor.transform.default log_statements statements 2",
        ENVIRONMENT, "telemetry.extra_labels.environment", "other", differs=UPSERT),
    Row("4.16", "environment of traces", f"{CONFIG} otelcol.processor.transform.default trace_statements statements 1",
        ENVIRONMENT, "telemetry.extra_labels.environment", "other", differs=UPSERT),
    Row("3.8", "where logs are read", f"{LOGS} url", "http://loki-gateway.logging", "logging.namespace", "other"),
    Row("3.8", "where traces are read", f"{TRACES} url", "http://tempo-gateway.tracing",
        "tracing.namespace", "other"),

    Row("4.3", "job of probes", "probes-grafana spec jobName", "blackbox-http"),
    Row("4.5", "probe of Grafana", "probes-grafana spec targets staticConfig static 0",
        "http://grafana.grafana/api/health", "probes.targets.grafana.address", "http://other/api/health"),

    Row("4.10", "step of graphs", f"{METRICS} jsonData timeInterval", "15s", "metrics.scrape_interval", "30s"),
    Row("4.10", "Prometheus is the default", f"{METRICS} isDefault", True),
    Row("4.10", "exemplars lead to traces", f"{METRICS} jsonData exemplarTraceIdDestinations",
        [{"name": "traceID", "datasourceUid": "tempo"}, {"name": "trace_id", "datasourceUid": "tempo"}],
        "datasources.exemplar_labels", ["trace_id"]),
    Row("4.14", "link from text", f"{LOGS} jsonData derivedFields 2",
        {**derived_field("TraceID"), "matcherType": "regex", "matcherRegex": r'"trace_id":"(\w+)"'},
        "datasources.trace_patterns", {"TraceID": r"other=(\w+)"}),

    *ALERTING,
)  # fmt: skip

CHOICES = (
    Choice(
        "4.14 from a line to the dashboard of its service",
        {"datasources.log_links": {"ServiceDashboard": {
            "label": "service_name", "url": "/d/service-detail/service-detail?var-service=${__value.raw}"}}},
        (
            Row("4.14", "link to a dashboard", f"{LOGS} jsonData derivedFields 3",
                {"name": "ServiceDashboard", "matcherType": "label", "matcherRegex": "service_name",
                 "url": "/d/service-detail/service-detail?var-service=$${__value.raw}"},
                differs="the label that every line has, in place of a text in JSON; the dashboard is the team's"),
        ),
    ),
)  # fmt: skip
"""What a team adds that has dashboards of its own."""
