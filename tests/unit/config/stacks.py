"""Sources of settings, as a stack file would give them."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from config import Settings, SettingsError, load
from config.source import Source
from tools.program import record
from wiring.component_errors import component_problems


def source(*, secret: tuple[str, ...] = (), region: str = "", **areas: Any) -> Source:
    """A stack whose file holds `areas`."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in areas.items()}
    return Source("test", texts, frozenset(secret), region)


def load_whole(stack: Source) -> Settings:
    """Load settings as the program does, with what the components find."""
    found: list[Settings] = []

    def program() -> dict[str, Any]:
        texts = {f"observability:{key}": text for key, text in stack.texts.items()}
        pulumi.runtime.set_all_config(texts, [f"observability:{key}" for key in stack.secret])
        found.append(load(stack, component_problems))
        return {}

    record(program, preview=True, stack=stack.stack)
    return found[0]


def problems(read: Callable[[Source], Settings] = load, /, **areas: Any) -> str:
    """Return the report on a stack whose settings must be wrong."""
    with pytest.raises(SettingsError) as raised:
        read(source(**areas))
    return str(raised.value)


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
EXTERNAL_LOGS = {"kind": "external", "url": "https://loki.example.org"}
EXTERNAL_TRACES = {"kind": "external", "otlp_endpoint": "https://tempo.example.org:4318"}
COLLECTORS_ONLY: dict[str, Any] = {
    "logging": EXTERNAL_LOGS,
    "tracing": EXTERNAL_TRACES,
    "metrics": {"kind": "external", "otlp_url": "https://metrics.example.org/otlp"},
    "grafana": {"enabled": False},
}
SAMPLED: dict[str, Any] = {
    "events": True,
    "gateway": {"replicas": 3},
    "sources": {"orders": {"kind": "prometheus", "targets": ["orders.shop:9464", "carts.shop:9464"]}},
    "processors": {"sampling": {"kind": "tail_sampling", "decision_wait": "30s"}},
    "pipelines": {
        "orders": {"signal": "metrics", "sources": ["orders"]},
        "traces": {"processors": ["sampling"]},
    },
}
"""The area `telemetry` of a stack with every workload of collectors."""
PRODUCTION = {
    "cluster": {"name": "prod", "context": "prod", "environment": "production"},
    "storage": AWS,
    "logging": {"replicas": 3},
    "tracing": {"mode": "distributed", "replicas": 3},
    "metrics": EXTERNAL_METRICS,
    "grafana": {"namespace": "grafana"},
}
