"""Object storage: the buckets, and each consumer's access to its own.

The components for AWS are imported on first use: `pulumi_aws` is an optional dependency.
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

_AWS_MODULES = {
    "AwsBucketAccess": ".aws_access",
    "AwsBucketAccessArgs": ".aws_access",
    "AwsObjectStorage": ".aws",
    "AwsObjectStorageArgs": ".aws",
}


def __getattr__(name: str) -> Any:
    if name not in _AWS_MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_AWS_MODULES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
