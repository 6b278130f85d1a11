"""The collectors that the tests of both engines look at, and their texts with Alloy."""

import re
from pathlib import Path
from typing import Any

from components._collector_roles import Role
from components._log_labels import IndexLabel
from components.telemetry.alloy.config import alloy_config
from components.telemetry.spec import TelemetrySpec

GOLDEN = Path(__file__).parents[2] / "golden"
AGAIN = "where the difference is meant: python -m tests.collector_texts"

BACKENDS: dict[str, Any] = {
    "namespace": "telemetry",
    "logs_push_url": "http://loki-gateway.logging/loki/api/v1/push",
    "logs_otlp_url": "http://loki-gateway.logging/otlp",
    "traces_otlp_endpoint": "tempo-distributor.tracing:4317",
    "metrics_otlp_url": "http://prometheus-operated.monitoring:9090/api/v1/otlp",
}


def secret_key(key: str) -> dict[str, str]:
    """Return the reference to a key of the Secret of the metrics store."""
    return {"secret": "metrics-login", "key": key}


BASIC_AUTH: dict[str, Any] = {"username": "123456", "password": secret_key("password")}
CLIENT: dict[str, Any] = {
    "tenant": "acme",
    "tls": {
        "ca": secret_key("ca.crt"),
        "certificate": secret_key("tls.crt"),
        "key": secret_key("tls.key"),
        "server_name": "metrics.example.org",
    },
}
"""Tenant and TLS of a client of the metrics store."""

VARIANTS: dict[str, dict[str, Any]] = {
    "files": {},
    "everything": {
        "cluster": "prod-eu1",
        "extra_labels": {"environment": "production"},
        "index_labels": list(IndexLabel),
        "logs_tenant": "acme",
        "namespace_tenants": {"shop": "team-a", "cart": "team-a", "search": "team-b"},
        "node_local_otlp": True,
        "log_level": "debug",
    },
    "api": {"log_source": "api", "traces_otlp_endpoint": "https://tempo.example.org:4318"},
    "secured": {
        "logs_push_url": "https://loki-gateway.logging/loki/api/v1/push",
        "logs_otlp_url": "https://loki-gateway.logging/otlp",
        "metrics_otlp_url": "https://prometheus.example.org/api/v1/otlp",
        "tls_secret": "alloy-tls",
        "client_certificates": True,
        "login_secret": "alloy-login",
        "receiver_tls": True,
    },
    "remote-write": {
        "metrics_otlp_url": "",
        "metrics_remote_write_url": "https://aps.example.org/workspaces/ws-0/api/v1/remote_write",
    },
    "metrics-login": {
        "metrics_otlp_url": "https://metrics.example.org/otlp",
        "metrics_client": {**CLIENT, "basic_auth": BASIC_AUTH},
    },
    "metrics-login-remote-write": {
        "metrics_otlp_url": "",
        "metrics_remote_write_url": "https://metrics.example.org/api/v1/push",
        "metrics_client": {**CLIENT, "headers": {"X-Api-Key": secret_key("api-key")}, "basic_auth": BASIC_AUTH},
    },
    "logs-only": {
        "traces_otlp_endpoint": "",
        "metrics_otlp_url": "",
        "kubernetes_attributes": False,
        "structured_metadata": [],
    },
}


def telemetry_spec(**changes: Any) -> TelemetrySpec:
    return TelemetrySpec.check('Telemetry "test"', {**BACKENDS, **changes})


def config_of(*, role: Role = Role.AGENTS, **changes: Any) -> str:
    """Return the configuration of a collector that differs from the plain one by `changes`."""
    return alloy_config(telemetry_spec(**changes), role)


def component(config: str, name: str) -> str:
    """Return the text of one component of a configuration."""
    found = re.search(rf"^{re.escape(name)} .*?^}}$", config, re.MULTILINE | re.DOTALL)
    assert found, f"there is no {name}"
    return found[0]
