"""Checked arguments to start from."""

from typing import Any

from components.tracing.modes import TEMPO_3_VERSIONS
from components.tracing.spec import TracingSpec

ON_PREMISES: dict[str, Any] = {
    "mode": "distributed",
    "replicas": 2,
    "bucket": "prod",
    "bucket_prefix": "tempo",
    "endpoint": "https://s3.example.org",
    "region": "fr-par",
    "credentials_secret": "tempo-bucket",
    "storage_class": "longhorn-crypto-local",
    "volume_size": "2Gi",
    "node_selector": {"node.kubernetes.io/role": "storage"},
    "tolerations": [{"key": "node-role.kubernetes.io/storage", "operator": "Exists"}],
    "remote_write_url": "http://prometheus-operated.monitoring:9090/api/v1/write",
    "service_monitor": True,
}
"""A distributed Tempo on storage nodes, with an S3-compatible store outside the cluster."""

KAFKA: dict[str, Any] = {
    "mode": "distributed",
    "chart_version": TEMPO_3_VERSIONS[0],
    "kafka_address": "kafka.messaging:9092",
    "bucket": "prod",
    "endpoint": "https://s3.example.org",
    "credentials_secret": "tempo-bucket",
    "remote_write_url": "http://prometheus-operated.monitoring:9090/api/v1/write",
}
"""A distributed Tempo 3 with a broker that requires no login."""

LAPTOP: dict[str, Any] = {"store": "filesystem"}


def spec(base: dict[str, Any] = ON_PREMISES, **args: Any) -> TracingSpec:
    return TracingSpec.check('Tracing "t"', {"namespace": "tracing", **base, **args})
