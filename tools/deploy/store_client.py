"""The client of a store of metrics outside of the stack, as `make up` asks it: with the login of the stack's pods."""

import base64
import ssl
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import HTTPSHandler, OpenerDirector, build_opener

from components._http_client import HttpClientSettings
from components._kubernetes import SecretReference
from config.areas import TelemetryArea
from tools.stackfile import StackFile

from .kubectl import kubectl

Read = Callable[[SecretReference], str]
"""Returns the text of a key of a Secret; raises `UnreachableClusterError` where it is not there."""


class UnusableLoginError(Exception):
    """A login that only a pod has; the message is the reason."""


@dataclass(frozen=True)
class StoreClient:
    """What a request to the store has."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    tls: ssl.SSLContext | None = None

    def opener(self) -> OpenerDirector:
        """Return what sends requests with its TLS, through the proxy of the environment."""
        return build_opener(HTTPSHandler(context=self.tls)) if self.tls else build_opener()


def store_client(stack: StackFile, context: str) -> StoreClient | None:
    """Return the client that `metrics.client` states, `None` without it.

    Its Secrets are those of the collectors. Raise `UnusableLoginError` or `UnreachableClusterError` where it has
    no login for this machine.
    """
    stated = stack.area("metrics").get("client")
    if not isinstance(stated, Mapping):
        return None
    namespace = str(stack.area("telemetry").get("namespace", TelemetryArea.model_fields["namespace"].default))

    def read(reference: SecretReference) -> str:
        path = "{.data." + reference.key.replace(".", r"\.") + "}"
        found = kubectl(context, "get", "secret", reference.secret, "--namespace", namespace, "-o", f"jsonpath={path}")
        if not found:
            raise UnusableLoginError(f"Secret {namespace}/{reference.secret} has no key {reference.key}")
        try:
            return base64.b64decode(found).decode()
        except UnicodeDecodeError:
            raise UnusableLoginError(f"{reference.key} of Secret {namespace}/{reference.secret} is no text") from None

    return client_of(HttpClientSettings.model_validate(stated), read)


def client_of(settings: HttpClientSettings, read: Read) -> StoreClient:
    """Return the client of settings, whose secrets `read` returns; raise `UnusableLoginError` where it needs a pod."""
    if settings.sigv4:
        raise UnusableLoginError("its requests are signed by the AWS identity of the pods (metrics.client.sigv4)")
    if settings.tls.server_name:
        raise UnusableLoginError("its certificate has another name (metrics.client.tls.server_name)")

    def line(reference: SecretReference) -> str:
        # A Secret that is made of a file ends with a line break.
        return read(reference).strip()

    headers = {**settings.plain_headers, **{name: line(reference) for name, reference in settings.headers.items()}}
    if login := settings.basic_auth:
        name = login.username if login.username_secret is None else line(login.username_secret)
        headers["Authorization"] = "Basic " + base64.b64encode(f"{name}:{line(login.password)}".encode()).decode()
    if settings.bearer_token:
        headers["Authorization"] = f"Bearer {line(settings.bearer_token)}"
    if broken := [name for name, value in headers.items() if len(value.splitlines()) > 1]:
        raise UnusableLoginError(f"the value of the header {broken[0]} has several lines")
    return StoreClient(headers, _tls(settings, read))


def _tls(settings: HttpClientSettings, read: Read) -> ssl.SSLContext | None:
    tls = settings.tls
    if not (tls.ca or tls.certificate):
        return None
    context = ssl.create_default_context(cadata=read(tls.ca) if tls.ca else None)
    if tls.certificate and tls.key:
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory, "client.pem")
            file.touch(mode=0o600)
            file.write_text(f"{read(tls.key)}\n{read(tls.certificate)}", encoding="utf-8")
            context.load_cert_chain(file)
    return context
