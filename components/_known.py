"""Outputs that are known at preview and still make whoever uses them wait for what they name."""

from typing import TypeVar

import pulumi

T = TypeVar("T")


def after(value: pulumi.Input[T], *resources: pulumi.Resource) -> pulumi.Output[T]:
    """Give `value`, as known as it was, depending on `resources`."""
    waited_for: pulumi.Output[None] = pulumi.Output(set(resources), _now(None), _now(True))
    return pulumi.Output.all(value=value, waited_for=waited_for).apply(lambda both: both["value"])


async def _now(value: T) -> T:
    return value
