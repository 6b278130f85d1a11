"""Passwords and keys that are generated once, and anew with another word of their owner."""

from collections.abc import Mapping

import pulumi
from pulumi_random import RandomPassword


def generated(name: str, length: int, revision: str, parent: pulumi.Resource) -> pulumi.Output[str]:
    """Generate a secret of letters and digits, anew whenever `revision` changes."""
    password = RandomPassword(
        name,
        length=length,
        special=False,
        keepers={"revision": revision},
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return pulumi.Output.secret(password.result)


def secret_map(values: Mapping[str, pulumi.Input[str]]) -> "pulumi.Output[Mapping[str, str]]":
    """Give `values` as one secret output."""
    return pulumi.Output.secret(pulumi.Output.all(**values))
