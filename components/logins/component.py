"""Logins of clients, and the Secret by which a gateway checks them."""

from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._htpasswd import checked_htpasswd, line_for_machine
from .._kubernetes import MANAGED_BY
from .._outputs import known_after, outputs_of
from .._passwords import generate_login
from .args import ClientLoginArgs, GatewayLoginsArgs
from .spec import ClientLoginSpec, GatewayLoginsSpec

KEY = ".htpasswd"
"""Key of the Secret that the gateways of Loki and Tempo read."""


class ClientLogin(pulumi.ComponentResource):
    """A generated password in a Secret in the namespace of its client, and the htpasswd line for its server."""

    username: pulumi.Output[str]
    """Name that the client logs in with."""
    password: pulumi.Output[str]
    """The generated password, a secret."""
    htpasswd: pulumi.Output[str]
    """Htpasswd line for `GatewayLogins`, a secret; it changes with the password only."""
    secret_name: pulumi.Output[str]
    """Name of the Secret with `username` and `password`."""

    def __init__(self, name: str, args: ClientLoginArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        spec = ClientLoginSpec.check(f'ClientLogin "{name}"', args)
        super().__init__("observability:index:ClientLogin", name, {**args}, opts)
        secret_name = spec.secret_name or f"{spec.username}-login"
        login = generate_login(
            name, secret_name=secret_name, namespace=spec.namespace, username=spec.username, parent=self
        )
        self.username = pulumi.Output.from_input(spec.username)
        self.password = login.password
        self.htpasswd = login.password.apply(lambda password: line_for_machine(spec.username, password))
        self.secret_name = known_after(secret_name, login.secret)
        self.register_outputs(outputs_of(self))


class GatewayLogins(pulumi.ComponentResource):
    """A Secret with the htpasswd lines of all users of a gateway."""

    secret_name: pulumi.Output[str]
    """Name of the Secret."""

    def __init__(self, name: str, args: GatewayLoginsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'GatewayLogins "{name}"'
        spec = GatewayLoginsSpec.check(component, args)
        users: pulumi.Output[Any] = pulumi.Output.secret(args["htpasswd"])
        super().__init__("observability:index:GatewayLogins", name, {**args, "htpasswd": users}, opts)
        lines = users.apply(lambda each: "\n".join(line.strip() for line in each) + "\n")
        secret = Secret(
            f"{name}-logins",
            metadata=ObjectMetaArgs(name=spec.secret_name, namespace=spec.namespace, labels=MANAGED_BY),
            string_data={KEY: checked_htpasswd(component, lines)},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.secret_name = known_after(spec.secret_name, secret)
        self.register_outputs(outputs_of(self))
