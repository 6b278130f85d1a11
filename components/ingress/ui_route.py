"""A UI on an entry point of Traefik, never without a login."""

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._kubernetes import MANAGED_BY
from .args import UiRouteArgs
from .objects import API_VERSION, ingress_route
from .spec import UiRouteSpec


class UiRoute(pulumi.ComponentResource):
    """A UI on an entry point of Traefik; refused where neither a middleware nor the UI itself asks for a login."""

    host: pulumi.Output[str]
    """Host name that users open."""
    url: pulumi.Output[str]
    """Address that users open."""

    def __init__(self, name: str, args: UiRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'UiRoute "{name}"'
        spec = UiRouteSpec.check(component, args)
        super().__init__("observability:index:UiRoute", name, {**args}, opts)
        resolved = spec.resolve(component)
        CustomResource(
            f"{name}-route",
            api_version=API_VERSION,
            kind="IngressRoute",
            metadata=ObjectMetaArgs(name=spec.route_name or spec.service, namespace=spec.namespace, labels=MANAGED_BY),
            spec=resolved.apply(ingress_route),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.host = resolved.apply(lambda spec: spec.host)
        self.url = resolved.apply(lambda spec: spec.url)
        self.register_outputs({"host": self.host, "url": self.url})
