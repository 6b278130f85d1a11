"""A certificate that cert-manager issues and renews."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._known import after
from .._pod_security import MANAGED_BY
from .objects import API_VERSION, certificate
from .spec import CertificateSpec


class CertificateArgs(TypedDict):
    """Arguments of `Certificate`."""

    namespace: pulumi.Input[str]
    """Namespace of the certificate and of its Secret: that of the pods that show it."""
    secret_name: pulumi.Input[str]
    """Secret that cert-manager writes `tls.crt`, `tls.key` and, where the issuer has one, `ca.crt` into; also the name
    of the certificate."""
    dns_names: pulumi.Input[Sequence[str]]
    """Host names that the certificate is good for, at least one; a client's stand for who it is."""
    issuer: pulumi.Input[str]
    """Name of the issuer. For `ca.crt` it must be one with a CA of its own (kinds CA and Vault, not ACME)."""
    issuer_kind: NotRequired[str]
    """`ClusterIssuer`, or `Issuer` for one in the same namespace. Default: `ClusterIssuer`."""
    common_name: NotRequired[pulumi.Input[str]]
    """Common name, 64 characters at most, which servers log of clients. Default: none."""
    duration: NotRequired[pulumi.Input[str]]
    """How long a certificate holds, in whole hours. Default: `2160h`, 90 days."""
    renew_before: NotRequired[pulumi.Input[str]]
    """How long before its end a certificate is renewed, with a new key, in whole hours; less than `duration`.
    Default: `720h`, 30 days."""


class Certificate(pulumi.ComponentResource):
    """A certificate for servers and clients, issued and renewed by a cert-manager that runs in the cluster."""

    secret_name: pulumi.Output[str]
    """Secret with `tls.crt`, `tls.key` and `ca.crt`, which is there shortly after the certificate was asked for."""

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Certificate "{name}"'
        spec = CertificateSpec.check(component, args, CertificateArgs)
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
