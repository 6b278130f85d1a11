"""The login of one client: a name and a generated password."""

import pulumi

from .._htpasswd import line_for_machine
from .._known import after
from .._login import generate_login
from .args import ClientLoginArgs
from .spec import ClientLoginSpec


class ClientLogin(pulumi.ComponentResource):
    """A generated password in a Secret beside the client that uses it, and the line that a server knows it by."""

    username: pulumi.Output[str]
    """Name that the client logs in by."""
    password: pulumi.Output[str]
    """The generated password, a secret."""
    htpasswd: pulumi.Output[str]
    """The line for `GatewayLogins`, a secret; the same as long as the password is."""
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
        self.secret_name = after(secret_name, login.secret)
        self.register_outputs(
            {
                "username": self.username,
                "password": self.password,
                "htpasswd": self.htpasswd,
                "secretName": self.secret_name,
            }
        )
