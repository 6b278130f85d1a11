"""YAML as Kubernetes reads it."""

from collections.abc import Iterator
from typing import Any

import yaml

_Fastest: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fastest):  # type: ignore[misc]  # the C loader where libyaml is there
    pass


_Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))
"""YAML 1.1 gives a plain `=` a tag of its own; in Kubernetes' definitions it is a text."""


def load(text: str) -> Any:
    """Read one document."""
    return yaml.load(text, Loader=_Loader)


def load_all(text: str) -> Iterator[Any]:
    """Read every document that is not empty."""
    return (document for document in yaml.load_all(text, Loader=_Loader) if document)
