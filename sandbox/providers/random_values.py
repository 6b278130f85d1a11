"""The stand-in for the random provider: passwords, drawn once and kept in the state."""

from __future__ import annotations

import secrets
import string
from typing import Final

from .differences import Difference, compare
from .plugin import CheckFailed, Found, Provider, ProviderError, Resource
from .values import UNKNOWN, Properties, Secret, Unknown, plain

_LETTERS_AND_DIGITS: Final = string.ascii_letters + string.digits
_SPECIAL: Final = "!@#$%&*()-_=+[]{}<>:?"
_PASSWORD: Final = "random:index/randomPassword:RandomPassword"
_INPUTS: Final = frozenset({"length", "special", "keepers"})


def draw(inputs: Properties) -> str:
    """Return a random string of `length` letters and digits, with special characters unless `special` is false."""
    alphabet = _LETTERS_AND_DIGITS if inputs.get("special") is False else _LETTERS_AND_DIGITS + _SPECIAL
    return "".join(secrets.choice(alphabet) for _ in range(inputs["length"]))


def _password(inputs: Properties) -> Properties:
    import bcrypt

    result = draw(inputs)
    # bcrypt reads 72 bytes and the library refuses more.
    hashed = bcrypt.hashpw(result.encode()[:72], bcrypt.gensalt(rounds=10)).decode()
    return {**inputs, "result": Secret(result), "bcryptHash": Secret(hashed)}


class RandomProvider(Provider):
    name = "random"
    notice = "This is the project's stand-in for the random provider, for tests and previews."

    def check(self, resource: Resource, olds: Properties, news: Properties) -> Properties:
        if resource.type != _PASSWORD:
            raise ProviderError(f"the stand-in random provider has no {resource.type}; it has RandomPassword")
        unknown = sorted(key for key, value in news.items() if value is not None and key not in _INPUTS)
        if unknown:
            reason = "the stand-in random provider does not have this property of RandomPassword"
            raise CheckFailed([(key, reason) for key in unknown])
        length = plain(news.get("length"))
        if not isinstance(length, Unknown) and (not isinstance(length, int) or length < 1):
            raise CheckFailed([("length", f"must be an integer of at least 1, not {length!r}")])
        return news

    def diff(self, resource: Resource, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Difference:
        return compare(old_inputs, news, lambda _: True)

    def create(self, resource: Resource, inputs: Properties) -> tuple[str, Properties]:
        if resource.preview:
            return "", {**inputs, "result": UNKNOWN, "bcryptHash": UNKNOWN}
        secret_inputs = {key: value for key, value in inputs.items() if isinstance(value, Secret)}
        return "none", {**_password(plain(inputs)), **secret_inputs}

    def read(self, resource: Resource, inputs: Properties, outputs: Properties) -> Found | None:
        return Found(resource.id, outputs, inputs)

    def update(
        self, resource: Resource, old_inputs: Properties, old_outputs: Properties, news: Properties
    ) -> Properties:
        return {**old_outputs, **news}

    def delete(self, resource: Resource, inputs: Properties, outputs: Properties) -> None: ...
