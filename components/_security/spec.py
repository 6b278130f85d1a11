"""The arguments that say what clients must show, the same for every component that has clients."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi

from .._objects import OptionalObjectName
from .._release_spec import ReleaseSpec
from .._spec import rule
from ..units import Name

LEAVE_OUT = "leave it out, or leave out the arguments for TLS and logins and say all of it in values"
"""The way out where a chart value would replace what clients are asked by, and no argument says the same."""


def given(argument: Any) -> bool:
    """Tell whether an argument was given, by its value or as an output that is yet to come."""
    return isinstance(argument, pulumi.Output) or bool(argument)


class SecuritySpec(ReleaseSpec):
    """TLS, client certificates and logins."""

    tls_secret: OptionalObjectName = ""
    client_certificates: bool = False
    logins_secret: OptionalObjectName = ""
    metrics_namespaces: Sequence[Name] = ()
    service_monitor: bool = False

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
    def kept_values(self) -> Mapping[str, str]:
        """Places among the chart values that the protection is made of, each with what is to be used instead."""
        return {}

    @rule("client_certificates", "tls_secret")
    def _certificates_are_shown_by_tls(self) -> str | None:
        if self.client_certificates and not self.tls_secret:
            return (
                "a client shows its certificate in TLS alone: name in tls_secret the Secret with tls.crt, tls.key and "
                "ca.crt, or leave client_certificates out"
            )
        return None

    @rule("values", "tls_secret", "client_certificates", "logins_secret")
    def _values_leave_the_protection_whole(self) -> str | None:
        return "; ".join(_replacements(self.values, self.kept_values)) or None


def _replacements(values: Mapping[str, Any], kept: Mapping[str, str]) -> Iterator[str]:
    for place, way_out in kept.items():
        if _touched(values, place.split(".")):
            yield f"{place} would replace what clients are asked by: {way_out}"


def _touched(values: Any, path: Sequence[str]) -> bool:
    """Tell whether a value stands at `path`, or on the way to it: a null removes what the chart is given there, too."""
    for key in path:
        if not isinstance(values, Mapping):
            return True
        if key not in values:
            return False
        values = values[key]
    return True


def locked_out_metrics(metrics_namespaces: Sequence[str]) -> str | None:
    """Say that nobody could scrape pods that only their gateway may reach, where no namespace is let in."""
    if metrics_namespaces:
        return None
    return (
        "a NetworkPolicy keeps everybody from the pods behind the gateway, Prometheus too: name the namespace that it "
        "runs in, or set service_monitor to false"
    )


def open_logins(spec: SecuritySpec) -> list[str]:
    """Warn where logins cross the network as anybody can read them."""
    if given(spec.logins_secret) and not spec.tls_secret:
        return ["logins_secret without tls_secret: names and passwords cross the network unencrypted."]
    return []
