"""How the UIs are reached from outside the cluster."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from pydantic import Field

from components.units import EntryPoint

from .area import Area, Hostname, Name, OptionalObjectName, rule
from .problems import Problem, place_of, set_command


class IngressKind(StrEnum):
    """What routes requests into the cluster."""

    NONE = "none"
    TRAEFIK = "traefik"


class MiddlewareReference(Area):
    """A Traefik Middleware that exists already."""

    name: Name = Field(description="Name of the Middleware.", examples=["internal-basic-auth"])
    namespace: Name = Field(
        description="Its namespace; Traefik must allow references across namespaces.", examples=["traefik"]
    )


class Ingress(Area):
    """Settings under `observability:ingress`."""

    kind: IngressKind = Field(
        default=IngressKind.NONE,
        description="none (kubectl port-forward) or traefik. Default: none.",
        examples=["traefik"],
    )
    domain: Hostname | None = Field(
        default=None,
        description="Domain under which each UI has its host, such as alloy.<domain>.",
        examples=["obs.example.org"],
    )
    entry_points: Sequence[EntryPoint] = Field(
        default=("websecure",), description="Traefik entry points. Default: websecure.", examples=[["internal"]]
    )
    auth_middleware: MiddlewareReference | None = Field(
        default=None,
        description="Middleware that guards the UIs without a login of their own. "
        "Default: basic authentication, users from the secret setting ui_users or one that is generated.",
        examples=[{"name": "internal-basic-auth", "namespace": "traefik"}],
    )
    tls_secret: OptionalObjectName = Field(
        default="",
        description="Secret with the certificate, in the namespace of each route. Default: what the entry point has.",
    )
    https: bool = Field(
        default=True, description="Whether the entry points end TLS themselves. Default: true.", examples=[False]
    )

    @rule
    def _traefik_has_a_domain(self) -> Iterator[Problem]:
        if self.kind is IngressKind.TRAEFIK and self.domain is None:
            place = place_of("ingress", "domain")
            sentence = "is missing: kind traefik needs a domain, under which each UI has its host"
            yield Problem(place, sentence, set_command(place, "obs.example.org"))
