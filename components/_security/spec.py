"""The arguments that say what clients must show, the same for every component that has clients."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
from pydantic import Field

from .._cluster import MonitorSpec
from .._model import Plain, placeholder
from .._objects import OptionalObjectName
from .._release_spec import ReleaseSpec
from .._spec import Violation, rule
from ..units import Name

LEAVE_OUT = "leave it out, or leave out the arguments for TLS and logins and say all of it in values"
"""The way out where a chart value would replace what clients are asked by, and no argument says the same."""


def certificates_need_tls(argument: str) -> Violation:
    """Return that client certificates lack TLS, in the same words for every component: a stack reads it once."""
    return Violation(
        "a certificate is presented over TLS only: configure TLS too (tls_secret or tls_directory; in a stack "
        "security.tls), or leave it out",
        {argument: placeholder(argument)},
    )


def given(argument: Any) -> bool:
    """Tell whether an argument was given, by its value or as an output that is yet to come."""
    return isinstance(argument, pulumi.Output) or bool(argument)


class SecuritySpec(ReleaseSpec, MonitorSpec):
    """TLS, client certificates and logins of a server."""

    tls_secret: Plain[OptionalObjectName] = Field(
        default="",
        description=(
            "Secret in the same namespace with `tls.crt`, `tls.key` and `ca.crt`: clients then use TLS. The "
            "certificate must be valid for the names that `tls_hosts` returns; a renewed one is read without new pods, "
            "another `ca.crt` only by new ones. Default: none, and no TLS."
        ),
    )
    client_certificates: Plain[bool] = Field(
        default=False,
        description="Whether clients must present a certificate that `ca.crt` of `tls_secret` signed.",
    )
    logins_secret: OptionalObjectName = Field(
        default="",
        description=(
            "Secret in the same namespace whose key `.htpasswd` holds the logins that the gateway asks for; a login "
            "may name any tenant. The hash is checked at each request, so that a slow one costs CPU. "
            "Default: none, and no logins."
        ),
    )
    metrics_namespaces: Sequence[Name] = Field(
        default=(),
        description=(
            "Namespaces whose pods may reach the metrics past the gateway, where the gateway asks for logins or "
            "certificates: a NetworkPolicy keeps all others out. Required then with `service_monitor`. Default: none."
        ),
        examples=[["monitoring"]],
    )

    @property
    def scheme(self) -> str:
        """The scheme of the URLs that clients use."""
        return "https" if self.tls_secret else "http"

    @property
    def secured(self) -> bool:
        """Whether clients are asked for anything, or spoken to by TLS."""
        return bool(self.tls_secret) or self.authenticates

    @property
    def authenticates(self) -> bool:
        """Whether clients must prove who they are."""
        return self.client_certificates or given(self.logins_secret)

    @property
    def reserved_values(self) -> Mapping[str, str]:
        """Places among the chart values that the protection is made of, each with what is to be used instead."""
        return {}

    @rule("client_certificates", "tls_secret")
    def _client_certificates_need_tls(self) -> Violation | None:
        return certificates_need_tls("tls_secret") if self.client_certificates and not self.tls_secret else None

    @rule("values", "tls_secret", "client_certificates", "logins_secret")
    def _values_leave_the_protection_whole(self) -> Iterator[Violation]:
        for place, fix in self.reserved_values.items():
            path = place.split(".")
            if _touched(self.values, path):
                at = _deepest(self.values, path)
                yield Violation(f"{place} would replace what clients are asked by: {fix}", at=("values", *at))


def _deepest(values: Any, path: Sequence[str]) -> Sequence[str]:
    """Return the part of `path` that is there."""
    for depth, key in enumerate(path):
        if not isinstance(values, Mapping) or key not in values:
            return path[:depth]
        values = values[key]
    return path


def _touched(values: Any, path: Sequence[str]) -> bool:
    """Tell whether a value stands at `path`, or on the way to it: a null removes what the chart is given there, too."""
    for key in path:
        if not isinstance(values, Mapping):
            return True
        if key not in values:
            return False
        values = values[key]
    return True


def locked_out_metrics(metrics_namespaces: Sequence[str]) -> Violation | None:
    """Return that nothing could scrape pods that only their gateway may reach, where no namespace is let in."""
    if metrics_namespaces:
        return None
    return Violation(
        "is missing: a NetworkPolicy keeps everybody from the pods behind the gateway, Prometheus too; name the "
        "namespace that it runs in, or set service_monitor to false",
        {"metrics_namespaces": [placeholder("metrics_namespaces")]},
    )


def open_logins(spec: SecuritySpec) -> list[str]:
    """Warn where logins cross the network as anybody can read them."""
    if given(spec.logins_secret) and not spec.tls_secret:
        return ["logins_secret without tls_secret: names and passwords cross the network unencrypted."]
    return []
