"""The clients of stores outside the platform: login, headers, TLS and the Secrets of these.

Every secret is a key of an existing Secret in the namespace of the pod, which finds it as a file: no configuration
holds one, and a renewed one is read again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field

from ._kubernetes import SecretReference
from ._model import USER_KNOWN, Plain, StrictModel, placeholder
from ._spec import Spec, Violation, rule
from ._tenants import HEADER, OptionalTenant
from .storage.partitions import arn_problem, endpoint_problem, partition_of, region_of_host, region_problem
from .units import AwsRegion, Hostname, form

DIRECTORY = "/etc/metrics-client"
"""Directory of a pod with the files of the Secrets."""
VOLUME = "metrics-client"
LOGS_DIRECTORY, TRACES_DIRECTORY = "/etc/logs-client", "/etc/traces-client"
"""The same of a Loki and of a Tempo outside the platform, in the pod of Grafana."""

AMAZON_PROMETHEUS = "grafana-amazonprometheus-datasource"
"""Plugin and type of datasource of Grafana 13 for signed requests, which its Prometheus no longer sends.

https://grafana.com/docs/grafana/latest/datasources/prometheus/configure/aws-authentication/
"""

_LOGINS = ("basic_auth", "bearer_token", "sigv4")
# https://github.com/prometheus/common/blob/main/config/headers.go
_RESERVED = frozenset(
    {"authorization", "host", "content-encoding", "content-length", "content-type", "user-agent", "connection"}
    | {"keep-alive", "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding"}
    | {"x-prometheus-remote-write-version", "x-prometheus-remote-read-version"}
    | {"x-prometheus-scrape-timeout-seconds", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}
)

HeaderName = Annotated[str, form(r"[A-Za-z0-9-]+", "the name of a header, of letters, digits and '-'")]
Username = Annotated[
    str,
    form(r"[^\s:${}]+", "a name without white space, ':', '$', '{' and '}', which clients would expand"),
    USER_KNOWN,
]
RoleArn = Annotated[
    str, form(r"|arn:aws[a-z-]*:iam::\d{12}:role/\S+", "the ARN of a role, such as arn:aws:iam::123456789012:role/amp")
]


class HttpBasicAuth(StrictModel):
    """A name and a password."""

    username: Username = Field(
        default="",
        description="Name, which is no secret. Default: none, and `username_secret` is set.",
        examples=["123456"],
    )
    username_secret: SecretReference | None = Field(
        default=None,
        description="Secret and key of the name, in place of `username`. Default: none.",
        examples=[{"secret": "metrics-client", "key": "username"}],
    )
    password: SecretReference = Field(
        description="Secret and key of the password.", examples=[{"secret": "metrics-client", "key": "password"}]
    )


class HttpSigV4(StrictModel):
    """Requests signed for Amazon Managed Service for Prometheus, by the AWS identity of the pods."""

    region: AwsRegion = Field(description="Region of the workspace.", examples=["eu-west-1"])
    role_arn: RoleArn = Field(
        default="",
        description="Role to assume. Default: none; the requests are signed as the pods' own role.",
        examples=["arn:aws:iam::123456789012:role/amp"],
    )


class HttpTls(StrictModel):
    """The authority by which the server is trusted, and the certificate of the client."""

    ca: SecretReference | None = Field(
        default=None,
        description="Secret and key of the authority of the server. Default: public authorities.",
        examples=[{"secret": "metrics-client", "key": "ca.crt"}],
    )
    certificate: SecretReference | None = Field(
        default=None,
        description="Secret and key of the client's certificate; requires `key`. Default: none.",
        examples=[{"secret": "metrics-client", "key": "tls.crt"}],
    )
    key: SecretReference | None = Field(
        default=None,
        description="Secret and key of the private key of `certificate`. Default: none.",
        examples=[{"secret": "metrics-client", "key": "tls.key"}],
    )
    server_name: Hostname | None = Field(
        default=None,
        description="Name in the server's certificate. Default: the host of the URL.",
        examples=["metrics.example.org"],
    )


class HttpClientSettings(StrictModel):
    """The login, the tenant, the headers and the TLS of a client."""

    tenant: OptionalTenant = Field(
        default="", description="Tenant that requests name in `X-Scope-OrgID`. Default: none.", examples=["acme"]
    )
    headers: Mapping[HeaderName, SecretReference] = Field(
        default_factory=dict,
        description="Further headers, and the Secret and key of each value. Default: none.",
        examples=[{"X-Api-Key": {"secret": "metrics-client", "key": "api-key"}}],
    )
    basic_auth: HttpBasicAuth | None = Field(
        default=None,
        description="Login by name and password. Default: none.",
        examples=[{"username": "123456", "password": {"secret": "metrics-client", "key": "password"}}],
    )
    bearer_token: SecretReference | None = Field(
        default=None,
        description="Secret and key of a token, sent as `Authorization: Bearer`. Default: none.",
        examples=[{"secret": "metrics-client", "key": "token"}],
    )
    sigv4: HttpSigV4 | None = Field(
        default=None,
        description="Signatures of AWS, for Amazon Managed Service for Prometheus. Default: none.",
        examples=[{"region": "eu-west-1"}],
    )
    tls: HttpTls = Field(
        default_factory=HttpTls,
        description="Authority and client certificate. Default: public authorities, and no certificate.",
        examples=[{"ca": {"secret": "metrics-client", "key": "ca.crt"}}],
    )

    @property
    def login(self) -> str:
        """The kind of login, empty without one."""
        return next((name for name in _LOGINS if getattr(self, name) is not None), "")

    @property
    def plain_headers(self) -> dict[str, str]:
        """The headers whose values are no secret."""
        return {HEADER: self.tenant} if self.tenant else {}

    @property
    def header_files(self) -> dict[str, str]:
        """The path of the file with the value of each header."""
        return ClientFiles(self).headers

    @property
    def tls_files(self) -> dict[str, str]:
        """The files and the name of the server, by the names that Prometheus and Alloy have for them."""
        return ClientFiles(self).tls

    @property
    def secrets(self) -> dict[str, SecretReference]:
        """The secrets by the name of their file in `DIRECTORY`."""
        found = {
            **{_header_file(name): reference for name, reference in sorted(self.headers.items())},
            "username": self.basic_auth.username_secret if self.basic_auth else None,
            "password": self.basic_auth.password if self.basic_auth else None,
            "token": self.bearer_token,
            _TLS_FILES["ca_file"]: self.tls.ca,
            _TLS_FILES["cert_file"]: self.tls.certificate,
            _TLS_FILES["key_file"]: self.tls.key,
        }
        return {file: reference for file, reference in found.items() if reference is not None}


@dataclass(frozen=True)
class ClientFiles:
    """The paths of the secrets of a client, which a pod has as files of a directory."""

    client: HttpClientSettings
    directory: str = DIRECTORY

    @property
    def username(self) -> str:
        """The file with the name of a login that is a secret."""
        return f"{self.directory}/username"

    @property
    def password(self) -> str:
        """The file with the password."""
        return f"{self.directory}/password"

    @property
    def token(self) -> str:
        """The file with the token."""
        return f"{self.directory}/token"

    @property
    def headers(self) -> dict[str, str]:
        """The file with the value of each header."""
        return {name: f"{self.directory}/{_header_file(name)}" for name in sorted(self.client.headers)}

    @property
    def tls(self) -> dict[str, str]:
        """The files and the name of the server, by the names that Prometheus and Alloy have for them."""
        tls = self.client.tls
        found = {"ca_file": tls.ca, "cert_file": tls.certificate, "key_file": tls.key}
        paths = {name: f"{self.directory}/{_TLS_FILES[name]}" for name, reference in found.items() if reference}
        return {**paths, **({"server_name": tls.server_name} if tls.server_name else {})}


USERNAME_FILE, PASSWORD_FILE, TOKEN_FILE = (f"{DIRECTORY}/{name}" for name in ("username", "password", "token"))
_TLS_FILES = {"ca_file": "ca.crt", "cert_file": "tls.crt", "key_file": "tls.key"}


def _header_file(name: str) -> str:
    return f"header-{name.lower()}"


def secret_volume(client: HttpClientSettings | None) -> dict[str, Any] | None:
    """Return the source of a projected volume with the files of all secrets; `None` without any."""
    if client is None or not client.secrets:
        return None
    return {
        "sources": [
            {"secret": {"name": reference.secret, "items": [{"key": reference.key, "path": file}]}}
            for file, reference in client.secrets.items()
        ]
    }


class MetricsClientSpec(Spec):
    """The client of a metrics store."""

    metrics_client: Plain[HttpClientSettings | None] = Field(
        default=None,
        description=(
            "Login, tenant, headers and TLS for the metrics store, by existing Secrets in the namespace of the pods "
            "that write and query: Tempo, the collectors and Grafana. Default: none."
        ),
        examples=[{"basic_auth": {"username": "123456", "password": {"secret": "metrics-client", "key": "password"}}}],
    )

    @rule("metrics_client")
    def _metrics_client_is_consistent(self) -> Iterator[Violation]:
        return _client_problems(self.metrics_client, "metrics_client")

    @rule("metrics_client")
    def _sigv4_is_of_a_known_partition(self) -> Iterator[Violation]:
        sigv4 = self.metrics_client.sigv4 if self.metrics_client else None
        if sigv4 is None:
            return
        partition, at = partition_of(sigv4.region), ("metrics_client", "sigv4")
        if problem := region_problem(sigv4.region):
            yield Violation(problem, {(*at, "region"): placeholder("region")}, at=(*at, "region"))
        elif sigv4.role_arn and partition and (problem := arn_problem(sigv4.role_arn, partition.name)):
            yield Violation(problem, {(*at, "role_arn"): placeholder("role_arn")}, at=(*at, "role_arn"))

    def _address_problems(self, **urls: str) -> Iterator[Violation]:
        """Yield what the client and the URLs that it requests, by their argument, do not share."""
        client, used = self.metrics_client, {name: url for name, url in urls.items() if url}
        if client is None or not used:
            return
        for name, url in used.items() if client.sigv4 else ():
            host, region = urlsplit(url).netloc, client.sigv4.region if client.sigv4 else ""
            if problem := endpoint_problem(host, region):
                fix = {("metrics_client", "sigv4", "region"): region_of_host(host)}
                yield Violation(problem, fix, at=(name,))
        yield from address_problems(client, "metrics_client", **used)


class StoreClientsSpec(Spec):
    """The clients of a Loki and of a Tempo outside the platform."""

    logs_client: Plain[HttpClientSettings | None] = Field(
        default=None,
        description=(
            "Login, tenant, headers and TLS for a Loki outside the platform, by existing Secrets in the namespaces of "
            "the collectors and of Grafana. Default: none."
        ),
        examples=[{"tenant": "acme"}],
    )
    traces_client: Plain[HttpClientSettings | None] = Field(
        default=None,
        description=(
            "Login, tenant, headers and TLS for a Tempo outside the platform, by existing Secrets in the namespaces of "
            "the collectors and of Grafana; a login requires an http or https URL. Default: none."
        ),
        examples=[{"tenant": "acme"}],
    )

    @rule("logs_client")
    def _logs_client_is_consistent(self) -> Iterator[Violation]:
        return _store_client_problems(self.logs_client, "logs_client")

    @rule("traces_client")
    def _traces_client_is_consistent(self) -> Iterator[Violation]:
        return _store_client_problems(self.traces_client, "traces_client")


def _store_client_problems(client: HttpClientSettings | None, argument: str) -> Iterator[Violation]:
    return client_problems(client, argument, sigv4=False, headers=False)


def client_problems(
    client: HttpClientSettings | None, argument: str, *, sigv4: bool, headers: bool
) -> Iterator[Violation]:
    """Yield what is wrong with a client: `sigv4` is whether it may sign, `headers` whether beside a login."""
    yield from _client_problems(client, argument)
    if client is not None and client.sigv4 and not sigv4:
        message = "is for Amazon Managed Service for Prometheus; remove it, or use another login"
        yield Violation(message, at=(argument, "sigv4"))
    if client is not None and client.headers and client.login and not headers:
        # An exporter of OTLP has one authentication extension, and only one of them takes secret headers.
        yield Violation(
            f"must not be set with {client.login}, as an exporter sends one of them; remove one",
            at=(argument, "headers"),
        )


def _client_problems(client: HttpClientSettings | None, argument: str) -> Iterator[Violation]:
    """Yield several logins, a login without a name, half a certificate, and headers that clients set themselves."""
    if client is None:
        return
    found = [name for name in _LOGINS if getattr(client, name) is not None]
    for name in found[1:]:
        message = f"must not be set with {found[0]}, as a request has one login; remove one of them"
        yield Violation(message, at=(argument, name))
    if client.basic_auth and bool(client.basic_auth.username) == bool(client.basic_auth.username_secret):
        named, at = client.basic_auth.username, (argument, "basic_auth", "username")
        twice = Violation("must not be set with username_secret; remove one of them", at=at)
        missing = "is missing: a login has a name; set it, or username_secret"
        yield twice if named else Violation(missing, {at: placeholder("username")}, at)
    for name, other in (("certificate", "key"), ("key", "certificate")):
        if getattr(client.tls, name) is not None and getattr(client.tls, other) is None:
            yield Violation(f"requires {other}; set it, or remove this", at=(argument, "tls", name))
    for name in client.headers:
        at = (argument, "headers", name)
        if name.lower() == HEADER.lower():
            yield Violation("must be set as tenant; remove it and set tenant", at=at)
        elif name.lower() in _RESERVED:
            yield Violation("must not be a header that clients set themselves; remove it, or use a login", at=at)


def address_problems(client: HttpClientSettings | None, argument: str, **urls: str) -> Iterator[Violation]:
    """Yield TLS of a client, which is an argument, without an https URL among those that it requests."""
    used = {name: url for name, url in urls.items() if url}
    secured = any(url.startswith("https://") for url in used.values())
    if client is not None and used and client.tls != HttpTls() and not secured:
        yield Violation("requires an https URL; set one, or remove it", at=(argument, "tls"))
