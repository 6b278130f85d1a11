"""From recorded resources to objects: manifests, AWS resources, and the values that are secret."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sandbox.providers.kube.kinds import kind_of
from tools.program import Recording, Registered
from tools.program.recording import SECRET

from .objects import AwsResource, RenderedObject, RenderError

RELEASE = "kubernetes:helm.sh/v3:Release"
GENERATED = "random:index/randomPassword:RandomPassword"
SHORTEST_SECRET = 6
"""Shorter values occur by chance (`admin`, `true`) and are not searched for."""


def kubernetes_objects(recording: Recording) -> list[RenderedObject]:
    """Give the objects that the program registers itself; releases are not among them."""
    return [
        RenderedObject(_manifest(resource), resource.name, retained=_retained(resource))
        for resource in recording.resources
        if resource.type.startswith("kubernetes:") and resource.type != RELEASE
    ]


def aws_resources(recording: Recording) -> list[AwsResource]:
    """Give the AWS resources."""
    return [
        AwsResource(resource.type, resource.name, whole_numbers(resource.plain()))
        for resource in recording.resources
        if resource.type.startswith("aws:")
    ]


def secret_values(recording: Recording) -> frozenset[str]:
    """Give every text that is secret: generated, or in a Secret as secret, or an encrypted setting."""
    found = set(recording.secret_outputs)
    for resource in recording.resources:
        if resource.type == "kubernetes:core/v1:Secret":
            found.update(_within_envelopes(resource.inputs))
    return frozenset(value for value in found if len(value) >= SHORTEST_SECRET)


def whole_numbers(value: Any) -> Any:
    """Undo what the wire does to integers: `3.0` is `3` again."""
    if isinstance(value, Mapping):
        return {str(key): whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def texts(value: Any) -> Iterator[str]:
    """Give every text in `value`, however deep; keys are not among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, Iterable):
        for item in value:
            yield from texts(item)


def _manifest(resource: Registered) -> dict[str, Any]:
    inputs: dict[str, Any] = whole_numbers(resource.plain())
    try:
        kind = kind_of(resource.type)
    except ValueError as error:
        raise RenderError(f"{resource.name}: {error}, so it cannot be rendered: use the typed resource") from None
    manifest = {"apiVersion": kind.api_version, "kind": kind.kind} | inputs
    if not (manifest.get("metadata") or {}).get("name"):
        raise RenderError(f"{resource.name}: {kind} has no metadata.name, so its name would change: give it one")
    return manifest


def _retained(resource: Registered) -> bool:
    return bool(resource.request.protect or resource.request.retainOnDelete)


def _within_envelopes(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if SECRET in value:
            yield from texts(value.get("value"))
            return
        for item in value.values():
            yield from _within_envelopes(item)
    elif isinstance(value, list):
        for item in value:
            yield from _within_envelopes(item)
