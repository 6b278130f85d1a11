"""A UI on an entry point of Traefik, never without a login."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._pod_security import MANAGED_BY
from .objects import API_VERSION, ingress_route
from .spec import UiRouteSpec


class UiRouteArgs(TypedDict):
    """Arguments of `UiRoute`."""

    namespace: pulumi.Input[str]
    """Namespace of the Service, and of the route, as Traefik wants it."""
    service: pulumi.Input[str]
    """Name of the Service."""
    port: NotRequired[pulumi.Input[int]]
    """Port of the Service by number; either this or `port_name`."""
    port_name: NotRequired[pulumi.Input[str]]
    """Port of the Service by name; either this or `port`."""
    scheme: NotRequired[pulumi.Input[str]]
    """How the Service is spoken to: `http`, `https` or, for gRPC, `h2c`. Default: `https` on port 443, else `http`."""
    entry_points: Sequence[str]
    """Entry points of Traefik, at least one."""
    host: pulumi.Input[str]
    """Host name that users open."""
    path_prefix: NotRequired[pulumi.Input[str]]
    """Path that the UI is served under, such as `/grafana`; it is passed on unchanged. Default: the whole host."""
    auth_middleware: NotRequired[pulumi.Input[str]]
    """The middleware that authenticates, as `namespace/name`. Another namespace than the route's needs Traefik's
    `allowCrossNamespace`. Required unless `authenticated_by_ui`."""
    authenticated_by_ui: NotRequired[bool]
    """Whether the UI itself asks everybody for a login, as Grafana does. Default: false."""
    middlewares: NotRequired[Sequence[pulumi.Input[str]]]
    """Further middlewares as `namespace/name`, which run before the one that authenticates. Default: none."""
    tls_secret: NotRequired[pulumi.Input[str]]
    """Secret of the namespace that holds the certificate. Default: none; the entry point may end TLS itself."""
    cert_resolver: NotRequired[pulumi.Input[str]]
    """Certificate resolver of Traefik. Default: none."""
    https: NotRequired[pulumi.Input[bool]]
    """Whether the entry point itself ends TLS; only the output `url` depends on it. Default: false."""
    route_name: NotRequired[pulumi.Input[str]]
    """Name of the IngressRoute. Default: the name of the Service."""


class UiRoute(pulumi.ComponentResource):
    """A UI on an entry point of Traefik; refused where neither a middleware nor the UI itself asks for a login."""

    host: pulumi.Output[str]
    """Host name that users open."""
    url: pulumi.Output[str]
    """Address that users open."""

    def __init__(self, name: str, args: UiRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'UiRoute "{name}"'
        spec = UiRouteSpec.check(component, args, UiRouteArgs)
        super().__init__("observability:index:UiRoute", name, {**args}, opts)
        known = spec.resolve(component)
        CustomResource(
            f"{name}-route",
            api_version=API_VERSION,
            kind="IngressRoute",
            metadata=ObjectMetaArgs(name=spec.route_name or spec.service, namespace=spec.namespace, labels=MANAGED_BY),
            spec=known.apply(ingress_route),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.host = known.apply(lambda spec: spec.host)
        self.url = known.apply(lambda spec: spec.url)
        self.register_outputs({"host": self.host, "url": self.url})
