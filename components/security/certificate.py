"""A certificate that cert-manager issues and renews."""

from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._known import after
from .._pod_security import MANAGED_BY
from .args import CertificateArgs
from .objects import API_VERSION, certificate
from .spec import CertificateSpec


class Certificate(pulumi.ComponentResource):
    """A certificate for servers and clients, issued and renewed by a cert-manager that runs in the cluster."""

    secret_name: pulumi.Output[str]
    """Secret with `tls.crt`, `tls.key` and `ca.crt`, which is there shortly after the certificate was asked for."""

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Certificate "{name}"'
        spec = CertificateSpec.check(component, args)
        super().__init__("observability:index:Certificate", name, {**args}, opts)
        known = spec.resolve(component)
        wanted: pulumi.Output[Any] = known.apply(certificate)
        made = CustomResource(
            f"{name}-certificate",
            api_version=API_VERSION,
            kind="Certificate",
            metadata=ObjectMetaArgs(name=spec.secret_name, namespace=spec.namespace, labels=MANAGED_BY),
            spec=wanted,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.secret_name = after(spec.secret_name, made)
        self.register_outputs({"secretName": self.secret_name})
