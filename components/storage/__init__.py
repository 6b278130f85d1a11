"""Object storage: the buckets, and each consumer's access to its own.

The components for AWS are imported on first use: `pulumi_aws` is an optional dependency.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .args import (
    AwsBucketAccessArgs,
    AwsObjectStorageArgs,
    ExternalObjectStorageArgs,
    InClusterObjectStorageArgs,
    MinioObjectStorageArgs,
    SecretBucketAccessArgs,
)
from .external import ExternalObjectStorage
from .minio import MinioObjectStorage
from .s3 import Endpoint, bucket_endpoint, parse_endpoint
from .seaweedfs import InClusterObjectStorage
from .secret_access import SecretBucketAccess

if TYPE_CHECKING:
    from .aws import AwsBucketAccess, AwsObjectStorage

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
    if name not in ("AwsBucketAccess", "AwsObjectStorage"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(".aws", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
