"""`observability:storage`: where logs, traces and blocks of metrics are kept, by the settings of each kind."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from components._bucket import BucketReaderSpec
from components._kubernetes import CertificateReference
from components._model import USER_KNOWN, Plain, StrictModel, same_as
from components.storage.spec import (
    AwsBucketAccessSettings,
    AwsObjectStorageSettings,
    ExternalObjectStorageSettings,
    InClusterObjectStorageSettings,
    MinioMode,
    MinioObjectStorageSettings,
    SecretBucketAccessSettings,
)
from components.units import Name

PURPOSES = ("logs", "traces", "metrics")
"""The purposes of buckets, which are the keys of `buckets`, `prefixes` and `credentials`; `metrics` is of Thanos."""


def keys_of(purpose: str) -> frozenset[str]:
    """Return the secret settings with the keys of the S3 user of a purpose."""
    return frozenset({f"{purpose}_access_key_id", f"{purpose}_secret_access_key"})


_BUCKETS = (
    "Bucket of each purpose (`logs` and `traces`, and `metrics` with `metrics.long_term`), to be created. Default: {}, "
    "and with `metrics.long_term` `metrics: {}`."
)


def _kind(**default: Any) -> Any:
    return Field(
        **default,
        description=(
            "`in-cluster`: SeaweedFS. `minio`: MinIO, which is no longer maintained. `filesystem`: the volumes of Loki "
            "and Tempo, of one pod each. `external`: buckets of an existing S3-compatible server. `aws`: AWS S3."
        ),
        examples=["aws"],
    )


class InClusterStorage(InClusterObjectStorageSettings):
    """`kind: in-cluster`: SeaweedFS beside the platform, in one pod or on several nodes."""

    kind: Literal["in-cluster"] = _kind(default="in-cluster")
    namespace: Name = Field(default="storage", description="Namespace of the object store.", examples=["storage"])
    # Blocks of metrics have a bucket only where there is a Thanos.
    buckets: Plain[Mapping[str, str]] = Field(
        default={"logs": "loki", "traces": "tempo"},
        description=_BUCKETS.format("`logs: loki`, `traces: tempo`", "thanos"),
        examples=[{"logs": "loki", "traces": "tempo"}],
    )

    @property
    def disks_of_an_object(self) -> int:
        """The number of copies of an object on volumes of the cluster."""
        return self.replication_factor if self.replicas > 1 else 1


class MinioStorage(MinioObjectStorageSettings):
    """`kind: minio`: MinIO beside the platform, for platforms that require it. It is no longer maintained."""

    kind: Literal["minio"] = _kind()
    namespace: Name = Field(default="minio", description="Namespace of the object store.", examples=["minio"])
    # Blocks of metrics have a bucket only where there is a Thanos.
    buckets: Plain[Mapping[str, str]] = Field(
        default={"logs": "chunks", "traces": "traces"},
        description=_BUCKETS.format("`logs: chunks`, `traces: traces`", "metrics"),
        examples=[{"logs": "chunks", "traces": "traces"}],
    )

    @property
    def disks_of_an_object(self) -> int:
        """The number of copies of an object on volumes of the cluster: four pods add parity of its own size."""
        return 2 if self.mode is MinioMode.DISTRIBUTED else 1


class FilesystemStorage(StrictModel):
    """`kind: filesystem`: no object store; Loki and Tempo keep everything on the volume of their one pod."""

    kind: Literal["filesystem"] = _kind()

    @property
    def disks_of_an_object(self) -> int:
        """The number of copies of an object on volumes of the cluster."""
        return 1


class ExternalStorage(ExternalObjectStorageSettings, SecretBucketAccessSettings):
    """`kind: external`: buckets of an S3-compatible server that exist already."""

    kind: Literal["external"] = _kind()
    ca: Plain[CertificateReference | None] = same_as(BucketReaderSpec, "storage_ca")
    credentials: Mapping[str, Annotated[Name, USER_KNOWN]] = Field(
        default_factory=dict,
        description=(
            "Existing Secrets by purpose (`logs`, `traces` and `metrics`), in the namespace of the consumer, with the "
            "keys `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. Default: the secret settings "
            "`<purpose>_access_key_id` and `<purpose>_secret_access_key`."
        ),
        examples=[{"logs": "loki-bucket", "traces": "tempo-bucket"}],
    )


class AwsStorage(AwsObjectStorageSettings, AwsBucketAccessSettings):
    """`kind: aws`: buckets on AWS S3, and the roles that may use them."""

    kind: Literal["aws"] = _kind()


Storage = InClusterStorage | MinioStorage | FilesystemStorage | ExternalStorage | AwsStorage

IN_CLUSTER = (InClusterStorage, MinioStorage, FilesystemStorage)
"""The kinds whose objects are on volumes of the cluster."""

STORAGE_KINDS: Mapping[str, type[Storage]] = {
    "in-cluster": InClusterStorage,
    "minio": MinioStorage,
    "filesystem": FilesystemStorage,
    "external": ExternalStorage,
    "aws": AwsStorage,
}
