"""The collectors that the tests look at; `python -m tests.unit.telemetry.examples` records their texts again."""

import re
from pathlib import Path
from typing import Any

from components.telemetry.alloy_config import alloy_config
from components.telemetry.spec import TelemetrySpec

GOLDEN = Path(__file__).parents[2] / "golden"

BACKENDS: dict[str, Any] = {
    "namespace": "telemetry",
    "logs_push_url": "http://loki-gateway.logging/loki/api/v1/push",
    "logs_otlp_url": "http://loki-gateway.logging/otlp",
    "traces_otlp_endpoint": "tempo-distributor.tracing:4317",
    "metrics_otlp_url": "http://prometheus-operated.monitoring:9090/api/v1/otlp",
}

VARIANTS: dict[str, dict[str, Any]] = {
    "files": {},
    "everything": {
        "cluster": "prod-eu1",
        "extra_labels": {"environment": "production"},
        "placement_labels": True,
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
    "logs-only": {
        "traces_otlp_endpoint": "",
        "metrics_otlp_url": "",
        "kubernetes_attributes": False,
        "structured_metadata": [],
    },
}


def telemetry_spec(**changes: Any) -> TelemetrySpec:
    return TelemetrySpec.check('Telemetry "test"', {**BACKENDS, **changes})


def config_of(**changes: Any) -> str:
    """Return the configuration of a collector that differs from the plain one by `changes`."""
    return alloy_config(telemetry_spec(**changes))


def component(config: str, name: str) -> str:
    """Return the text of one component of a configuration."""
    found = re.search(rf"^{re.escape(name)} .*?^}}$", config, re.MULTILINE | re.DOTALL)
    assert found, f"there is no {name}"
    return found[0]


if __name__ == "__main__":
    for name, changes in VARIANTS.items():
        (GOLDEN / f"telemetry-{name}.alloy").write_text(config_of(**changes))
