"""Object storage: the buckets, and each consumer's access to its own.

The components for AWS are imported on first use: `pulumi_aws` is an optional dependency.
"""

from typing import TYPE_CHECKING, Any

from .args import (
    AwsBucketAccessArgs,
    AwsObjectStorageArgs,
    ExternalObjectStorageArgs,
    InClusterObjectStorageArgs,
    MinioObjectStorageArgs,
    SecretBucketAccessArgs,
)
from .endpoint import Endpoint, bucket_endpoint, parse_endpoint
from .external import ExternalObjectStorage
from .in_cluster import InClusterObjectStorage
from .minio_storage import MinioObjectStorage
from .secret_access import SecretBucketAccess

if TYPE_CHECKING:
    from .aws import AwsObjectStorage
    from .aws_access import AwsBucketAccess

__all__ = [
    "AwsBucketAccess",
    "AwsBucketAccessArgs",
    "AwsObjectStorage",
    "AwsObjectStorageArgs",
    "Endpoint",
    "ExternalObjectStorage",
    "ExternalObjectStorageArgs",
    "InClusterObjectStorage",
    "InClusterObjectStorageArgs",
    "MinioObjectStorage",
    "MinioObjectStorageArgs",
    "SecretBucketAccess",
    "SecretBucketAccessArgs",
    "bucket_endpoint",
    "parse_endpoint",
]


def __getattr__(name: str) -> Any:
    match name:
        case "AwsBucketAccess":
            from .aws_access import AwsBucketAccess

            return AwsBucketAccess
        case "AwsObjectStorage":
            from .aws import AwsObjectStorage

            return AwsObjectStorage
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
