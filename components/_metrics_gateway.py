"""The nginx in front of Prometheus and of Thanos, which asks clients for certificates and logins.

Their own servers have an HTTPS configuration, but none that asks clients: it would ask the kubelet, the reloader of the
operator and the sidecar too, which present nothing, and excepts no path
(https://prometheus.io/docs/prometheus/latest/configuration/https/). Queries, pushes and metrics are passed on alone, as
`/-/quit` and `/-/reload` are of no client.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from ._ip_families import IpFamiliesSpec
from ._nginx import nginx_file
from ._pods import PodSettings
from ._tls import CERTIFICATES, AuthenticationSpec, refusal_lines, tls_lines
from ._workload import NO_PRIVILEGES, resources

CONTAINER = "gateway"
CONFIG_KEY = "nginx.conf"
IMAGE = "nginxinc/nginx-unprivileged:1.31-alpine"
"""The image of the gateways of Loki and Tempo."""
MAX_BODY_MIB = 64
_USER = 101
_LOGINS = "/etc/nginx/secrets"


class MetricsGatewaySpec(AuthenticationSpec, PodSettings, IpFamiliesSpec):
    """The arguments that decide about nginx."""


def gateway_config(spec: MetricsGatewaySpec, port: int, locations: Sequence[str], http: Sequence[str] = ()) -> str:
    """Return the configuration of nginx with a server at `port`; `http` are further lines before it."""
    tls = " ssl" if spec.tls_secret else ""
    addresses = [f"{port}", *([f"[::]:{port}"] if spec.listens_on_ipv6 else [])]
    logins = ['auth_basic "metrics";', f"auth_basic_user_file {_LOGINS}/.htpasswd;"] if spec.logins_secret else []
    server = [
        *(f"listen {address}{tls};" for address in addresses),
        *refusal_lines(spec.client_certificates),
        *logins,
        "location = / { auth_basic off; return 200 'OK'; }",
        *locations,
        "location / { return 404; }",
    ]
    lines = [
        # Answers are passed on as they come, and not written to the volume.
        "proxy_max_temp_file_size 0;",
        *http,
        *(tls_lines(spec.client_certificates) if spec.tls_secret else []),
        "server {",
        *(f"  {line}" for line in server),
        "}",
    ]
    return nginx_file(lines, MAX_BODY_MIB)


def gateway_name(release_name: str) -> str:
    """Return the name of the objects of nginx."""
    return f"{release_name}-{CONTAINER}"


def checksum(config: str) -> dict[str, str]:
    """Return the annotation that restarts the pods with another configuration."""
    return {"checksum/gateway": hashlib.sha256(config.encode()).hexdigest()[:16]}


def gateway_container(spec: MetricsGatewaySpec, port: int) -> dict[str, Any]:
    """Return the container of nginx; only the certificate and the logins are read again while it runs."""
    scheme = "HTTPS" if spec.tls_secret else "HTTP"
    probe = {"httpGet": {"path": "/", "port": CONTAINER, "scheme": scheme}}
    return {
        "name": CONTAINER,
        "image": f"{spec.image_registry or 'docker.io'}/{IMAGE}",
        "ports": [{"name": CONTAINER, "containerPort": port, "protocol": "TCP"}],
        "livenessProbe": probe,
        "readinessProbe": probe,
        "resources": resources("20m", "64Mi"),
        "securityContext": {**NO_PRIVILEGES, "runAsNonRoot": True, "runAsUser": _USER, "runAsGroup": _USER},
        "volumeMounts": [
            {"name": "gateway-config", "mountPath": f"/etc/nginx/{CONFIG_KEY}", "subPath": CONFIG_KEY},
            {"name": "gateway-tmp", "mountPath": "/tmp"},
            *([certificate_mount()] if spec.tls_secret else []),
            *([{"name": "logins", "mountPath": _LOGINS, "readOnly": True}] if spec.logins_secret else []),
        ],
    }


def gateway_volumes(spec: MetricsGatewaySpec, config_map: str) -> list[dict[str, Any]]:
    """Return the volumes of that container, of which that of the certificate is for other containers too."""
    volumes: list[dict[str, Any]] = [
        {"name": "gateway-config", "configMap": {"name": config_map}},
        {"name": "gateway-tmp", "emptyDir": {"sizeLimit": "1Gi"}},
    ]
    if spec.tls_secret:
        volumes += certificate_volumes(spec.tls_secret)
    if spec.logins_secret:
        volumes.append({"name": "logins", "secret": {"secretName": spec.logins_secret}})
    return volumes


def certificate_volumes(secret: str) -> list[dict[str, Any]]:
    """Return the volume of the certificate."""
    return [{"name": "tls", "secret": {"secretName": secret}}]


def certificate_mount() -> dict[str, Any]:
    """Return the mount of the certificate in a container."""
    return {"name": "tls", "mountPath": CERTIFICATES, "readOnly": True}
