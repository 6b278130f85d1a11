"""Where a server finds its certificate, and the authority of its clients."""

from typing import Any

CERTIFICATES = "/tls"
"""Where the Secret with the certificate lies in the pod."""


def certificate_volume(secret: str) -> dict[str, Any]:
    """Give the chart values that lay the Secret into the pods of a workload."""
    return {
        "extraVolumes": [{"name": "tls", "secret": {"secretName": secret}}],
        "extraVolumeMounts": [{"name": "tls", "mountPath": CERTIFICATES, "readOnly": True}],
    }
