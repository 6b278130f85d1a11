"""The collectors of Alloy that the tests look at, whose texts are recorded."""

from typing import Any

from components._collector_roles import Role
from components._log_labels import IndexLabel
from tests.unit.telemetry.examples import VARIANTS, config_of

FURTHER: dict[str, Any] = {
    "index_labels": ["namespace", "pod", "container", "app", "job", "level"],
    "sources": {
        "shop": {"kind": "containers", "namespaces": ["shop", "cart"]},
        "rest": {"kind": "containers", "exclude_namespaces": ["shop", "cart"]},
        "kubelet": {"kind": "journald", "units": ["kubelet.service", "containerd.service"]},
        "routers": {"kind": "syslog", "format": "rfc3164", "transport": "udp"},
        "orders": {"kind": "prometheus", "targets": ["orders.shop:9464"], "interval": "5s"},
    },
    "processors": {
        "stack-traces": {"kind": "multiline", "pattern": r"^\d{4}-\d{2}-\d{2}"},
        "fields": {"kind": "json", "labels": {"tier": "log.tier"}, "metadata": {"user": "user"}},
        "pairs": {"kind": "logfmt", "metadata": {"request_id": "req"}},
        "health": {"kind": "drop", "pattern": "GET /health"},
        "probes": {"kind": "drop", "pattern": "^GET /health"},
        "secrets": {"kind": "redact", "detect": ["email", "jwt"], "patterns": {"customer": r"\bC-(\d{8})\b"}},
        "owner": {"kind": "resource", "attributes": {"team": "shop", "deployment.environment.name": "test"}},
    },
    "destinations": {
        "central": {
            "kind": "otlp",
            "url": "https://otlp.example.org:4318",
            "client": {"bearer_token": {"secret": "central", "key": "token"}},
        },
        "archive": {
            "kind": "loki",
            "url": "https://loki.example.org",
            "client": {
                "tenant": "archive",
                "basic_auth": {"username": "archive", "password": {"secret": "archive", "key": "password"}},
                "tls": {"ca": {"secret": "archive", "key": "ca.crt"}},
            },
        },
        "mimir": {"kind": "prometheus", "url": "https://mimir.example.org/api/v1/push"},
        "other-collector": {"kind": "otlp", "url": "collector.other:4317"},
    },
    "pipelines": {
        "containers": {"sources": ["rest"], "processors": ["health"]},
        "logs": {"processors": ["secrets", "fields", "health", "owner"], "destinations": ["loki", "archive"]},
        "nodes": {"signal": "logs", "sources": ["kubelet", "routers"], "processors": ["secrets"]},
        "scraped": {"signal": "metrics", "sources": ["orders"], "destinations": ["prometheus", "mimir"]},
        "shop": {
            "signal": "logs",
            "sources": ["shop"],
            "processors": ["stack-traces", "secrets", "fields", "pairs", "owner"],
            "destinations": ["loki", "archive", "central"],
        },
        "shop-copy": {"signal": "logs", "sources": ["shop"], "destinations": ["other-collector"]},
        "traces": {"sources": ["otlp", "jaeger"], "processors": ["probes", "secrets", "owner"]},
        "zipkin": {"signal": "traces", "sources": ["zipkin"], "destinations": ["tempo", "central"]},
    },
}
"""Sources, processors and destinations of every kind that agents of Alloy can have."""
SAMPLED: dict[str, Any] = {
    "events": True,
    "gateway": {"replicas": 3, "volume_size": "10Gi"},
    "processors": {"sample": {"kind": "tail_sampling", "slow": "500ms", "percentage": 25}},
    "pipelines": {"traces": {"processors": ["span_metrics", "service_graph", "redact", "sample"]}},
}
"""Events, and traces that go through a gateway."""
BY_NAMESPACE: dict[str, Any] = {
    "index_labels": list(IndexLabel),
    "sources": {
        "containers": {"kind": "containers", "exclude_namespaces": ["restricted", "vault"]},
        "restricted": {"kind": "containers", "log_source": "api", "namespaces": ["restricted", "vault"]},
    },
    "pipelines": {"containers": {"sources": ["containers", "restricted"], "processors": ["redact"]}},
}
"""Containers that are read from files, but for those of two namespaces."""
NOT_AGENTS: dict[str, tuple[Role, dict[str, Any]]] = {
    "events": (
        Role.SINGLETON,
        {**SAMPLED, "sources": {"events": {"kind": "events", "exclude_namespaces": ["kube-system"]}}},
    ),
    "scraped": (Role.SINGLETON, FURTHER),
    "by-namespace-singleton": (Role.SINGLETON, BY_NAMESPACE),
    "gateway": (Role.GATEWAY, SAMPLED),
    "gateway-secured": (Role.GATEWAY, {**VARIANTS["secured"], **SAMPLED, "queue_size": "1Gi"}),
}
"""The other workloads, by the name of their recorded text."""
ALLOY_VARIANTS: dict[str, dict[str, Any]] = {
    **VARIANTS,
    "pipelines": FURTHER,
    "by-namespace": BY_NAMESPACE,
    "queued": {"queue_size": "1Gi", "host_ports": True},
    "sampled": SAMPLED,
    "sampled-secured": {**VARIANTS["secured"], **SAMPLED},
    "docker": {
        "sources": {"docker": {"kind": "docker"}},
        "pipelines": {"host": {"signal": "logs", "sources": ["docker"]}},
    },
}
"""The agents, by the name of their recorded text."""
CONFIGURATIONS = {**{name: (Role.AGENTS, changes) for name, changes in ALLOY_VARIANTS.items()}, **NOT_AGENTS}
"""Every configuration that is recorded, by its name."""


def text_of(name: str) -> str:
    """Return the text of a configuration that is recorded."""
    role, changes = CONFIGURATIONS[name]
    return config_of(role=role, **changes)
