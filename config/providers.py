"""Settings of the AWS provider: which of them the program hands on, and which must be encrypted."""

from collections.abc import Iterator

from .problems import Problem, nearest, remove_command
from .source import Source

AWS_FLAGS = ("skipCredentialsValidation", "skipRequestingAccountId", "skipMetadataApiCheck")
"""What lets a stack preview without an account."""
AWS_SECRETS = ("accessKey", "secretKey")
"""Keys of a user, for those who cannot give them by environment or profile."""
_AWS_KEYS = ("region", *AWS_FLAGS, *AWS_SECRETS)


def provider_problems(source: Source) -> Iterator[Problem]:
    """Refuse a plain secret key, and every setting of AWS that would silently change nothing."""
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
