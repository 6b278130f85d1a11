"""Settings of providers: those of AWS that the program passes on, those that must be encrypted, and unused ones."""

import json
from collections.abc import Iterator
from typing import Any

from components._messages import closest
from components._shown import shown

from .errors import PROJECT, Problem, nearest, remove_command, replace_command, set_command, setting_path
from .source import Source

AWS_FLAGS = ("skipCredentialsValidation", "skipRequestingAccountId", "skipMetadataApiCheck")
"""Flags with which a stack previews without an account."""
AWS_SECRETS = ("accessKey", "secretKey")
"""Keys of a user, where neither environment nor profile provides them."""
_ENGINE_KEYS = ("disable-default-providers", "tags", "autonaming")
"""Settings that the engine reads (https://www.pulumi.com/docs/iac/concepts/config/)."""
_PACKAGES = ("*", "aws", "kubernetes", "random")
"""Default providers that a stack could use by accident; `*` is all."""
_AWS_KEYS = ("region", *AWS_FLAGS, *AWS_SECRETS)


def provider_problems(source: Source) -> Iterator[Problem]:
    """Yield a secret key in plain text, and every setting of AWS or Kubernetes that the program does not read."""
    yield from _unused(source)
    yield from _wrong_guard(source)
    for key, encrypted in source.aws.items():
        place = f"aws:{key}"
        if key not in _AWS_KEYS:
            sentence = (
                f"is not used, as the program creates the AWS provider itself; {nearest(key, _AWS_KEYS)}; "
                "profile and role come from the environment (AWS_PROFILE), tags from observability:storage.tags"
            )
            yield Problem(place, sentence, remove_command(place))
        elif key == "secretKey" and not encrypted:
            sentence = "is a secret in plain text in the stack file; encrypt it, and rotate it on AWS"
            yield Problem(place, sentence, f"pulumi config set --secret {place}")


def _wrong_guard(source: Source) -> Iterator[Problem]:
    """Yield a value of `pulumi:disable-default-providers` that disables nothing."""
    place = "pulumi:disable-default-providers"
    if (text := source.others.get(place)) is None:
        return
    disabled = _plain(text)
    known = isinstance(disabled, list) and disabled and all(isinstance(name, str) for name in disabled)
    if not known or any(name not in _PACKAGES and closest(name, _PACKAGES) for name in disabled):
        sentence = (
            'must be ["*"] or a list of packages such as ["kubernetes"], as otherwise a default provider may reach '
            'another cluster or account; set ["*"]'
        )
        yield Problem(place, sentence, replace_command(place, disabled, ["*"]), shown(disabled))


def _unused(source: Source) -> Iterator[Problem]:
    """Yield keys that were meant for this program; those of other namespaces are for other readers."""
    for key in sorted(source.others):
        namespace, _, name = key.partition(":")
        if namespace == "kubernetes":
            sentence = (
                f"is not used, as the program creates the provider itself; set {setting_path('cluster', 'context')}"
            )
            yield Problem(key, sentence, remove_command(key))
        elif namespace == "pulumi" and name not in _ENGINE_KEYS:
            sentence = f"unknown setting of the engine, which does not read it; {nearest(name, _ENGINE_KEYS)}"
            yield Problem(key, sentence, _renamed(source, key, closest(name, _ENGINE_KEYS)))
        elif closest(namespace.lower(), [PROJECT]) and namespace != PROJECT:
            yield Problem(key, f"is not used; did you mean {PROJECT}:{name}?", remove_command(key))


def _renamed(source: Source, key: str, name: str | None) -> str:
    """Return the commands that remove `key` and set its value under the right name, if there is one."""
    moved = [set_command(f"pulumi:{name}", _plain(source.others[key]))] if name else []
    return "\n".join([remove_command(key), *moved])


def _plain(text: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return text
