"""Outputs: found within values, and known at preview while they depend on resources."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import pulumi

from ._model import Location, inner_annotation

T = TypeVar("T")


def known_after(value: pulumi.Input[T], *resources: pulumi.Resource) -> pulumi.Output[T]:
    """Return `value` as an output that depends on `resources`, and is known if `value` is."""
    dependency: pulumi.Output[None] = pulumi.Output(set(resources), _completed(None), _completed(True))
    return pulumi.Output.all(value=value, dependency=dependency).apply(lambda both: both["value"])


async def _completed(value: T) -> T:
    return value


def outputs_of(component: pulumi.ComponentResource) -> dict[str, Any]:
    """Return the declared outputs of a component by their names in other languages."""
    classes = (cls for cls in type(component).__mro__ if cls.__module__.startswith(__package__))
    names = (name for cls in classes for name in vars(cls).get("__annotations__", {}))
    return {re.sub(r"_(.)", lambda found: found[1].upper(), name): getattr(component, name) for name in names}


def find_outputs(annotation: Any, value: Any, location: Location) -> Iterator[Location]:
    """Yield the places of outputs within a value of this annotation, except within parts of any type."""
    if annotation is Any:
        return
    if isinstance(value, pulumi.Output):
        yield location
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from find_outputs(inner_annotation(annotation, key), item, (*location, key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            yield from find_outputs(inner_annotation(annotation, index), item, (*location, index))


def holds_output(value: Any) -> bool:
    """Whether a value is an output, or holds one at any depth of its maps and lists."""
    if isinstance(value, Mapping):
        return any(map(holds_output, value.values()))
    if isinstance(value, list | tuple):
        return any(map(holds_output, value))
    return isinstance(value, pulumi.Output)
