"""A certificate that cert-manager issues and renews (https://cert-manager.io/docs/reference/api-docs/)."""

from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._kubernetes import MANAGED_BY
from .._outputs import known_after, outputs_of
from ..units import hours
from .args import CertificateArgs
from .spec import CertificateSpec

GROUP = "cert-manager.io"


class Certificate(pulumi.ComponentResource):
    """A certificate for servers and clients, issued and renewed by a cert-manager that runs in the cluster."""

    secret_name: pulumi.Output[str]
    """Secret with `tls.crt`, `tls.key` and `ca.crt`, which cert-manager creates shortly after the certificate."""

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Certificate "{name}"'
        spec = CertificateSpec.check(component, args)
        super().__init__("observability:index:Certificate", name, {**args}, opts)
        resolved: pulumi.Output[Any] = spec.resolve(component).apply(certificate_spec)
        certificate = CustomResource(
            f"{name}-certificate",
            api_version=f"{GROUP}/v1",
            kind="Certificate",
            metadata=ObjectMetaArgs(name=spec.secret_name, namespace=spec.namespace, labels=MANAGED_BY),
            spec=resolved,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.secret_name = known_after(spec.secret_name, certificate)
        self.register_outputs(outputs_of(self))


def certificate_spec(spec: CertificateSpec) -> dict[str, Any]:
    """Return the specification of a certificate for servers and clients, with a new key at every renewal."""
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
