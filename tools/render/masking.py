"""Objects without their secrets, fit to be written and shown."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

MASK = "[secret]"


def masked(manifest: Mapping[str, Any], secrets: Iterable[str]) -> dict[str, Any]:
    """Mask everything in a Secret, and every secret value in any other object."""
    shown = dict(manifest)
    if manifest.get("kind") == "Secret":
        for field in ("data", "stringData"):
            if isinstance(manifest.get(field), Mapping):
                shown[field] = dict.fromkeys(manifest[field], MASK)
    hidden = sorted((form for secret in secrets for form in forms(secret)), key=lambda form: (-len(form), form))
    result: dict[str, Any] = _without(shown, hidden)
    return result


def forms(secret: str) -> tuple[str, str]:
    """Return the ways in which a secret may be written: as it is, and in base64."""
    return secret, base64.b64encode(secret.encode()).decode()


def _without(value: Any, hidden: list[str]) -> Any:
    if isinstance(value, str):
        for text in hidden:
            if text in value:
                value = value.replace(text, MASK)
        return value
    if isinstance(value, Mapping):
        return {key: _without(item, hidden) for key, item in value.items()}
    return [_without(item, hidden) for item in value] if isinstance(value, list) else value
