"""Outputs that stand where a component must have a plain value, found by the types that it gives its arguments."""

from collections.abc import Awaitable, Iterator, Mapping, Sequence
from typing import Any, NotRequired, Required, get_args, get_origin, is_typeddict

import pulumi

Location = tuple[int | str, ...]


def late_values(declared: Any, value: Any, location: Location = ()) -> Iterator[Location]:
    """Give the places of outputs within `value`, where the type `declared` takes none."""
    kind = get_args(declared)[0] if get_origin(declared) in (NotRequired, Required) else declared
    if kind is Any or _takes_outputs(kind):
        return
    if isinstance(value, pulumi.Output):
        yield location
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from late_values(_inner(kind, key), item, (*location, key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            yield from late_values(_inner(kind, index), item, (*location, index))


def _takes_outputs(kind: Any) -> bool:
    return any(get_origin(choice) is Awaitable for choice in get_args(kind))


def _inner(kind: Any, key: int | str) -> Any:
    if is_typeddict(kind):
        return kind.__annotations__.get(key, Any)
    return next(reversed(get_args(kind)), Any)
