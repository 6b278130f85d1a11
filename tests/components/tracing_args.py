"""Arguments of `Tracing` in each mode."""

from components.tracing import TracingArgs
from components.tracing.modes import TEMPO_3_VERSIONS

RECEIVERS = ["otlp", "jaeger", "zipkin"]
LAPTOP: TracingArgs = {"namespace": "tracing", "store": "filesystem"}
DISTRIBUTED: TracingArgs = {
    "namespace": "tracing",
    "mode": "distributed",
    "replicas": 3,
    "bucket": "prod",
    "endpoint": "https://s3.example.org",
    "remote_write_url": "http://prometheus-server.monitoring/api/v1/write",
}
KAFKA: TracingArgs = {
    **DISTRIBUTED,
    "replicas": 1,
    "chart_version": TEMPO_3_VERSIONS[0],
    "kafka_address": "kafka.messaging:9092",
}
