"""A user whose password is generated and kept in a Secret of its own."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_random import RandomPassword

from ._pod_security import MANAGED_BY


@dataclass(frozen=True)
class GeneratedLogin:
    """A password, its hash as the provider keeps it in the state, and the Secret with user and password."""

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
    """Generate a password without characters that a configuration would expand, and put it into a Secret."""
    child = pulumi.ResourceOptions(parent=parent)
    made = RandomPassword(f"{name}-password", length=32, special=False, opts=child)
    password: pulumi.Output[str] = pulumi.Output.secret(made.result)
    secret = Secret(
        f"{name}-login",
        metadata=ObjectMetaArgs(name=secret_name, namespace=namespace, labels=MANAGED_BY),
        type="kubernetes.io/basic-auth",
        string_data={"username": username, "password": password},
        opts=child,
    )
    return GeneratedLogin(password, made.bcrypt_hash, secret)
