"""Where a server finds its certificate and the authority of its clients, and the names that it must be good for."""

from typing import Any

CERTIFICATES = "/tls"
"""Where the Secret with the certificate lies in the pod."""


def certificate_volume(secret: str) -> dict[str, Any]:
    """Give the chart values that lay the Secret into the pods of a workload."""
    return {
        "extraVolumes": [{"name": "tls", "secret": {"secretName": secret}}],
        "extraVolumeMounts": [{"name": "tls", "mountPath": CERTIFICATES, "readOnly": True}],
    }


def service_hosts(service: str, namespace: str, cluster_domain: str) -> list[str]:
    """Give every name of a Service, from the one that its own namespace uses to the one with the cluster's domain."""
    return [
        service,
        f"{service}.{namespace}",
        f"{service}.{namespace}.svc",
        f"{service}.{namespace}.svc.{cluster_domain}",
    ]
