"""What the gateway asks of clients beside a tenant: TLS, a certificate, a login."""

from typing import Any

from .._merge import deep_merge
from .._network_policy import ingress_policy
from .._tls import certificate_volume, refusal_lines, service_hosts, tls_lines
from .spec import LoggingSpec

TLS_PORT = 443
STATUS_PORT = 8081
"""Where the exporter beside nginx reads its counters once the port for clients speaks TLS."""

METRICS_PORTS = (3100, 9150)
"""Ports of Loki, and of the exporters beside its caches, that have metrics; Loki's has its API too."""


FOR_OPERATORS = r"^/(flush|ingester|memberlist|config)(/|$)|(^|/)ring$"
"""Paths that end, flush or forget ingesters and show the configuration: of everybody, so no client's."""


def tls_hosts(release_name: str, namespace: str, cluster_domain: str = "cluster.local") -> list[str]:
    """Give the names that the certificate in `tls_secret` must be good for: those of the gateway."""
    return service_hosts(f"{release_name}-gateway", namespace, cluster_domain)


def secure_gateway(spec: LoggingSpec) -> dict[str, Any]:
    """Give the part of the gateway's values that speaks TLS and asks for logins and certificates."""
    if not spec.secured:
        return {}
    values: dict[str, Any] = _tls(spec) if spec.tls_secret else {}
    if spec.logins_secret:
        values["basicAuth"] = {"enabled": True, "existingSecret": spec.logins_secret}
    server = refusal_lines(spec.client_certificates)
    if spec.authenticates:
        server = [*server, f'if ($uri ~ "{FOR_OPERATORS}") {{ return 403; }}']
    return deep_merge(values, {"nginxConfig": {"serverSnippet": "\n".join(server)}})


def _tls(spec: LoggingSpec) -> dict[str, Any]:
    http = tls_lines(spec.client_certificates)
    counters: dict[str, Any] = {}
    if not spec.chart_version.startswith("6."):
        http = [*http, *_status_server()]
        url = f"http://127.0.0.1:{STATUS_PORT}/stub_status"
        counters = {"metrics": {"extraArgs": ["--nginx.scrape-url", url]}}
    return {
        **counters,
        **certificate_volume(spec.tls_secret),
        "service": {"port": TLS_PORT},
        "readinessProbe": {"httpGet": {"scheme": "HTTPS"}},
        "nginxConfig": {"ssl": True, "httpSnippet": "\n".join(http)},
    }


def _status_server() -> list[str]:
    return [
        "server {",
        f"  listen 127.0.0.1:{STATUS_PORT};",
        "  access_log off;",
        "  location = /stub_status { stub_status on; }",
        "}",
    ]


def closed_pods(spec: LoggingSpec) -> dict[str, Any]:
    """Give the NetworkPolicy that leaves the gateway as the only way to Loki."""
    return ingress_policy(spec.release_name, spec.metrics_namespaces, metrics_ports=METRICS_PORTS)
