"""YAML as Kubernetes reads it, with libyaml where it is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # C where libyaml is
    """Reads a lone `=`, an operator in the Prometheus CRDs, as text: https://github.com/yaml/pyyaml/issues/89."""


_Loader.add_constructor("tag:yaml.org,2002:value", _Loader.construct_yaml_str)


def load(text: str) -> Any:
    """Read one document."""
    return yaml.load(text, Loader=_Loader)


def load_all(text: str) -> Iterator[Any]:
    """Read every document that is not empty."""
    return (document for document in yaml.load_all(text, Loader=_Loader) if document)
