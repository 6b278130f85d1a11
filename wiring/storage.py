"""The store that a stack asks for, and its consumers' access to it."""

from collections.abc import Mapping
from typing import Any

import pulumi

import components
from config import Settings
from config.storage import (
    PURPOSES,
    AwsStorage,
    ExternalStorage,
    FilesystemStorage,
    Identity,
    InClusterStorage,
    MinioStorage,
)

from .arguments import given, monitors, placement

BUCKETS_IN_CLUSTER = {"logs": "loki", "traces": "tempo"}
BUCKETS_OF_MINIO = {"logs": "chunks", "traces": "traces"}


class Storage:
    """A store with one access a consumer, whichever kind the stack asks for."""

    def __init__(
        self, settings: Settings, namespaces: Mapping[str, pulumi.Output[str]], options: pulumi.ResourceOptions
    ) -> None:
        self._settings = settings
        self._namespaces = namespaces
        self._options = options
        asked = store_arguments(settings, namespaces)
        self.component: Any = None if asked is None else getattr(components, asked[0])("storage", asked[1], options)
        self.buckets: dict[str, Any] = (
            {} if self.component is None else {purpose: self.component.buckets[purpose] for purpose in PURPOSES}
        )

    def bucket(self, purpose: str, consumer: str, namespace: str) -> dict[str, Any]:
        """Let `consumer` use the bucket of `purpose`, and give the arguments that tell it how.

        Without an object store, they tell it to keep everything on its own volume.
        """
        if self.component is None:
            return {"store": "filesystem", "service_account": consumer}
        access = self._access(purpose, consumer, namespace)
        return {
            "bucket": self.component.buckets[purpose],
            "bucket_prefix": self.component.prefixes[purpose],
            "endpoint": self.component.endpoint,
            "region": self.component.region,
            "path_style": self.component.path_style,
            "service_account": consumer,
            "service_account_annotations": access.service_account_annotations,
            "credentials_secret": access.secret_name,
            "credentials_checksum": access.checksum,
        }

    def _access(self, purpose: str, consumer: str, namespace: str) -> Any:
        where = self._namespaces[namespace]
        component, arguments = access_arguments(self._settings, purpose, consumer, where, self.component)
        return getattr(components, component)(f"{purpose}-access", arguments, self._options)


def access_arguments(
    settings: Settings, purpose: str, consumer: str, namespace: pulumi.Output[str], made: Any
) -> tuple[str, Any]:
    """Name the component that lets `consumer` into its bucket of the store `made`, and give its arguments."""
    store = settings.storage
    if not isinstance(store, AwsStorage):
        return "SecretBucketAccess", given(
            namespace=namespace, **_credentials(settings, store, purpose, consumer, made)
        )
    irsa = store.identity is Identity.IRSA
    cluster = settings.cluster.name
    return "AwsBucketAccess", given(
        identity=store.identity.value,
        actions_for=consumer,
        account_id=store.account_id,
        partition=store.partition,
        region=settings.aws_region,
        oidc_issuer=store.oidc_issuer if irsa else None,
        cluster_name=None if irsa else store.eks_cluster or cluster,
        namespace=namespace,
        service_account=consumer,
        bucket=made.buckets[purpose],
        prefix=made.prefixes[purpose],
        kms_key_arn=made.kms_key_arn,
        role_name=f"{cluster}-{consumer}",
        tags=dict(store.tags),
    )


def _credentials(settings: Settings, store: Any, purpose: str, consumer: str, made: Any) -> dict[str, Any]:
    if not isinstance(store, ExternalStorage):
        return {
            "secret_name": f"{consumer}-bucket",
            "access_key_id": made.access_key_ids[purpose],
            "secret_access_key": made.secret_access_keys[purpose],
            "credentials_revision": made.credentials_revision,
        }
    if purpose in store.credentials:
        return {"existing_secret": store.credentials[purpose]}
    return {
        "secret_name": f"{consumer}-bucket",
        "access_key_id": settings.secret(f"{purpose}_access_key_id"),
        "secret_access_key": settings.secret(f"{purpose}_secret_access_key"),
    }


def store_arguments(settings: Settings, namespaces: Mapping[str, pulumi.Output[str]]) -> tuple[str, Any] | None:
    """Name the component that keeps objects, and give its arguments; `None` where volumes keep everything."""
    store = settings.storage
    if isinstance(store, FilesystemStorage):
        return None
    if isinstance(store, AwsStorage):
        return "AwsObjectStorage", _aws(settings, store)
    if isinstance(store, ExternalStorage):
        return "ExternalObjectStorage", given(
            endpoint=store.endpoint, region=store.region, path_style=store.path_style, **_layout(store)
        )
    if isinstance(store, MinioStorage):
        return "MinioObjectStorage", _minio(settings, store, namespaces)
    return "InClusterObjectStorage", _beside(settings, store, namespaces) | given(
        buckets=BUCKETS_IN_CLUSTER,
        replicas=store.replicas,
        copies=store.copies,
        prepared_changes=list(store.prepared_changes),
    )


def _aws(settings: Settings, store: AwsStorage) -> Any:
    return given(
        region=settings.aws_region,
        partition=store.partition,
        **_layout(store),
        existing=not store.create_buckets or None,
        encryption="kms" if store.kms else "s3",
        kms_key_arn=store.kms_key_arn,
        versioning=store.versioning,
        noncurrent_days=store.noncurrent_days,
        protect=store.protect,
        tags=dict(store.tags),
    )


def _minio(settings: Settings, store: MinioStorage, namespaces: Mapping[str, pulumi.Output[str]]) -> Any:
    further = store.further_buckets
    arguments = _beside(settings, store, namespaces) | given(
        mode=store.mode.value,
        buckets=dict(store.buckets) or BUCKETS_OF_MINIO,
        users=dict(store.users),
    )
    if further is not None:
        arguments["further_buckets"] = {purpose: list(buckets) for purpose, buckets in further.items()}
    return arguments


def _beside(
    settings: Settings, store: InClusterStorage | MinioStorage, namespaces: Mapping[str, pulumi.Output[str]]
) -> Any:
    return given(
        namespace=namespaces[store.namespace],
        storage_size=store.volume_size,
        storage_class=store.storage_class or settings.cluster.storage_class,
        **placement(settings),
        **monitors(settings),
        charts_dir=settings.charts.directory,
        values=dict(store.values),
    ) | {"create_namespace": False}


def _layout(store: AwsStorage | ExternalStorage) -> dict[str, Any]:
    return {
        "buckets": dict(store.buckets),
        "shared_bucket": store.shared_bucket,
        "prefixes": dict(store.prefixes),
    }
