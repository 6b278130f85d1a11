"""Object storage: the buckets, and each consumer's access to its own.

What is on AWS is loaded when it is asked for, as no other stack has to pay for the AWS provider's package.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .endpoint import Endpoint, bucket_endpoint, parse_endpoint
from .external import ExternalObjectStorage, ExternalObjectStorageArgs
from .in_cluster import InClusterObjectStorage, InClusterObjectStorageArgs
from .minio_storage import MinioObjectStorage, MinioObjectStorageArgs
from .secret_access import SecretBucketAccess, SecretBucketAccessArgs

if TYPE_CHECKING:
    from .aws import AwsObjectStorage, AwsObjectStorageArgs
    from .aws_access import AwsBucketAccess, AwsBucketAccessArgs

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

_ON_AWS = {
    "AwsObjectStorage": "aws",
    "AwsObjectStorageArgs": "aws",
    "AwsBucketAccess": "aws_access",
    "AwsBucketAccessArgs": "aws_access",
}


def __getattr__(name: str) -> Any:
    if name not in _ON_AWS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_ON_AWS[name]}", __name__), name)
