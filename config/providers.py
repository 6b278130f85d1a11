"""Settings of providers: those of AWS that the program passes on, those that must be encrypted, and unused ones."""

from collections.abc import Iterator

from components._messages import closest

from .errors import PROJECT, Problem, nearest, remove_command, setting_path
from .source import Source

AWS_FLAGS = ("skipCredentialsValidation", "skipRequestingAccountId", "skipMetadataApiCheck")
"""Flags with which a stack previews without an account."""
AWS_SECRETS = ("accessKey", "secretKey")
"""Keys of a user, where neither environment nor profile provides them."""
_AWS_KEYS = ("region", *AWS_FLAGS, *AWS_SECRETS)


def provider_problems(source: Source) -> Iterator[Problem]:
    """Yield a secret key in plain text, and every setting of AWS or Kubernetes that the program does not read."""
    yield from _unused(source)
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


def _unused(source: Source) -> Iterator[Problem]:
    """Yield keys that were meant for this program; those of other namespaces are for other readers."""
    for key in sorted(source.others):
        namespace, _, name = key.partition(":")
        if namespace == "kubernetes":
            sentence = (
                f"is not used, as the program creates the provider itself; set {setting_path('cluster', 'context')}"
            )
            yield Problem(key, sentence, remove_command(key))
        elif closest(namespace.lower(), [PROJECT]) and namespace != PROJECT:
            yield Problem(key, f"is not used; did you mean {PROJECT}:{name}?", remove_command(key))
