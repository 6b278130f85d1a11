"""The object store of a stack, and its consumers' access to it."""

from collections.abc import Mapping
from typing import cast

import pulumi

import components
from config import Settings
from config.storage import AwsStorage, ExternalStorage, FilesystemStorage, InClusterStorage, MinioStorage, Storage

from . import build_args
from .upstream import BucketArgs, ObjectStore, ObjectStoreWithKeys

Namespaces = Mapping[str, pulumi.Output[str]]


def create_store(settings: Settings, namespaces: Namespaces, options: pulumi.ResourceOptions) -> ObjectStore | None:
    """Create the object store; `None` where the stack keeps nothing in buckets."""
    store = settings.storage
    if not settings.purposes:
        return None
    match store:
        case FilesystemStorage():
            return None
        case AwsStorage():
            return components.AwsObjectStorage("storage", build_args.aws_storage_args(settings, store), options)
        case ExternalStorage():
            return components.ExternalObjectStorage("storage", build_args.external_storage_args(store), options)
        case MinioStorage():
            minio = build_args.minio_storage_args(settings, store, namespaces[store.namespace])
            return components.MinioObjectStorage("storage", minio, options)
        case InClusterStorage():
            seaweedfs = build_args.in_cluster_storage_args(settings, store, namespaces[store.namespace])
            return components.InClusterObjectStorage("storage", seaweedfs, options)


def use_bucket(
    settings: Settings,
    store: ObjectStore | None,
    purpose: str,
    consumer: str,
    namespace: pulumi.Output[str],
    options: pulumi.ResourceOptions,
) -> BucketArgs:
    """Grant `consumer` access to the bucket of `purpose`; return the arguments for it."""
    if store is None:
        return {"store": "filesystem", "service_account": consumer}
    access: components.AwsBucketAccess | components.SecretBucketAccess
    if isinstance(settings.storage, AwsStorage):
        role = build_args.aws_access_args(settings, settings.storage, store, purpose, consumer, namespace)
        access = components.AwsBucketAccess(f"{purpose}-access", role, options)
    else:
        keys = secret_access_args(settings, settings.storage, store, purpose, consumer, namespace)
        access = components.SecretBucketAccess(f"{purpose}-access", keys, options)
    return {
        "bucket": store.buckets[purpose],
        "bucket_prefix": store.prefixes[purpose],
        "endpoint": store.endpoint,
        "region": store.region,
        "path_style": store.path_style,
        **build_args.storage_ca(settings.storage),
        "service_account": consumer,
        "service_account_annotations": access.service_account_annotations,
        "credentials_secret": access.secret_name,
        "credentials_checksum": access.checksum,
    }


def secret_access_args(
    settings: Settings, store: Storage, made: ObjectStore, purpose: str, consumer: str, namespace: pulumi.Output[str]
) -> components.SecretBucketAccessArgs:
    """Return the arguments of a Secret with the keys of `consumer`: generated, from the settings, or existing."""
    if not isinstance(store, ExternalStorage):
        return build_args.generated_access_args(cast(ObjectStoreWithKeys, made), purpose, consumer, namespace)
    access_key, secret_key = (settings.secret(f"{purpose}_{key}") for key in ("access_key_id", "secret_access_key"))
    keys = None if access_key is None or secret_key is None else (access_key, secret_key)
    return build_args.external_access_args(store, purpose, consumer, namespace, keys)
