"""Object storage: the buckets, and each consumer's access to its own.

Every store is loaded when it is asked for: Loki and Tempo want to know what a bucket may be called and not what can
hold one, and the AWS provider's package costs as much as everything else.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .endpoint import Endpoint, bucket_endpoint, parse_endpoint

if TYPE_CHECKING:
    from .aws import AwsObjectStorage, AwsObjectStorageArgs
    from .aws_access import AwsBucketAccess, AwsBucketAccessArgs
    from .external import ExternalObjectStorage, ExternalObjectStorageArgs
    from .in_cluster import InClusterObjectStorage, InClusterObjectStorageArgs
    from .minio_storage import MinioObjectStorage, MinioObjectStorageArgs
    from .secret_access import SecretBucketAccess, SecretBucketAccessArgs

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

_MODULES = {
    "AwsBucketAccess": "aws_access",
    "AwsObjectStorage": "aws",
    "ExternalObjectStorage": "external",
    "InClusterObjectStorage": "in_cluster",
    "MinioObjectStorage": "minio_storage",
    "SecretBucketAccess": "secret_access",
}


def __getattr__(name: str) -> Any:
    module = _MODULES.get(name.removesuffix("Args"))
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{module}", __name__), name)
