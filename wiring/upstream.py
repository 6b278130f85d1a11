"""Arguments that come from outputs of other components."""

from collections.abc import Mapping
from typing import NotRequired, Protocol, TypedDict

import pulumi

from components._args import CertificateReference


class BucketArgs(TypedDict, total=False):
    """The bucket of a backend, and the identity for access to it."""

    store: str
    bucket: pulumi.Input[str]
    bucket_prefix: pulumi.Input[str]
    endpoint: pulumi.Input[str]
    region: pulumi.Input[str]
    path_style: pulumi.Input[bool]
    storage_ca: CertificateReference
    service_account: str
    service_account_annotations: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    credentials_secret: pulumi.Input[str]
    credentials_checksum: pulumi.Input[str]


class BackendCacheArgs(TypedDict, total=False):
    """The cache of a backend."""

    cache_endpoint: pulumi.Input[str]
    cache_password_secret: pulumi.Input[str]
    cache_password_key: pulumi.Input[str]
    cache_checksum: pulumi.Input[str]


class SidecarArgs(TypedDict, total=False):
    """The object store that the sidecar of Prometheus uploads blocks to, and the identity for it."""

    retention: str
    objstore_secret: str
    objstore_revision: pulumi.Input[str]
    objstore_credentials_secret: str
    storage_ca: CertificateReference
    service_account_annotations: pulumi.Input[Mapping[str, pulumi.Input[str]]]


class ThanosStoreArgs(TypedDict):
    """The same for the pods of Thanos."""

    objstore_secret: pulumi.Input[str]
    objstore_revision: pulumi.Input[str]
    credentials_secret: str
    storage_ca: NotRequired[CertificateReference]
    service_account_annotations: Mapping[str, pulumi.Input[Mapping[str, pulumi.Input[str]]]]


class ObjectStore(Protocol):
    """The outputs of every storage component."""

    buckets: pulumi.Output[Mapping[str, str]]
    prefixes: pulumi.Output[Mapping[str, str]]
    endpoint: pulumi.Output[str]
    region: pulumi.Output[str]
    path_style: pulumi.Output[bool]
    kms_key_arn: pulumi.Output[str]


class ObjectStoreWithKeys(ObjectStore, Protocol):
    """The outputs of a storage component that generates the keys of its users."""

    access_key_ids: pulumi.Output[Mapping[str, str]]
    secret_access_keys: pulumi.Output[Mapping[str, str]]
    credentials_revision: pulumi.Output[str]
