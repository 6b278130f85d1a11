"""The logins that a gateway accepts."""

from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._htpasswd import checked_htpasswd
from .._known import after
from .._pod_security import MANAGED_BY
from .args import GatewayLoginsArgs
from .spec import GatewayLoginsSpec

KEY = ".htpasswd"
"""The key that the gateways of Loki and Tempo read."""


class GatewayLogins(pulumi.ComponentResource):
    """A Secret with everybody who may log in at a gateway."""

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
        self.secret_name = after(spec.secret_name, secret)
        self.register_outputs({"secretName": self.secret_name})
