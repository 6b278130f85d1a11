"""What the arguments of `UiRoute` and `BasicAuth` must be."""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import pulumi
from pydantic import AfterValidator, Field, WrapValidator

from .._htpasswd import problem_of_htpasswd
from .._objects import OptionalObjectName
from .._spec import Spec, rule
from ..units import EntryPoint, Hostname, Name, form

_PATH = r"(?:/[\w.~-]+)+"
_SCHEMES = ("", "http", "https", "h2c")


def _reference(text: str) -> str:
    parts = text.split("/")
    if len(parts) != 2 or not all(re.fullmatch(r"[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?", part) for part in parts):
        raise ValueError(
            f"{text!r} is no middleware: write its namespace and name, such as traefik/internal-basic-auth"
        )
    return text


def _path(text: str) -> str:
    if text and re.fullmatch(_PATH, text) is None:
        raise ValueError(f"{text!r} is no path: begin with '/', end without, such as /grafana")
    return text


def _let_outputs_through(value: Any, handler: Callable[[Any], Any]) -> Any:
    return value if isinstance(value, pulumi.Output) else handler(value)


Reference = Annotated[str, AfterValidator(_reference), WrapValidator(_let_outputs_through)]


class UiRouteSpec(Spec):
    """The checked arguments of `UiRoute`."""

    namespace: Name
    service: Name
    port: int = Field(default=0, ge=0, le=65535)
    port_name: str = ""
    scheme: str = ""
    entry_points: Sequence[EntryPoint]
    host: Hostname
    path_prefix: Annotated[str, AfterValidator(_path)] = ""
    auth_middleware: Reference | None = None
    authenticated_by_ui: bool = False
    middlewares: Sequence[Reference] = ()
    tls_secret: OptionalObjectName = ""
    cert_resolver: str = ""
    https: bool = False
    route_name: Name | None = None

    @property
    def match(self) -> str:
        """The rule that Traefik matches requests by."""
        return f"Host(`{self.host}`)" + (f" && PathPrefix(`{self.path_prefix}`)" if self.path_prefix else "")

    @property
    def url(self) -> str:
        """The address that users open."""
        secure = self.https or self.tls_secret or self.cert_resolver
        return f"{'https' if secure else 'http'}://{self.host}{self.path_prefix}"

    @rule("entry_points")
    def _somebody_gets_in(self) -> str | None:
        return None if self.entry_points else "name one at least, such as websecure, or nobody reaches the UI"

    @rule("auth_middleware", "authenticated_by_ui")
    def _someone_authenticates(self) -> str | None:
        if self.auth_middleware is None and not self.authenticated_by_ui:
            return (
                "anybody who reaches the entry point could use the UI: name the middleware that authenticates, such as "
                "the reference of a BasicAuth, or set authenticated_by_ui where the UI itself asks for a login"
            )
        return None

    @rule("port", "port_name")
    def _one_port(self) -> str | None:
        return None if bool(self.port) != bool(self.port_name) else "give one of port and port_name"

    @rule("tls_secret", "cert_resolver")
    def _one_certificate(self) -> str | None:
        return "give one of tls_secret and cert_resolver" if self.tls_secret and self.cert_resolver else None

    @rule("scheme")
    def _scheme_is_spoken(self) -> str | None:
        return None if self.scheme in _SCHEMES else f"use one of {', '.join(_SCHEMES[1:])}, or leave it out"


class BasicAuthSpec(Spec):
    """The checked arguments of `BasicAuth`."""

    namespace: Name
    middleware_name: Name = "basic-auth"
    username: Annotated[str, form(r"[^:\s]+", "a name without ':' and white space")] = "admin"
    htpasswd: str | None = None
    existing_secret: OptionalObjectName = ""

    @rule("htpasswd")
    def _users_have_hashes(self) -> str | None:
        return None if self.htpasswd is None else problem_of_htpasswd(self.htpasswd)

    @rule("htpasswd", "existing_secret")
    def _one_source(self) -> str | None:
        given = self.htpasswd is not None and self.existing_secret
        return "give one of htpasswd and existing_secret" if given else None
