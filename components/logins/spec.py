"""Arguments of `ClientLogin` and `GatewayLogins`."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from .._model import Plain
from .._spec import Spec
from ..units import Name, form


class ClientLoginSpec(Spec):
    """The checked arguments of `ClientLogin`."""

    namespace: Name = Field(description="Namespace of the Secret: that of the client's pods.")
    username: Plain[Annotated[str, form(r"[A-Za-z0-9._-]+", "a name of letters, digits, '.', '_' and '-'")]] = Field(
        description="Name that the client logs in with: letters, digits and `._-`."
    )
    secret_name: Plain[Name | None] = Field(
        default=None, description="Secret with the keys `username` and `password`. Default: `<username>-login`."
    )


class GatewayLoginsSpec(Spec):
    """The checked arguments of `GatewayLogins`."""

    namespace: Name = Field(description="Namespace of the Secret: that of the gateway.")
    htpasswd: Sequence[str] = Field(
        min_length=1,
        description="Lines of `user:hash`, such as the `htpasswd` of each `ClientLogin`; secrets, at least one.",
    )
    secret_name: Plain[Name] = Field(
        default="gateway-logins", description="Secret that holds the lines in its key `.htpasswd`."
    )
