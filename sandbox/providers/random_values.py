"""The stand-in for the random provider: passwords, drawn once and kept in the state."""

from __future__ import annotations

import secrets
import string
from typing import Any, Final

from .differences import Difference, compare
from .plugin import CheckFailed, Found, Provider, ProviderError, Resource
from .values import UNKNOWN, Properties, Secret, has_unknown, plain

_SPECIAL: Final = "!@#$%&*()-_=+[]{}<>:?"
_CLASSES: Final = {
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "numeric": string.digits,
    "special": _SPECIAL,
}
_MINIMA: Final = {"lower": "minLower", "upper": "minUpper", "numeric": "minNumeric", "special": "minSpecial"}


def draw(inputs: Properties) -> str:
    """A random string with the length, character classes and minima that the inputs ask for."""
    pools = {name: pool for name, pool in _pools(inputs).items() if pool}
    chosen: list[str] = []
    for name, minimum in _MINIMA.items():
        chosen += [secrets.choice(pools[name]) for _ in range(inputs.get(minimum) or 0)]
    alphabet = "".join(pools.values())
    chosen += [secrets.choice(alphabet) for _ in range(inputs["length"] - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)


def _pools(inputs: Properties) -> dict[str, str]:
    enabled = {name: inputs.get(name) is not False for name in _CLASSES}
    enabled["numeric"] = enabled["numeric"] and inputs.get("number") is not False
    special = inputs.get("overrideSpecial") or _SPECIAL
    return {name: (special if name == "special" else pool) if enabled[name] else "" for name, pool in _CLASSES.items()}


def _defaults(inputs: Properties) -> Properties:
    numeric = inputs.get("numeric") is not False and inputs.get("number") is not False
    classes = {name: inputs.get(name) is not False for name in ("lower", "upper", "special")}
    minima = {minimum: inputs.get(minimum) or 0 for minimum in _MINIMA.values()}
    return {**inputs, **classes, **minima, "numeric": numeric, "number": numeric}


def _password(inputs: Properties) -> Properties:
    import bcrypt

    result = draw(inputs)
    # bcrypt reads 72 bytes and the library refuses more.
    hashed = bcrypt.hashpw(result.encode()[:72], bcrypt.gensalt(rounds=10)).decode()
    return {"result": Secret(result), "bcryptHash": Secret(hashed), **_defaults(inputs)}


_PASSWORD: Final = "random:index/randomPassword:RandomPassword"


class RandomProvider(Provider):
    name = "random"
    notice = "This is the project's stand-in for the random provider, for tests and previews."

    def check(self, resource: Resource, olds: Properties, news: Properties) -> Properties:
        if resource.type != _PASSWORD:
            raise ProviderError(f"the stand-in random provider has no {resource.type}; it has RandomPassword")
        inputs: dict[str, Any] = plain(news)
        if has_unknown(inputs):
            return news
        length, pools = inputs.get("length"), _pools(inputs)
        if not isinstance(length, int) or length < 1:
            raise CheckFailed([("length", f"a number of characters from 1 up is needed, not {length!r}")])
        if not any(pools.values()):
            raise CheckFailed([("length", "every character class is switched off")])
        empty = [minimum for name, minimum in _MINIMA.items() if inputs.get(minimum) and not pools[name]]
        if empty:
            raise CheckFailed([(minimum, "its character class is switched off") for minimum in empty])
        least = sum(inputs.get(minimum) or 0 for minimum in _MINIMA.values())
        if least > length:
            raise CheckFailed([("length", f"{length} is less than the {least} characters the minima ask for")])
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
