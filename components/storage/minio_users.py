"""Who may do what in MinIO: a user for each purpose, with a policy of the same name on its buckets alone."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .buckets import DEFAULT_PREFIXES
from .policies import OBJECT_ACTIONS, bucket_arn

ROOT_USER = "root"
"""Name of the administrator, whose password is generated."""

_NAME = re.compile(r"[A-Za-z0-9_-]{3,20}")
_BUILT_IN = ("readonly", "readwrite", "writeonly", "consoleAdmin", "diagnostics")
_ON_BUCKETS = ("s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads")
_ON_UPLOADS = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")


def policy(name: str, purpose: str, buckets: Sequence[str]) -> dict[str, Any]:
    """Allow what the consumer of `purpose` does, on `buckets` and no other."""
    arns = [bucket_arn("aws", bucket) for bucket in buckets]
    on_objects = [*OBJECT_ACTIONS[DEFAULT_PREFIXES[purpose]], *_ON_UPLOADS]
    return {
        "name": name,
        "statements": [
            {"resources": arns, "actions": list(_ON_BUCKETS)},
            {"resources": [f"{arn}/*" for arn in arns], "actions": on_objects},
        ],
    }


def user_problem(users: Mapping[str, str], buckets: Mapping[str, str]) -> str | None:
    """Say which user of a purpose cannot be, or `None`."""
    without = sorted(set(users) - set(buckets))
    if without:
        return f"{without[0]!r} has no bucket here: name one in buckets, or leave its user out"
    every = [users.get(purpose, DEFAULT_PREFIXES.get(purpose, purpose)) for purpose in buckets]
    if len(set(every)) < len(every):
        return "two purposes have one user: each needs one of its own, as its key is good for its buckets alone"
    for name in every:
        if _NAME.fullmatch(name) is None:
            return f"{name!r} is no user name: use 3 to 20 letters, digits, '_' and '-'"
        if name == ROOT_USER or name in _BUILT_IN:
            return f"{name!r} is a name that MinIO has already: choose another"
    return None
