"""TLS, client certificates and logins of servers: arguments, volumes and the configuration of nginx."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
from pydantic import Field

from ._cluster import MonitorSpec
from ._kubernetes import OptionalObjectName
from ._model import Plain, placeholder
from ._release_spec import ReleaseSpec, reserved_violations
from ._shown import shown
from ._spec import Spec, Violation, rule
from .units import Hostname, Name

CERTIFICATES = "/tls"
"""Mount path of the Secret with the certificate."""

LEAVE_OUT = "remove it, or remove the arguments for TLS and logins and configure both in values"
"""Fix for a chart value that would replace the configuration of TLS and logins, and that no argument sets."""


def certificates_need_tls(argument: str) -> Violation:
    """Return the violation of client certificates without TLS, in the same words for every component.

    `argument` is where the component takes its certificate from. A stack reports equal messages once.
    """
    return Violation(
        "a client certificate requires TLS; configure TLS (in a stack security.tls), or remove it",
        {argument: placeholder(argument)},
    )


def server_name_violation(name: str | None, url: str, tls_secret: str) -> Violation | None:
    """Return the violation of a name in the certificate of an Alertmanager that no request could check."""
    if name and not (url.startswith("https://") and tls_secret):
        message = (
            "requires tls_secret, whose authority is trusted, and an alertmanager_url of https; set both, or remove it"
        )
        return Violation(message, {"tls_secret": placeholder("tls_secret")})
    return None


def is_set(argument: Any) -> bool:
    """Whether an argument has a value, or is an output."""
    return isinstance(argument, pulumi.Output) or bool(argument)


class TlsSpec(Spec):
    """The certificate of a component, and whether its peers require one of each other."""

    tls_secret: OptionalObjectName = Field(
        default="", description="Secret in the same namespace with `tls.crt`, `tls.key` and `ca.crt`. Default: none."
    )
    client_certificates: bool = Field(default=False, description="Whether clients present a certificate.")

    @rule("client_certificates", "tls_secret")
    def _client_certificates_need_tls(self) -> Violation | None:
        return certificates_need_tls("tls_secret") if self.client_certificates and not self.tls_secret else None


class RulerClientSpec(Spec):
    """The name by which a ruler knows an Alertmanager with certificates of the same authority as its own."""

    alertmanager_server_name: Hostname | None = Field(
        default=None,
        description=(
            "Name in the certificate of an Alertmanager whose authority is that of `tls_secret`: with "
            "`client_certificates` the ruler presents its own. Default: none, and an `https` URL is trusted by public "
            "authorities."
        ),
        examples=["prometheus-alertmanager.monitoring.svc"],
    )


class AuthenticationSpec(TlsSpec):
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
            "Secret in the same namespace whose key `.htpasswd` holds the logins that clients must have. The hash is "
            "checked at each request, so that a slow one costs CPU. Default: none, and no logins."
        ),
    )

    @property
    def scheme(self) -> str:
        """The scheme of the URLs that clients use."""
        return "https" if self.tls_secret else "http"

    @property
    def secured(self) -> bool:
        """Whether the server uses TLS or authenticates its clients."""
        return bool(self.tls_secret) or self.authenticates

    @property
    def authenticates(self) -> bool:
        """Whether clients must present a certificate or a login."""
        return self.client_certificates or is_set(self.logins_secret)


class SecuritySpec(AuthenticationSpec, ReleaseSpec, MonitorSpec):
    """TLS, client certificates and logins of a server behind the gateway of its chart."""

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
    def reserved_values(self) -> Mapping[str, str]:
        """Chart values that configure TLS and logins, which `values` must not set, each with its fix."""
        return {}

    @rule("values", "tls_secret", "client_certificates", "logins_secret")
    def _values_set_no_reserved_value(self) -> Iterator[Violation]:
        yield from reserved_violations(self.values, self.reserved_values, "the configuration of TLS and logins")


def metrics_namespaces_problem(metrics_namespaces: Sequence[str]) -> Violation | None:
    """Return the violation of an empty `metrics_namespaces` where a NetworkPolicy would block every scrape."""
    if metrics_namespaces:
        return None
    return Violation(
        "is missing: a NetworkPolicy blocks all ingress to the pods behind the gateway, also from Prometheus; "
        "set the namespace of Prometheus, or set service_monitor to false",
        {"metrics_namespaces": [placeholder("metrics_namespaces")]},
    )


def login_warnings(spec: AuthenticationSpec) -> list[str]:
    """Return the warning of logins without TLS, none with it."""
    if is_set(spec.logins_secret) and not spec.tls_secret:
        return [
            "logins_secret: without tls_secret, names and passwords cross the network unencrypted; set tls_secret (in "
            "a stack security.tls)."
        ]
    return []


def allowed_changes_warnings(allowed: Sequence[str]) -> list[str]:
    """Return the warning of changes that the update guard does not check, none where there are none."""
    if not allowed:
        return []
    return [f"allow_changes = {shown(list(allowed))}: these changes are not guarded; remove it after the update."]


def certificate_volume(secret: str) -> dict[str, Any]:
    """Return the chart values that mount the Secret of the certificate in the pods of a workload."""
    return {
        "extraVolumes": [{"name": "tls", "secret": {"secretName": secret}}],
        "extraVolumeMounts": [{"name": "tls", "mountPath": CERTIFICATES, "readOnly": True}],
    }


def service_hosts(service: str, namespace: str, cluster_domain: str) -> list[str]:
    """Return every DNS name of a Service, from its short name to the one with the domain of the cluster."""
    return [
        service,
        f"{service}.{namespace}",
        f"{service}.{namespace}.svc",
        f"{service}.{namespace}.svc.{cluster_domain}",
    ]


def tls_lines(client_certificates: bool) -> list[str]:
    """Return the lines of the http block, by which a renewed certificate is used from the next connection on.

    nginx reads a file whose name has a variable at each handshake, any other at its start. The name of the CA
    certificate takes no variable: another CA needs new pods.
    """
    lines = [
        f'map "" $certificates {{ default {CERTIFICATES}; }}',
        "ssl_certificate $certificates/tls.crt;",
        "ssl_certificate_key $certificates/tls.key;",
        "ssl_protocols TLSv1.2 TLSv1.3;",
    ]
    if not client_certificates:
        return lines
    return [
        *lines,
        f"ssl_client_certificate {CERTIFICATES}/ca.crt;",
        "ssl_verify_depth 3;",
        # The kubelet presents no certificate, and requests / alone.
        "ssl_verify_client optional;",
        'map "$ssl_client_verify $uri" $unproven {',
        "  default 1;",
        '  "~^SUCCESS " 0;',
        '  "~^NONE /$" 0;',
        "}",
    ]


def refusal_lines(client_certificates: bool) -> list[str]:
    """Return the lines of each server block, which apply before its locations."""
    return ["if ($unproven) { return 403; }"] if client_certificates else []
