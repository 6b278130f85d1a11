"""A reader's access to a cache: the password in a Secret of its own namespace, as no pod reads another's Secrets."""

from base64 import b64encode
from typing import NotRequired, TypedDict

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pydantic import Field

from .._known import after
from .._namespace import MANAGED_BY
from .._spec import Spec
from ..units import Name
from .spec import PASSWORD_KEY


class CacheAccessSpec(Spec):
    """The checked arguments of `CacheAccess`."""

    namespace: Name
    password: str = Field(min_length=1)
    secret_name: Name = "cache"


class CacheAccessArgs(TypedDict):
    """Arguments of `CacheAccess`."""

    namespace: pulumi.Input[str]
    """Namespace of the reader, which exists already."""
    password: pulumi.Input[str]
    """Password of the cache. Secret."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Name of the Secret that is created. Default `cache`."""


class CacheAccess(pulumi.ComponentResource):
    """The password of a cache where one of its readers can take it from."""

    secret_name: pulumi.Output[str]
    """Name of the Secret with the password."""
    password_key: pulumi.Output[str]
    """Key of the password in that Secret."""

    def __init__(self, name: str, args: CacheAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'CacheAccess "{name}"'
        spec = CacheAccessSpec.check(component, args)
        password = pulumi.Output.secret(args["password"])
        super().__init__("observability:index:CacheAccess", name, {**args, "password": password}, opts)
        # The password is resolved apart, so that nothing else becomes secret or unknown with it.
        known = spec.model_copy(update={"password": "hidden"}).resolve(component)
        secret = Secret(
            f"{name}-secret",
            metadata=ObjectMetaArgs(
                name=known.apply(lambda s: s.secret_name),
                namespace=known.apply(lambda s: s.namespace),
                labels=MANAGED_BY,
            ),
            data=password.apply(lambda plain: {PASSWORD_KEY: b64encode(plain.encode()).decode()}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.secret_name = after(known.apply(lambda s: s.secret_name), secret)
        self.password_key = pulumi.Output.from_input(PASSWORD_KEY)
        self.register_outputs({"secretName": self.secret_name, "passwordKey": self.password_key})
