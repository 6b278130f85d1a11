"""Settings of providers: which of AWS's the program hands on, which must be encrypted, and what nothing reads."""

from collections.abc import Iterator

from components._sentences import closest

from .errors import PROJECT, Problem, nearest, place_of, remove_command
from .source import Source

AWS_FLAGS = ("skipCredentialsValidation", "skipRequestingAccountId", "skipMetadataApiCheck")
"""What lets a stack preview without an account."""
AWS_SECRETS = ("accessKey", "secretKey")
"""Keys of a user, for those who cannot give them by environment or profile."""
_AWS_KEYS = ("region", *AWS_FLAGS, *AWS_SECRETS)


def provider_problems(source: Source) -> Iterator[Problem]:
    """Refuse a plain secret key, and every setting of AWS or Kubernetes that would silently change nothing."""
    yield from _read_by_nothing(source)
    for key, encrypted in source.aws.items():
        place = f"aws:{key}"
        if key not in _AWS_KEYS:
            sentence = (
                f"is read by nothing, as the program makes the AWS provider itself: {nearest(key, _AWS_KEYS)}; "
                "profile and role come from the environment (AWS_PROFILE), tags from observability:storage.tags"
            )
            yield Problem(place, sentence, remove_command(place))
        elif key == "secretKey" and not encrypted:
            sentence = "is a secret and stands in plain text in the stack file: encrypt it, and change it on AWS"
            yield Problem(place, sentence, f"pulumi config set --secret {place}")


def _read_by_nothing(source: Source) -> Iterator[Problem]:
    """Find what was meant for this program; what other namespaces hold is theirs who read it."""
    for key in sorted(source.others):
        namespace, _, name = key.partition(":")
        if namespace == "kubernetes":
            sentence = (
                "is read by nothing, as the program makes the provider itself: name the cluster in "
                f"{place_of('cluster', 'context')}"
            )
            yield Problem(key, sentence, remove_command(key))
        elif closest(namespace.lower(), [PROJECT]) and namespace != PROJECT:
            yield Problem(key, f"is read by nothing: did you mean {PROJECT}:{name}?", remove_command(key))
