"""Settings and arguments of `Certificate`, and their rules."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from pydantic import Field

from .._model import Plain, StrictModel
from .._shown import shown
from .._spec import Spec, Violation, rule
from ..units import Duration, Hostname, Name, hours, parse_duration


class IssuerKind(StrEnum):
    """The scope of an issuer: the cluster, or one namespace."""

    CLUSTER = "ClusterIssuer"
    NAMESPACE = "Issuer"


class CertificateSettings(StrictModel):
    """Validity of certificates: settings of a stack, and arguments of a program."""

    duration: Duration = Field(
        default="2160h",
        description="Time that a certificate is valid, in whole hours. Default: `2160h`, 90 days.",
        examples=["720h"],
    )
    renew_before: Duration = Field(
        default="720h",
        description="Time before its end at which a certificate is renewed, with a new key, in whole hours; less than "
        "`duration`. Default: `720h`, 30 days.",
        examples=["240h"],
    )


class CertificateSpec(CertificateSettings, Spec):
    """The checked arguments of `Certificate`."""

    namespace: Name = Field(
        description="Namespace of the certificate and of its Secret: that of the pods that present it."
    )
    secret_name: Name = Field(
        description="Secret that cert-manager writes `tls.crt`, `tls.key` and, where the issuer has one, `ca.crt` to; "
        "also the name of the certificate."
    )
    dns_names: Sequence[Hostname] = Field(
        min_length=1,
        description="Host names that the certificate is valid for, at least one; those of a client identify it.",
    )
    issuer: str = Field(
        min_length=1,
        description="Name of the issuer. For `ca.crt` it must have a CA of its own (kinds CA and Vault, not ACME).",
    )
    issuer_kind: Plain[IssuerKind] = Field(
        default=IssuerKind.CLUSTER, description="`ClusterIssuer`, or `Issuer` for one in the same namespace."
    )
    common_name: str = Field(
        default="",
        max_length=64,
        description="Common name, 64 characters at most, which servers log of clients. Default: none.",
    )

    @rule("renew_before", "duration")
    def _certificate_is_renewed_while_valid(self) -> str | None:
        if parse_duration(self.renew_before) >= parse_duration(self.duration):
            return (
                f"must be less than duration = {shown(self.duration)}, as a certificate would be renewed at once; "
                "lower it"
            )
        return None

    @rule("duration", "renew_before")
    def _durations_are_whole_hours(self) -> Iterator[Violation]:
        for name in ("duration", "renew_before"):
            text = getattr(self, name)
            try:
                hours(text)
            except ValueError as error:
                yield Violation(str(error), {name: f"{_nearest_hours(text)}h"}, at=(name,))


def _nearest_hours(text: str) -> int:
    return max(1, round(parse_duration(text).total_seconds() / 3600))
