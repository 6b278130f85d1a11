"""Variables of the environment, which the Collector expands wherever a text of its configuration has `${…}`."""

from collections.abc import Mapping
from typing import Any

Config = dict[str, Any]
"""A part of the configuration, as YAML has it."""

NODE_VARIABLE, POD_VARIABLE = "OTEL_K8S_NODE_NAME", "OTEL_K8S_POD_NAME"
"""Variables that the chart sets in every pod."""


class Variable(str):
    """A text of the configuration in which the Collector expands `${…}`; in every other one it does not."""

    __slots__ = ()


def escaped(value: Any) -> Any:
    """Return a part of the configuration with every `$` doubled that is not of a `Variable`."""
    if isinstance(value, Mapping):
        return {escaped(key): escaped(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [escaped(item) for item in value]
    if isinstance(value, Variable):
        return str(value)
    return value.replace("$", "$$") if isinstance(value, str) else value
