"""The settings that are secret: each a key of its own, encrypted in the stack file."""

from collections.abc import Mapping

from .problems import PROJECT, Problem
from .source import Source

SECRET_KEYS: Mapping[str, str] = {
    "logs_access_key_id": "access key of the S3 user that Loki uses",
    "logs_secret_access_key": "secret key of the S3 user that Loki uses",
    "traces_access_key_id": "access key of the S3 user that Tempo uses",
    "traces_secret_access_key": "secret key of the S3 user that Tempo uses",
    "ui_users": "htpasswd lines of who may open the UIs that have no login of their own",
}
"""Every secret setting and what it is."""


def secret_problems(source: Source) -> list[Problem]:
    """Refuse a secret that stands in plain text in the stack file."""
    return [
        Problem(
            f"{PROJECT}:{key}",
            f"is a secret ({meaning}) and stands in plain text in the stack file: "
            "encrypt it, and change it where it is known",
            f"pulumi config set --secret {PROJECT}:{key}",
        )
        for key, meaning in SECRET_KEYS.items()
        if key in source.texts and key not in source.secret
    ]
