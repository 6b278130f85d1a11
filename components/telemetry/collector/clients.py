"""The clients of exporters: headers, logins and TLS, each secret in a file that is read again when it changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._http_client import ClientFiles, HttpClientSettings, HttpTls
from ..._tenants import HEADER
from ..model import PipelineDestination
from ..spec import TelemetrySpec
from ..workload import CA_FILE, LOGIN_DIRECTORY, OWN_FILES, RELOAD_INTERVAL, destination_directory

_RELOAD = {"reload_interval": RELOAD_INTERVAL}


@dataclass(frozen=True)
class Client:
    """The settings of a client in an exporter, and the extensions that they name."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)


def store_client(spec: TelemetrySpec, url: str, tenant: str = "") -> Client:
    """Return the client of Loki or Tempo in the stack; without a CA gRPC is in plain text."""
    login = {
        "client_auth": {
            "username_file": f"{LOGIN_DIRECTORY}/username",
            "password_file": f"{LOGIN_DIRECTORY}/password",
        }
    }
    tls = _store_tls(spec) if not url.startswith("http://") else {}
    if "://" not in url and not spec.tls_secret:
        tls = {"tls": {"insecure": True}}
    return Client(
        {
            **({"headers": {HEADER: tenant}} if tenant else {}),
            **({"auth": {"authenticator": "basicauth/login"}} if spec.login_secret else {}),
            **tls,
        },
        {"basicauth/login": login} if spec.login_secret else {},
    )


def _store_tls(spec: TelemetrySpec) -> dict[str, Any]:
    own = OWN_FILES if spec.client_certificates else {}
    return {"tls": {**CA_FILE, **own, **_RELOAD}} if spec.tls_secret else {}


def metrics_store_client(spec: TelemetrySpec, url: str) -> Client:
    """Return the client of the metrics store, for which public CAs are trusted too unless its client names its own."""
    own = spec.metrics_client or HttpClientSettings()
    client = settings_client("metrics", own, ClientFiles(own))
    if not url.startswith("https://"):
        return client
    trusted: dict[str, Any] = {**CA_FILE, "include_system_ca_certs_pool": True} if spec.tls_secret else {}
    tls = {**({} if own.tls.ca else trusted), **_tls(ClientFiles(own))}
    return Client({**client.settings, **({"tls": {**tls, **_RELOAD}} if tls else {})}, client.extensions)


def destination_client(name: str, destination: PipelineDestination) -> Client:
    """Return the client of a declared destination; gRPC is in plain text without TLS, a login and secret headers."""
    settings = destination.client
    files = ClientFiles(settings, destination_directory(name))
    client = settings_client(name, settings, files)
    tls = _tls(files)
    if tls:
        return Client({**client.settings, "tls": {**tls, **_RELOAD}}, client.extensions)
    plain = "://" not in destination.url and not (settings.login or settings.headers or settings.tls != HttpTls())
    return Client({**client.settings, "tls": {"insecure": True}}, client.extensions) if plain else client


def _tls(files: ClientFiles) -> dict[str, str]:
    return {("server_name_override" if key == "server_name" else key): value for key, value in files.tls.items()}


def settings_client(name: str, client: HttpClientSettings, files: ClientFiles) -> Client:
    """Return the tenant and the extensions of the login and the secret headers, of which an exporter names the last."""
    extensions: dict[str, Any] = {}
    if client.basic_auth:
        secret = client.basic_auth.username_secret is not None
        username = {"username_file": files.username} if secret else {"username": client.basic_auth.username}
        login = {**username, "password_file": files.password}
        extensions[f"basicauth/{name}"] = {"client_auth": login}
    if client.bearer_token:
        extensions[f"bearertokenauth/{name}"] = {"filename": files.token}
    if client.sigv4:
        role = {"assume_role": {"arn": client.sigv4.role_arn}} if client.sigv4.role_arn else {}
        extensions[f"sigv4auth/{name}"] = {"region": client.sigv4.region, "service": "aps", **role}
    if client.headers:
        headers = [{"action": "upsert", "key": key, "value_file": path} for key, path in files.headers.items()]
        login = {"additional_auth": next(iter(extensions))} if extensions else {}
        extensions[f"headers_setter/{name}"] = {"headers": headers, **login}
    return Client(
        {
            **({"headers": client.plain_headers} if client.plain_headers else {}),
            **({"auth": {"authenticator": [*extensions][-1]}} if extensions else {}),
        },
        extensions,
    )


def gateway_tls(spec: TelemetrySpec) -> dict[str, Any]:
    """Return the TLS of agents to the gateway, whose replicas have the certificate of the receivers."""
    if not spec.receiver_tls:
        return {"insecure": True}
    # Replicas are found by their addresses, and the certificate has the name of the Service of the agents.
    name = {"server_name_override": f"{spec.release_name}.{spec.namespace}"}
    return {**CA_FILE, **(OWN_FILES if spec.client_certificates else {}), **name, **_RELOAD}


def receiver_tls(spec: TelemetrySpec) -> dict[str, Any]:
    """Return the TLS of a receiver, which requires client certificates where the collectors present theirs."""
    if not spec.receiver_tls:
        return {}
    asked = {"client_ca_file": CA_FILE["ca_file"]} if spec.client_certificates else {}
    return {"tls": {**OWN_FILES, **asked, **_RELOAD}}
