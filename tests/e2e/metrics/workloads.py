"""The objects of a release, and what their containers run with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Object = Mapping[str, Any]


class Objects:
    """Rendered objects, found by kind and name."""

    def __init__(self, manifests: Iterable[Object]) -> None:
        self.manifests = tuple(manifests)

    def of(self, kind: str) -> list[Object]:
        """Return all objects of a kind."""
        return [each for each in self.manifests if each["kind"] == kind]

    def one(self, kind: str, name: str) -> Object:
        """Return the only object of this kind and name."""
        (found,) = (each for each in self.of(kind) if each["metadata"]["name"] == name)
        return found

    def arguments(self, kind: str, name: str, container: str = "") -> list[str]:
        """Return the arguments of a workload's container, by default of its only one."""
        return arguments_of(self.one(kind, name), container)


def arguments_of(workload: Object, container: str = "") -> list[str]:
    """Return the arguments of a workload's container, by default of its only one."""
    containers = workload["spec"]["template"]["spec"]["containers"]
    (found,) = (each for each in containers if not container or each["name"] == container)
    return list(found["args"])


def replaced(
    arguments: Sequence[str], flags: Mapping[str, str | Sequence[str]], places: Mapping[str, str] | None = None
) -> list[str]:
    """Return the arguments with other values of some flags, and other directories in front of paths.

    A flag that is not among the arguments is added; one with several values is repeated.
    """
    kept = [_moved(each, places or {}) for each in arguments if each.partition("=")[0] not in flags]
    values = {flag: [value] if isinstance(value, str) else value for flag, value in flags.items()}
    return kept + [f"{flag}={value}" for flag in values for value in values[flag]]


def _moved(argument: str, places: Mapping[str, str]) -> str:
    flag, separator, path = argument.partition("=")
    for pod, here in places.items():
        if path == pod or path.startswith(f"{pod}/"):
            return f"{flag}{separator}{here}{path.removeprefix(pod)}"
    return argument
