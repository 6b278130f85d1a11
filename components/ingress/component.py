"""UIs on entry points of Traefik, never without a login, and basic authentication for them."""

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._htpasswd import checked_htpasswd
from .._kubernetes import MANAGED_BY
from .._outputs import known_after, outputs_of
from .._passwords import generate_login
from .args import BasicAuthArgs, UiRouteArgs
from .objects import API_VERSION, basic_auth, ingress_route
from .spec import BasicAuthSpec, UiRouteSpec


class BasicAuth(pulumi.ComponentResource):
    """A middleware of Traefik that admits only its users."""

    namespace: pulumi.Output[str]
    """Namespace of the middleware."""
    name: pulumi.Output[str]
    """Name of the middleware."""
    reference: pulumi.Output[str]
    """The middleware as `namespace/name`, which routes take."""
    secret_name: pulumi.Output[str]
    """Name of the Secret with the users."""
    username: pulumi.Output[str]
    """The created user; empty where users were passed."""
    password: pulumi.Output[str]
    """Password of the created user, a secret; empty where users were passed."""

    def __init__(self, name: str, args: BasicAuthArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'BasicAuth "{name}"'
        spec = BasicAuthSpec.check(component, args)
        super().__init__("observability:index:BasicAuth", name, {**args}, opts)
        secret_name = spec.existing_secret or f"{spec.middleware_name}-users"
        self.username = pulumi.Output.from_input("")
        self.password = pulumi.Output.secret("")
        needed = []
        if not spec.existing_secret:
            users = self._users(name, component, spec)
            needed.append(
                Secret(
                    f"{name}-users",
                    metadata=ObjectMetaArgs(name=secret_name, namespace=spec.namespace, labels=MANAGED_BY),
                    string_data={"users": users},
                    opts=pulumi.ResourceOptions(parent=self),
                )
            )
        middleware = CustomResource(
            f"{name}-middleware",
            api_version=API_VERSION,
            kind="Middleware",
            metadata=ObjectMetaArgs(name=spec.middleware_name, namespace=spec.namespace, labels=MANAGED_BY),
            spec=basic_auth(secret_name),
            opts=pulumi.ResourceOptions(parent=self, depends_on=needed),
        )
        self.namespace = pulumi.Output.from_input(spec.namespace)
        self.name = pulumi.Output.from_input(spec.middleware_name)
        self.reference = known_after(pulumi.Output.concat(self.namespace, "/", self.name), middleware)
        self.secret_name = pulumi.Output.from_input(secret_name)
        self.register_outputs(outputs_of(self))

    def _users(self, name: str, component: str, spec: BasicAuthSpec) -> pulumi.Output[str]:
        if spec.htpasswd is not None:
            return checked_htpasswd(component, spec.htpasswd)
        # A Secret of its own: Traefik reads no users from one that has other keys.
        login = generate_login(
            name,
            secret_name=f"{spec.middleware_name}-login",
            namespace=spec.namespace,
            username=spec.username,
            parent=self,
        )
        self.username = pulumi.Output.from_input(spec.username)
        self.password = login.password
        # The provider keeps the hash in the state; one computed here would differ at every preview.
        return pulumi.Output.secret(pulumi.Output.concat(spec.username, ":", login.bcrypt_hash))


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
        self.register_outputs(outputs_of(self))
