"""Sources of settings, as a stack file would give them."""

import json
from typing import Any

from config.source import Source


def source(*, secret: tuple[str, ...] = (), region: str = "", **areas: Any) -> Source:
    """A stack whose file holds `areas`."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in areas.items()}
    return Source("test", texts, frozenset(secret), region)


EXTERNAL_CREDENTIALS = {
    f"{purpose}_{key}": "given" for purpose in ("logs", "traces") for key in ("access_key_id", "secret_access_key")
}

EXTERNAL = {"kind": "external", "endpoint": "https://s3.example.org", "shared_bucket": "acme"}
AWS = {"kind": "aws", "account_id": "123456789012", "buckets": {"logs": "acme-logs", "traces": "acme-traces"}}
EXTERNAL_METRICS = {
    "kind": "external",
    "remote_write_url": "http://prometheus.monitoring:9090/api/v1/write",
    "otlp_url": "http://prometheus.monitoring:9090/api/v1/otlp",
    "query_url": "http://prometheus.monitoring:9090",
}
PRODUCTION = {
    "cluster": {"name": "prod", "context": "prod", "environment": "production"},
    "storage": AWS,
    "logging": {"replicas": 3},
    "tracing": {"mode": "distributed", "replicas": 3},
    "metrics": EXTERNAL_METRICS,
    "grafana": {"namespace": "grafana"},
}
