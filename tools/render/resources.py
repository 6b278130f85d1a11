"""From recorded resources to objects: manifests, AWS resources, and the values that are secret."""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from sandbox.kinds import HELM_RELEASE, kind_of
from tools.program import Recording, Registered
from tools.program.recording import SECRET

from .objects import AwsResource, RenderedObject, RenderError

SECRET_KIND = "kubernetes:core/v1:Secret"
SHORTEST_SECRET = 6
"""Shorter values occur by chance (`admin`, `true`) and are not searched for."""


def kubernetes_objects(recording: Recording) -> list[RenderedObject]:
    """Return the objects that the program registers itself; releases are not among them."""
    return [
        RenderedObject(_manifest(resource), resource.name, retained=_retained(resource))
        for resource in recording.resources
        if resource.type.startswith("kubernetes:") and resource.type != HELM_RELEASE
    ]


def aws_resources(recording: Recording) -> list[AwsResource]:
    """Return the AWS resources."""
    return [
        AwsResource(resource.type, resource.name, whole_numbers(resource.plain()))
        for resource in recording.resources
        if resource.type.startswith("aws:")
    ]


def secret_values(recording: Recording) -> frozenset[str]:
    """Return every text that is secret: generated, an encrypted setting, marked as secret, or holding one of these.

    In a Secret everything is marked, user names too, so there only what holds another secret counts. Releases do not
    count: a checksum of a secret makes all of their values secret, and no secret may be there.
    """
    known = set(recording.secrets)
    in_secrets: set[str] = set()
    for resource in recording.resources:
        if resource.type == SECRET_KIND:
            in_secrets.update(texts(resource.plain()))
        elif resource.type.startswith(("kubernetes:", "aws:")) and resource.type != HELM_RELEASE:
            known.update(_within_envelopes(resource.inputs))
    known = {value for value in known if len(value) >= SHORTEST_SECRET}
    return frozenset(known | {text for text in in_secrets if any(value in _both(text) for value in known)})


def whole_numbers(value: Any) -> Any:
    """Undo what the wire does to integers: `3.0` is `3` again."""
    if isinstance(value, Mapping):
        return {str(key): whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def texts(value: Any) -> Iterator[str]:
    """Yield every text in `value`, however deep; keys are not among them."""
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
        raise RenderError(f"{resource.name}: {error}, so it cannot be rendered; use the typed resource") from None
    manifest = {"apiVersion": kind.api_version, "kind": kind.kind} | inputs
    if not (manifest.get("metadata") or {}).get("name"):
        raise RenderError(f"{resource.name}: {kind} has no metadata.name, so its name would change; set one")
    return manifest


def _retained(resource: Registered) -> bool:
    return bool(resource.request.protect or resource.request.retainOnDelete)


def _both(text: str) -> str:
    """Return a text, and its decoded form where it is base64."""
    with suppress(binascii.Error, UnicodeDecodeError):
        return f"{text}\n{base64.b64decode(text, validate=True).decode()}"
    return text


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
