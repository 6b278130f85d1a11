"""`observability:security`: TLS and authentication between the collectors, Grafana and the stores of the stack."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from components._model import USER_KNOWN, AlsoCalled, StrictModel
from components.certificates.spec import CertificateSettings, IssuerKind
from components.units import Name


class Tls(StrEnum):
    """The source of the certificates of the stores, the collectors and Grafana."""

    NONE = "none"
    CERT_MANAGER = "cert-manager"
    EXISTING = "existing"


class Authentication(StrEnum):
    """The authentication of the collectors, Grafana and Tempo to the stores."""

    NONE = "none"
    BASIC = "basic"
    MTLS = "mtls"


class Issuer(StrictModel):
    """The issuer of cert-manager, one with a CA of its own."""

    name: Annotated[str, USER_KNOWN] = Field(
        min_length=1, description="Name of the issuer.", examples=["observability-ca"]
    )
    kind: IssuerKind = Field(
        default=IssuerKind.CLUSTER,
        description="`ClusterIssuer`, or `Issuer` for one of this name in every namespace.",
        examples=["ClusterIssuer"],
    )


class CertificateSecrets(CertificateSettings):
    """Secrets with `tls.crt`, `tls.key` and `ca.crt`, each in the namespace of its pods; how long certificates hold."""

    loki: Name = Field(default="loki-tls", description="Secret of Loki's gateway.", examples=["loki-tls"])
    tempo: Name = Field(default="tempo-tls", description="Secret of Tempo.", examples=["tempo-tls"])
    collectors: Name = Field(default="alloy-tls", description="Secret of the collectors.", examples=["alloy-tls"])
    grafana: Name = Field(default="grafana-tls", description="Secret of Grafana.", examples=["grafana-tls"])
    prometheus: Name = Field(
        default="prometheus-tls",
        description="Secret of the stack's own Prometheus and its sidecars.",
        examples=["prometheus-tls"],
    )
    thanos: Name = Field(default="thanos-tls", description="Secret of Thanos.", examples=["thanos-tls"])


class LoginSecrets(StrictModel):
    """Existing Secrets: logins as clients use them, and as servers check them."""

    collectors: Annotated[Name, USER_KNOWN] = Field(
        description="Secret with `username` and `password`, in the namespace of the collectors.",
        examples=["alloy-login"],
    )
    grafana: Annotated[Name, USER_KNOWN] = Field(
        description="Secret with `username` and `password`, in the namespace of Grafana.", examples=["grafana-login"]
    )
    loki: Annotated[Name, USER_KNOWN] | None = Field(
        default=None,
        description="Secret with both logins in `.htpasswd`, in the namespace of Loki; required with the stack's own "
        "Loki unless `logging.tenants_secret` takes its place. Default: none.",
        examples=["loki-logins"],
    )
    tempo: Annotated[Name, USER_KNOWN] | None = Field(
        default=None,
        description="Secret with both logins in `.htpasswd`, in the namespace of Tempo; required with the stack's own "
        "Tempo. Default: none.",
        examples=["tempo-logins"],
    )
    generator: Annotated[Name, USER_KNOWN] | None = Field(
        default=None,
        description="Secret with `username` and `password`, in the namespace of Tempo, with which its metrics "
        "generator writes; required with the stack's own Prometheus and Tempo. Default: none.",
        examples=["tempo-login"],
    )
    prometheus: Annotated[Name, USER_KNOWN] | None = Field(
        default=None,
        description="Secret with all three logins in `.htpasswd`, in the namespace of Prometheus and Thanos; required "
        "with the stack's own Prometheus. Default: none.",
        examples=["prometheus-logins"],
    )


class SecurityArea(StrictModel):
    """Settings under `observability:security`: TLS and authentication between collectors, Grafana and the stores."""

    tls: Annotated[Tls, AlsoCalled((("given", "existing"),))] = Field(
        default=Tls.NONE,
        description="`none`: plain text. `cert-manager`: certificates of `issuer`. `existing`: Secrets that exist.",
        examples=["cert-manager"],
    )
    issuer: Issuer | None = Field(
        default=None,
        description="Issuer of the certificates; required with tls `cert-manager`. Default: none.",
        examples=[{"name": "observability-ca"}],
    )
    authentication: Authentication = Field(
        default=Authentication.NONE,
        description="`none`: every client that reaches the stores may use them. `basic`: name and generated "
        "password. `mtls`: a client certificate of the same CA.",
        examples=["mtls"],
    )
    receiver_tls: bool = Field(
        default=False,
        description="Whether applications must use TLS to send OTLP, and with `mtls` present a client certificate.",
        examples=[True],
    )
    certificates: CertificateSecrets = Field(
        default_factory=CertificateSecrets,
        description="Secrets of the certificates, written by cert-manager or existing. Default: `<name>-tls`.",
    )
    logins: LoginSecrets | None = Field(
        default=None,
        description="Existing Secrets in place of generated logins, with authentication `basic`. Default: none.",
        examples=[{"collectors": "alloy-login", "grafana": "grafana-login", "loki": "logins", "tempo": "logins"}],
    )
    metrics_namespaces: Sequence[Name] = Field(
        default=(),
        description="Namespaces whose pods may read the metrics of Loki and Tempo without authentication. "
        "Default: that of Prometheus.",
        examples=[["monitoring"]],
    )

    @property
    def uses_tls(self) -> bool:
        """Whether the stores use TLS."""
        return self.tls is not Tls.NONE

    @property
    def uses_basic_auth(self) -> bool:
        """Whether clients authenticate by name and password."""
        return self.authentication is Authentication.BASIC

    @property
    def presents_certificates(self) -> bool:
        """Whether clients authenticate by certificate."""
        return self.authentication is Authentication.MTLS
