"""Where the files of Secrets lie in Grafana's pod, which datasources name."""

from typing import Any

from .spec import GrafanaSpec

TLS_DIRECTORY = "/etc/grafana-tls"
"""`ca.crt`, `tls.crt` and `tls.key`."""

LOGIN_DIRECTORY = "/etc/grafana-login"
"""`username` and `password`."""


def secret_mounts(spec: GrafanaSpec) -> list[dict[str, Any]]:
    """Mount the Secrets that prove to Loki and Tempo who Grafana is."""
    found = (
        ("datasource-tls", spec.tls_secret, TLS_DIRECTORY),
        ("datasource-login", spec.login_secret, LOGIN_DIRECTORY),
    )
    return [
        {"name": name, "secretName": secret, "mountPath": directory, "readOnly": True, "defaultMode": 0o440}
        for name, secret, directory in found
        if secret
    ]
