"""The Collectors of the tests, whose texts are recorded."""

from collections.abc import Mapping
from typing import Any

from components._collector_roles import Role
from components._log_labels import IndexLabel
from components.telemetry.collector.config import collector_config, collector_text
from components.telemetry.engines import Engine
from components.telemetry.spec import TelemetrySpec
from tests.unit.telemetry.examples import VARIANTS, telemetry_spec


def secret(key: str) -> dict[str, str]:
    """Return the reference to a key of the Secret of a destination."""
    return {"secret": "destination", "key": key}


SHOP: dict[str, Any] = {
    "sources": {
        "shop": {"kind": "containers", "namespaces": ["shop", "cart"]},
        "others": {"kind": "containers", "exclude_namespaces": ["shop", "cart"]},
        "devices": {"kind": "syslog", "format": "rfc3164", "transport": "udp"},
        "orders": {"kind": "prometheus", "targets": ["orders.shop:9464"], "interval": "5s"},
    },
    "processors": {
        "stack-traces": {"kind": "multiline", "pattern": r"^\d{4}-|^\S+Exception$"},
        "fields": {"kind": "json", "labels": {"tier": "log.tier"}, "metadata": {"user": "user"}},
        "pairs": {"kind": "logfmt", "metadata": {"path": "path"}},
        "health": {"kind": "drop", "pattern": "GET /health"},
        "secrets": {"kind": "redact", "detect": ["email", "jwt"], "patterns": {"customer": r"\bC-(\d{8})\b"}},
        "team": {"kind": "resource", "attributes": {"team": "shop"}},
    },
    "destinations": {
        "central": {
            "kind": "otlp",
            "url": "https://otlp.example.org:4318",
            "client": {
                "headers": {"X-Api-Key": secret("api-key")},
                "basic_auth": {"username": "shop", "password": secret("password")},
            },
        },
        "archive": {
            "kind": "loki",
            "url": "https://loki.example.org",
            "client": {
                "tenant": "archive",
                "bearer_token": secret("token"),
                "tls": {"ca": secret("ca.crt"), "server_name": "loki.example.org"},
            },
        },
        "mimir": {"kind": "prometheus", "url": "https://mimir.example.org/api/v1/push"},
        "scraped": {"kind": "prometheus_exporter"},
        "other-collector": {"kind": "otlp", "url": "collector.other:4317"},
    },
    "pipelines": {
        "containers": {"sources": ["others", "otlp"], "processors": ["health"]},
        "shop": {
            "signal": "logs",
            "sources": ["shop"],
            "processors": ["stack-traces", "secrets", "fields", "pairs", "level", "health", "team"],
            "destinations": ["loki", "archive", "central"],
        },
        "logs": {"enabled": False},
        "network": {"signal": "logs", "sources": ["devices", "fluent_forward"], "destinations": ["other-collector"]},
        "metrics": {"destinations": ["prometheus", "mimir", "scraped"]},
        "orders": {"signal": "metrics", "sources": ["orders"], "destinations": ["mimir"]},
        "traces": {"sources": ["otlp", "jaeger", "zipkin"], "processors": ["health", "secrets", "team"]},
    },
}
"""Sources, processors and destinations of every kind that agents can have."""
SAMPLED: dict[str, Any] = {
    "events": True,
    "gateway": {"replicas": 3, "volume_size": "10Gi"},
    "processors": {"sample": {"kind": "tail_sampling", "slow": "500ms", "percentage": 25}},
    "pipelines": {"traces": {"processors": ["span_metrics", "service_graph", "redact", "sample"]}},
}
"""Events, and traces that go through a gateway."""

EXAMPLES: Mapping[str, tuple[Role, dict[str, Any]]] = {
    **{
        name: (Role.AGENTS, changes)
        for name, changes in VARIANTS.items()
        if name in ("files", "everything", "secured", "remote-write", "metrics-login", "logs-only")
    },
    "metrics-login-remote-write": (Role.AGENTS, VARIANTS["metrics-login-remote-write"]),
    "shop": (Role.AGENTS, SHOP),
    "ipv6": (Role.AGENTS, {"ip_families": ["IPv6"], "queue_size": "2Gi", "index_labels": list(IndexLabel)}),
    "sampled": (Role.AGENTS, SAMPLED),
    "sampled-secured": (Role.AGENTS, {**VARIANTS["secured"], **SAMPLED}),
    "events": (
        Role.SINGLETON,
        {**SAMPLED, "sources": {"events": {"kind": "events", "exclude_namespaces": ["kube-system"]}}},
    ),
    "scraped": (Role.SINGLETON, SHOP),
    "gateway": (Role.GATEWAY, SAMPLED),
    "gateway-in-memory": (Role.GATEWAY, {**VARIANTS["secured"], **SAMPLED, "gateway": {}}),
}
"""The role and the changes of each example."""


def collector_spec(**changes: Any) -> TelemetrySpec:
    return telemetry_spec(**{"engine": Engine.OTEL_COLLECTOR, **changes})


def config_of(role: Role = Role.AGENTS, **changes: Any) -> dict[str, Any]:
    """Return the configuration of a Collector that differs from the plain one by `changes`."""
    return collector_config(collector_spec(**changes), role)


def text_of(name: str) -> str:
    """Return the text of an example."""
    role, changes = EXAMPLES[name]
    return collector_text(collector_spec(**changes), role)
