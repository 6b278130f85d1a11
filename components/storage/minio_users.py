"""Who may do what in MinIO: a user for each purpose, with a policy of the same name on its buckets alone."""

import re
from collections.abc import Sequence
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


def user_name_problem(name: str) -> str | None:
    """Return why a user cannot have a name, or `None`."""
    if _NAME.fullmatch(name) is None:
        return "is not a user name of MinIO: use 3 to 20 letters, digits, '_' and '-'"
    if name == ROOT_USER or name in _BUILT_IN:
        return "is reserved by MinIO: choose another name"
    return None
