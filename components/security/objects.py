"""The objects of cert-manager, as https://cert-manager.io/docs/reference/api-docs/ describes them."""

from typing import Any

from ..units import hours
from .spec import CertificateSpec

GROUP = "cert-manager.io"
API_VERSION = f"{GROUP}/v1"


def certificate(spec: CertificateSpec) -> dict[str, Any]:
    """Ask for a certificate that both a server and a client can show, with a new key at every renewal."""
    return {
        "secretName": spec.secret_name,
        **({"commonName": spec.common_name} if spec.common_name else {}),
        "dnsNames": list(spec.dns_names),
        "usages": ["digital signature", "server auth", "client auth"],
        "duration": hours(spec.duration),
        "renewBefore": hours(spec.renew_before),
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "issuerRef": {"group": GROUP, "kind": spec.issuer_kind.value, "name": spec.issuer},
    }
