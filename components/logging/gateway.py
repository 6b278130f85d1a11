"""The nginx gateway in front of Loki: TLS, logins, client certificates and tenants, and who may pass it by.

Loki trusts the header `X-Scope-OrgID`. So the gateway refuses tenants that are not listed or, where users log in as
tenants, sets the header to the user.
"""

import re
from typing import Any

from .._merge import deep_merge
from .._network_policy import ingress_policy
from .._nginx import chart_resolver, merge_gateway, resolver_globals
from .._tls import certificate_volume, refusal_lines, service_hosts, tls_lines
from .._workload import resources
from .modes import LokiRole
from .spec import LoggingSpec
from .workloads import placement

TLS_PORT = 443
STATUS_PORT = 8081
"""The port at which the exporter beside nginx reads its counters once the port for clients uses TLS."""

METRICS_PORTS = (3100, 8001, 9150)
"""Ports with the metrics of Loki, beside its API, of the rollout operator and of the exporters beside its caches."""

OPERATOR_PATHS = r"^/(flush|ingester|memberlist|config)(/|$)|(^|/)ring$"
"""Paths that stop, flush or forget ingesters or show the configuration; they are of no tenant, so no client may."""


def gateway_values(spec: LoggingSpec) -> dict[str, Any]:
    """Return the section of the gateway, and the names of the cluster's DNS that it resolves through."""
    workload = spec.workload(LokiRole.GATEWAY)
    base: dict[str, Any] = {
        "enabled": True,
        "replicas": workload.replicas,
        "resources": resources(workload.cpu, workload.memory),
        "nginxConfig": {
            "clientMaxBodySize": f"{spec.max_push_mib}M",
            "enableIPv6": spec.listens_on_ipv6 or not spec.ip_families,
        },
        **placement(workload),
    }
    parts = (base, _tenants(spec), _authentication(spec), chart_resolver(spec.dns_resolver))
    return {
        "global": resolver_globals(spec.dns_resolver, spec.cluster_domain),
        "gateway": merge_gateway(*parts),
    }


def _tenants(spec: LoggingSpec) -> dict[str, Any]:
    if not spec.tenants:
        return {}
    if spec.tenants_secret:
        # In each location: one with headers of its own inherits none of the server's.
        return {
            "basicAuth": {"enabled": True, "existingSecret": spec.tenants_secret},
            "nginxConfig": {"locationSnippet": "proxy_set_header X-Scope-OrgID $remote_user;"},
        }
    return {
        "nginxConfig": {
            "httpSnippet": tenant_maps(spec.tenants),
            "locationSnippet": "if ($stranger) { return 403; }",
        }
    }


def tenant_maps(tenants: tuple[str, ...]) -> str:
    """Return nginx maps that set `$stranger` for each request of a tenant that is not in `tenants`, except probes."""
    names = "|".join(re.escape(tenant) for tenant in tenants)
    return "\n".join(
        [
            "map $http_x_scope_orgid $tenant_known {",
            "  default 0;",
            f'  "~^({names})(\\|({names}))*$" 1;',
            "}",
            'map "$tenant_known $uri" $stranger {',
            "  default 0;",
            '  "~^0 /." 1;',
            "}",
        ]
    )


def _authentication(spec: LoggingSpec) -> dict[str, Any]:
    """Return what makes the gateway use TLS and require logins and client certificates."""
    if not spec.secured:
        return {}
    values: dict[str, Any] = _tls(spec) if spec.tls_secret else {}
    if spec.logins_secret:
        values["basicAuth"] = {"enabled": True, "existingSecret": spec.logins_secret}
    server = refusal_lines(spec.client_certificates)
    if spec.authenticates:
        server = [*server, f'if ($uri ~ "{OPERATOR_PATHS}") {{ return 403; }}']
    return deep_merge(values, {"nginxConfig": {"serverSnippet": "\n".join(server)}})


def _tls(spec: LoggingSpec) -> dict[str, Any]:
    http = tls_lines(spec.client_certificates)
    exporter: dict[str, Any] = {}
    if not spec.chart_is_v6:
        http = [*http, *_status_server()]
        url = f"http://127.0.0.1:{STATUS_PORT}/stub_status"
        exporter = {"metrics": {"extraArgs": ["--nginx.scrape-url", url]}}
    return {
        **exporter,
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


def tls_hosts(release_name: str, namespace: str, cluster_domain: str = "cluster.local") -> list[str]:
    """Return the names that the certificate in `tls_secret` must be valid for: those of the gateway."""
    return service_hosts(f"{release_name}-gateway", namespace, cluster_domain)


def network_policy_spec(spec: LoggingSpec) -> dict[str, Any]:
    """Return the NetworkPolicy that leaves the gateway as the only way to Loki."""
    return ingress_policy(spec.release_name, spec.metrics_namespaces, metrics_ports=METRICS_PORTS)
