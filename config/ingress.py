"""`observability:ingress`: settings of the routes to UIs, and settings of stacks only."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from components._model import USER_KNOWN, StrictModel
from components.ingress.spec import BasicAuthSettings, UiRouteSettings
from components.units import Cidr, Hostname, Name


class IngressKind(StrEnum):
    """The router of requests into the cluster."""

    NONE = "none"
    TRAEFIK = "traefik"


class MiddlewareReference(StrictModel):
    """A Traefik Middleware that exists already."""

    name: Annotated[Name, USER_KNOWN] = Field(description="Name of the Middleware.", examples=["internal-basic-auth"])
    namespace: Annotated[Name, USER_KNOWN] = Field(
        description="Namespace of the Middleware; Traefik must allow references across namespaces.",
        examples=["traefik"],
    )


class IngressArea(UiRouteSettings, BasicAuthSettings):
    """Settings under `observability:ingress`, which hold for the UI of every component."""

    kind: IngressKind = Field(
        default=IngressKind.NONE,
        description="`none`: UIs are reached by kubectl port-forward. `traefik`: by a route to each.",
        examples=["traefik"],
    )
    domain: Hostname | None = Field(
        default=None,
        description="Domain under which each UI has its host, such as alloy.<domain>; required with `traefik`. "
        "Default: none.",
        examples=["obs.example.org"],
    )
    namespace: Name = Field(
        default="traefik",
        description="Namespace of the pods of Traefik, which the NetworkPolicy of Alertmanager admits.",
        examples=["kube-system"],
    )
    source_ranges: Sequence[Cidr] = Field(
        default=(),
        description="Addresses of the nodes where the pods of Traefik have the network of their node (`hostNetwork`), "
        "which the NetworkPolicy of Alertmanager admits. Default: none.",
        examples=[["10.0.0.0/16"]],
    )
    auth_middleware: MiddlewareReference | None = Field(
        default=None,
        description="Middleware that authenticates users of UIs without a login of their own. Default: basic "
        "authentication, with users from the secret setting `ui_users`, or else the user `username`.",
        examples=[{"name": "internal-basic-auth", "namespace": "traefik"}],
    )

    def host(self, ui: str) -> str:
        """Return the host name that users open a UI at."""
        return f"{ui}.{self.domain}"

    def url(self, ui: str) -> str:
        """Return the URL that users open a UI at; empty without a domain."""
        return f"{self.ui_scheme}://{self.host(ui)}" if self.domain else ""
