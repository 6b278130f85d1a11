"""The settings that are secret: each a key of its own, encrypted in the stack file."""

from collections.abc import Iterator, Mapping

from components._htpasswd import problem_of_htpasswd
from components._plain_secrets import HIDDEN

from .errors import PROJECT, Problem
from .source import Source

SECRET_KEYS: Mapping[str, str] = {
    "logs_access_key_id": "access key of the S3 user that Loki uses",
    "logs_secret_access_key": "secret key of the S3 user that Loki uses",
    "traces_access_key_id": "access key of the S3 user that Tempo uses",
    "traces_secret_access_key": "secret key of the S3 user that Tempo uses",
    "metrics_access_key_id": "access key of the S3 user that Thanos uses",
    "metrics_secret_access_key": "secret key of the S3 user that Thanos uses",
    "ui_users": "htpasswd lines of the users of UIs without a login of their own",
}
"""Every secret setting and what it is."""


def secret_problems(source: Source) -> list[Problem]:
    """Return the problems of secrets: in plain text in the stack file, or invalid."""
    return [*_in_plain_text(source), *_invalid(source)]


def _in_plain_text(source: Source) -> Iterator[Problem]:
    for key, meaning in SECRET_KEYS.items():
        if key in source.texts and key not in source.secret:
            yield Problem(
                f"{PROJECT}:{key}",
                f"is a secret ({meaning}) in plain text in the stack file; encrypt it, and rotate it",
                f"pulumi config set --secret {PROJECT}:{key}",
            )


def _invalid(source: Source) -> Iterator[Problem]:
    for key in SECRET_KEYS:
        if key not in source.secret or key not in source.texts:
            continue
        text = source.texts[key]
        place = f"{PROJECT}:{key}"
        if key == "ui_users":
            if problem := problem_of_htpasswd(text):
                yield Problem(place, problem, f"htpasswd -nB USER | pulumi config set --secret {place}", HIDDEN)
        elif not text or text != text.strip():
            sentence = "must not be empty or begin or end with white space; set it as issued by the store"
            yield Problem(place, sentence, f"pulumi config set --secret {place}", HIDDEN)
