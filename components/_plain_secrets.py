"""Secrets in plain text within chart values, which the state, previews and the release would show."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

Path = tuple[int | str, ...]

HIDDEN = "(hidden)"
"""Text that replaces a secret in messages."""

PROBLEM = (
    "is a secret in plain text, which the state and the release would show; remove it, rotate the secret, and "
    "refer to a Kubernetes Secret that holds it, or to an environment variable of the pod as ${NAME}"
)

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ENDS = (
    *(("password",), ("passwd",), ("passphrase",), ("token",), ("htpasswd",), ("password", "hash")),
    *(("client", "secret"), ("shared", "secret"), ("cookie", "secret"), ("jwt", "secret")),
    *(("access", "key", "id"), ("secret", "access", "key"), ("secret", "key"), ("access", "key")),
    *(("api", "key"), ("account", "key"), ("encryption", "key"), ("signing", "key")),
)
"""The last words of names whose value is a secret."""
_SECTIONS = {"secureJsonData", "envRenderSecret", "stringData"}
"""Sections of charts and Grafana that hold nothing but secrets."""
_BEFORE_A_KEY = {"existing", "custom", "password", "token", "client", "user", "username"}
"""Words before `secret key` in names of keys of a Secret, such as `existingSecretKey` and `passwordSecretKey`."""
_BESIDE_A_KEY = {"existingSecret", "secretName"}
"""Names that make `secretKey` beside them the key of that Secret."""
_REFERENCE = re.compile(r"\$\{[^}]+\}|\$__\w+\{[^}]+\}|\$\(\w+\)|\$\w+|\{\{.*\}\}", re.DOTALL)
_IN_A_URL = re.compile(r"(://[^/@\s:]+:)(?!\$)[^/@\s]+@")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def plain_secrets(values: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every secret in plain text within chart values, recognised by its name or its form."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            place = (*path, str(key))
            if _is_literal(value) and _is_named_like_a_secret(str(key), path, values):
                yield place
            else:
                yield from plain_secrets(value, place)
    elif isinstance(values, list | tuple):
        for index, item in enumerate(values):
            yield from plain_secrets(item, (*path, index))
    elif isinstance(values, str) and (_IN_A_URL.search(values) or _PRIVATE_KEY.search(values)):
        yield path


def redacted(values: Any) -> Any:
    """Return the values with the secrets in them replaced by `HIDDEN`, for messages."""
    if isinstance(values, str):
        return HIDDEN if _PRIVATE_KEY.search(values) else values
    hidden = set(plain_secrets(values))

    def without(part: Any, path: Path) -> Any:
        if path in hidden:
            return HIDDEN
        if isinstance(part, Mapping):
            return {key: without(value, (*path, str(key))) for key, value in part.items()}
        if isinstance(part, list | tuple):
            return [without(item, (*path, index)) for index, item in enumerate(part)]
        return part

    return without(values, ()) if hidden else values


def _is_literal(value: Any) -> bool:
    """Whether a value is set and is not merely a reference to a variable."""
    if isinstance(value, str):
        return value.strip() != "" and _REFERENCE.fullmatch(value.strip()) is None
    return isinstance(value, int | float | pulumi.Output) and not isinstance(value, bool)


def _is_named_like_a_secret(key: str, path: Path, siblings: Mapping[Any, Any]) -> bool:
    if _SECTIONS.intersection(path):
        return True
    # A variable of a pod is `{name: DB_PASSWORD, value: …}`.
    name = str(siblings.get("name")) if key == "value" else key
    words = tuple(word.lower() for word in _WORDS.findall(name))
    if words == ("credentials",) and path[-1:] == ("authorization",):
        return True
    if words[-2:] == ("secret", "key") and (_BEFORE_A_KEY.intersection(words) or _BESIDE_A_KEY & set(siblings)):
        return False
    if words == ("access", "key") and _BESIDE_A_KEY & set(siblings):
        return False
    return any(words[-len(end) :] == end for end in _ENDS)
