"""Generated passwords and keys."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_random import RandomPassword

from ._kubernetes import MANAGED_BY


def generate_password(name: str, length: int, revision: str, parent: pulumi.Resource) -> pulumi.Output[str]:
    """Generate a secret of letters and digits, again whenever `revision` changes."""
    password = RandomPassword(
        name,
        length=length,
        special=False,
        keepers={"revision": revision},
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return pulumi.Output.secret(password.result)


def secret_map(values: Mapping[str, pulumi.Input[str]]) -> "pulumi.Output[Mapping[str, str]]":
    """Return `values` as one secret output."""
    return pulumi.Output.secret(pulumi.Output.all(**values))


@dataclass(frozen=True)
class GeneratedLogin:
    """A generated password, its hash in the state of the provider, and the Secret with user and password."""

    password: pulumi.Output[str]
    bcrypt_hash: pulumi.Output[str]
    secret: Secret


def generate_login(
    name: str,
    *,
    secret_name: pulumi.Input[str],
    namespace: pulumi.Input[str],
    username: pulumi.Input[str],
    parent: pulumi.Resource,
) -> GeneratedLogin:
    """Create a Secret with a user and a generated password, without characters that a configuration would expand."""
    child = pulumi.ResourceOptions(parent=parent)
    generated = RandomPassword(f"{name}-password", length=32, special=False, opts=child)
    password: pulumi.Output[str] = pulumi.Output.secret(generated.result)
    secret = Secret(
        f"{name}-login",
        metadata=ObjectMetaArgs(name=secret_name, namespace=namespace, labels=MANAGED_BY),
        type="kubernetes.io/basic-auth",
        string_data={"username": username, "password": password},
        opts=child,
    )
    return GeneratedLogin(password, generated.bcrypt_hash, secret)
