"""What the arguments of certificates and logins must be."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from .._spec import Spec, rule
from ..units import Duration, Hostname, Name, form, hours, parse_duration


class IssuerKind(StrEnum):
    """Whose issuer it is: the cluster's, or that of a namespace."""

    CLUSTER = "ClusterIssuer"
    NAMESPACE = "Issuer"


class CertificateSpec(Spec):
    """The checked arguments of `Certificate`."""

    namespace: Name
    secret_name: Name
    dns_names: Sequence[Hostname] = Field(min_length=1)
    issuer: str = Field(min_length=1)
    issuer_kind: IssuerKind = IssuerKind.CLUSTER
    common_name: str = Field(default="", max_length=64)
    duration: Duration = "2160h"
    renew_before: Duration = "720h"

    @rule("renew_before", "duration")
    def _it_is_renewed_while_it_holds(self) -> str | None:
        if parse_duration(self.renew_before) >= parse_duration(self.duration):
            return f"it would be renewed at once, as it holds for {self.duration}: use less than that"
        return None

    @rule("duration", "renew_before")
    def _both_are_whole_hours(self) -> str | None:
        try:
            hours(self.duration), hours(self.renew_before)
        except ValueError as error:
            return str(error)
        return None


class ClientLoginSpec(Spec):
    """The checked arguments of `ClientLogin`."""

    namespace: Name
    username: Annotated[str, form(r"[A-Za-z0-9._-]+", "a name of letters, digits, '.', '_' and '-'")]
    secret_name: Name | None = None


class GatewayLoginsSpec(Spec):
    """The checked arguments of `GatewayLogins`."""

    namespace: Name
    # Any: each is a text or an output of one, checked when it is known.
    htpasswd: Sequence[Any] = Field(min_length=1)
    secret_name: Name = "gateway-logins"
