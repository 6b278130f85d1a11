"""Settings and arguments of `UiRoute` and `BasicAuth`."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from .._htpasswd import problem_of_htpasswd
from .._kubernetes import OptionalObjectName
from .._model import Plain, StrictModel, placeholder
from .._shown import shown
from .._spec import Spec, Violation, rule
from ..units import EntryPoint, Hostname, Name, form

_PATH = r"(?:/[\w.~-]+)+"
_OBJECT = r"[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?"


class Scheme(StrEnum):
    """The protocol between Traefik and a Service."""

    HTTP = "http"
    HTTPS = "https"
    H2C = "h2c"
    """HTTP/2 without TLS, as gRPC uses it."""


def _reference(text: str) -> str:
    parts = text.split("/")
    if len(parts) != 2 or not all(re.fullmatch(_OBJECT, part) for part in parts):
        raise ValueError("must be the namespace and name of a Middleware; use the form traefik/internal-basic-auth")
    return text


def _path(text: str) -> str:
    if text and re.fullmatch(_PATH, text) is None:
        raise ValueError("must be a path with '/' at its beginning and not at its end; use one such as /grafana")
    return text


Reference = Annotated[str, AfterValidator(_reference)]
"""A Middleware of Traefik as `namespace/name`."""


class UiRouteSettings(StrictModel):
    """Routes to UIs: what holds for every UI of a stack, and a program may pass for one."""

    entry_points: Plain[Sequence[EntryPoint]] = Field(
        default=("websecure",),
        min_length=1,
        description="Entry points of Traefik, at least one.",
        examples=[["internal"]],
    )
    middlewares: Sequence[Reference] = Field(
        default=(),
        description="Further middlewares as `namespace/name`, which run before the one that authenticates. "
        "Default: none.",
        examples=[["traefik/allow-list"]],
    )
    tls_secret: OptionalObjectName = Field(
        default="",
        description="Secret with the certificate, in the namespace of the route. Default: none; the certificate is "
        "that of the entry point.",
        examples=["ui-certificate"],
    )
    cert_resolver: str = Field(
        default="",
        description="Certificate resolver of Traefik; either this or `tls_secret`. Default: none.",
        examples=["letsencrypt"],
    )
    https: bool = Field(
        default=True,
        description="Whether the entry points terminate TLS themselves; only the URLs of the UIs depend on it.",
        examples=[False],
    )

    @property
    def ui_scheme(self) -> str:
        """The scheme of the addresses that users open."""
        return "https" if self.https or self.tls_secret or self.cert_resolver else "http"


class UiRouteSpec(UiRouteSettings, Spec):
    """The checked arguments of `UiRoute`."""

    namespace: Name = Field(description="Namespace of the Service and of the route, which Traefik requires to be one.")
    service: Name = Field(description="Name of the Service.")
    port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Port of the Service by number; either this or `port_name`. Default: none.",
    )
    port_name: str = Field(default="", description="Port of the Service by name; either this or `port`. Default: none.")
    scheme: Scheme | None = Field(
        default=None,
        description="Protocol of the Service: `http`, `https` or, for gRPC, `h2c`. "
        "Default: `https` on port 443, else `http`.",
    )
    host: Hostname = Field(description="Host name that users open.")
    path_prefix: Annotated[str, AfterValidator(_path)] = Field(
        default="",
        description="Path that the UI is served under, such as `/grafana`; it is passed on unchanged. "
        "Default: the whole host.",
    )
    auth_middleware: Reference | None = Field(
        default=None,
        description="The middleware that authenticates, as `namespace/name`. One in another namespace than the route "
        "needs Traefik's `allowCrossNamespace`. Required unless `authenticated_by_ui`. Default: none.",
    )
    authenticated_by_ui: Plain[bool] = Field(
        default=False, description="Whether the UI itself asks every user for a login, as Grafana does."
    )
    route_name: Name | None = Field(
        default=None, description="Name of the IngressRoute. Default: the name of the Service."
    )

    @property
    def match(self) -> str:
        """The rule that Traefik matches requests by."""
        return f"Host(`{self.host}`)" + (f" && PathPrefix(`{self.path_prefix}`)" if self.path_prefix else "")

    @property
    def url(self) -> str:
        """The address that users open."""
        return f"{self.ui_scheme}://{self.host}{self.path_prefix}"

    @rule("auth_middleware", "authenticated_by_ui")
    def _users_are_authenticated(self) -> Violation | None:
        if self.auth_middleware is None and not self.authenticated_by_ui:
            return Violation(
                "is missing: without it anyone who reaches the entry point can use the UI; name the middleware that "
                "authenticates, such as the reference of a BasicAuth, or set authenticated_by_ui where the UI itself "
                "asks for a login",
                {"auth_middleware": placeholder("auth_middleware")},
            )
        return None

    @rule("port", "port_name")
    def _one_port_is_named(self) -> str | Violation | None:
        if self.port is None and not self.port_name:
            return Violation("is missing; set port or port_name", {"port": placeholder("port")})
        if self.port is not None and self.port_name:
            return f"must not be set with port_name = {shown(self.port_name)}; remove one of them"
        return None

    @rule("tls_secret", "cert_resolver")
    def _certificate_has_one_source(self) -> str | None:
        if self.tls_secret and self.cert_resolver:
            return f"must not be set with cert_resolver = {shown(self.cert_resolver)}; remove one of them"
        return None


class BasicAuthSettings(StrictModel):
    """Basic authentication: settings of a stack and arguments of a program."""

    username: Annotated[str, form(r"[^:\s]+", "a name without ':' and white space")] = Field(
        default="admin",
        description="Name of the user that is created with a generated password, where no users are set.",
        examples=["team"],
    )


class BasicAuthSpec(BasicAuthSettings, Spec):
    """The checked arguments of `BasicAuth`."""

    namespace: Name = Field(description="Namespace of the middleware and of its Secret.")
    middleware_name: Plain[Name] = Field(
        default="basic-auth",
        description="Name of the middleware. Its Secret is called `<middleware_name>-users`, the one with name and "
        "password of a created user `<middleware_name>-login`.",
    )
    htpasswd: str | None = Field(
        default=None,
        description="Users as lines of `user:hash`, as `htpasswd -nB` writes them; a secret. "
        "Default: one user is created.",
    )
    existing_secret: Plain[OptionalObjectName] = Field(
        default="",
        description="Existing Secret in the same namespace that holds such lines in its key `users`. "
        "Default: none; the Secret is created.",
    )

    @rule("htpasswd")
    def _passwords_are_hashed(self) -> str | None:
        return None if self.htpasswd is None else problem_of_htpasswd(self.htpasswd)

    @rule("htpasswd", "existing_secret")
    def _users_have_one_source(self) -> str | None:
        if self.htpasswd is not None and self.existing_secret:
            return f"must not be set with existing_secret = {shown(self.existing_secret)}; remove one of them"
        return None
