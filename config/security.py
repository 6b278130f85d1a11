"""What the parts of the platform prove to each other: TLS, and who may read and write."""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import Field

from .area import Area, Name


class Tls(StrEnum):
    """Where the certificates of Loki, Tempo, the collectors and Grafana come from."""

    NONE = "none"
    CERT_MANAGER = "cert-manager"
    GIVEN = "given"


class Authentication(StrEnum):
    """How the collectors and Grafana prove to Loki and Tempo who they are."""

    NONE = "none"
    BASIC = "basic"
    MTLS = "mtls"


class IssuerKind(StrEnum):
    """Whose issuer it is: the cluster's, or that of each namespace."""

    CLUSTER = "ClusterIssuer"
    NAMESPACE = "Issuer"


class Issuer(Area):
    """The issuer of cert-manager, one with a CA of its own."""

    name: str = Field(min_length=1, description="Its name.", examples=["observability-ca"])
    kind: IssuerKind = Field(
        default=IssuerKind.CLUSTER,
        description="ClusterIssuer, or Issuer for one of this name in every namespace. Default: ClusterIssuer.",
        examples=["ClusterIssuer"],
    )


class CertificateSecrets(Area):
    """Secrets with tls.crt, tls.key and ca.crt, each in the namespace of who shows it."""

    loki: Name = Field(default="loki-tls", description="Of Loki's gateway. Default: loki-tls.")
    tempo: Name = Field(default="tempo-tls", description="Of Tempo. Default: tempo-tls.")
    collectors: Name = Field(default="alloy-tls", description="Of the collectors. Default: alloy-tls.")
    grafana: Name = Field(default="grafana-tls", description="Of Grafana. Default: grafana-tls.")


class LoginSecrets(Area):
    """Secrets that are there already: logins as they are used, and as they are checked."""

    collectors: Name = Field(
        description="With username and password, in the namespace of the collectors.", examples=["alloy-login"]
    )
    grafana: Name = Field(
        description="With username and password, in the namespace of Grafana.", examples=["grafana-login"]
    )
    loki: Name | None = Field(
        default=None,
        description="With both in .htpasswd, in the namespace of Loki. Required without logging.tenants_secret, which "
        "takes its place.",
        examples=["loki-logins"],
    )
    tempo: Name = Field(description="The same in the namespace of Tempo.", examples=["tempo-logins"])


class Security(Area):
    """Settings under `observability:security`: what goes between collectors, Loki, Tempo and Grafana."""

    tls: Tls = Field(
        default=Tls.NONE,
        description="none (plain text), cert-manager (certificates asked of issuer) or given (Secrets of your own). "
        "Default: none.",
        examples=["cert-manager"],
    )
    issuer: Issuer | None = Field(
        default=None,
        description="Issuer of the certificates, with tls cert-manager. Default: none.",
        examples=[{"name": "observability-ca"}],
    )
    authentication: Authentication = Field(
        default=Authentication.NONE,
        description="none (who reaches Loki and Tempo uses them), basic (name and password, generated) or mtls (a "
        "certificate of the same authority). Default: none.",
        examples=["mtls"],
    )
    senders: bool = Field(
        default=False,
        description="Whether programs must send OTLP to the collectors by TLS, and with mtls show a certificate. "
        "Default: false.",
        examples=[True],
    )
    certificates: CertificateSecrets = Field(
        default_factory=CertificateSecrets,
        description="Secrets of the certificates, made by cert-manager or given. Default: <who>-tls.",
    )
    logins: LoginSecrets | None = Field(
        default=None,
        description="Existing Secrets in place of generated logins, with authentication basic. Default: none.",
        examples=[{"collectors": "alloy-login", "grafana": "grafana-login", "loki": "logins", "tempo": "logins"}],
    )
    metrics_namespaces: Sequence[Name] = Field(
        default=(),
        description="Namespaces whose pods may read the metrics of Loki and Tempo past the authentication. "
        "Default: that of Prometheus.",
        examples=[["monitoring"]],
    )

    @property
    def encrypted(self) -> bool:
        """Whether Loki and Tempo speak TLS."""
        return self.tls is not Tls.NONE

    @property
    def logs_in(self) -> bool:
        """Whether clients log in by name and password."""
        return self.authentication is Authentication.BASIC

    @property
    def shows_certificates(self) -> bool:
        """Whether clients show certificates."""
        return self.authentication is Authentication.MTLS
