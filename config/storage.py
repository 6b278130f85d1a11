"""Where logs and traces are kept: in the cluster, on any S3-compatible server, on AWS S3, or on a plain volume."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from .area import Area, HttpUrl, Name, Quantity, Values

PURPOSES = ("logs", "traces")
"""What buckets are for, and so the keys of `buckets`, `prefixes` and `credentials`."""

_BUCKETS = "Bucket of each purpose (logs, traces). Give these, or one shared_bucket."
_SHARED = "One bucket for every purpose, each under its own prefix."
_PREFIXES = "Prefix of each purpose in the shared bucket. Default: loki and tempo."


class Identity(StrEnum):
    """How pods on EKS prove who they are (https://docs.aws.amazon.com/eks/latest/userguide/service-accounts.html)."""

    POD_IDENTITY = "pod-identity"
    IRSA = "irsa"


class InClusterStorage(Area):
    """`kind: in-cluster`: SeaweedFS beside the platform, in one pod or on several hosts."""

    kind: Literal["in-cluster"] = Field(
        default="in-cluster", description="in-cluster, minio, filesystem, external or aws."
    )
    namespace: Name = Field(default="storage", description="Namespace of the object store. Default: storage.")
    replicas: int = Field(
        default=1,
        ge=1,
        description="Servers that hold objects: 1, which is one pod for everything, or more than copies, each on a "
        "host of its own, beside masters and filers. It grows at any time. Default: 1.",
        examples=[3],
    )
    copies: int = Field(
        default=2, ge=2, le=3, description="Servers that hold each object where there are several. Default: 2."
    )
    prepared_changes: Sequence[str] = Field(
        default=(),
        description="Changes prepared by hand, for one update: shape, between one pod and several servers; servers, to "
        "fewer of them. Default: none.",
        examples=[["servers"]],
    )
    volume_size: Quantity = Field(
        default="10Gi", description="Size of the volume of each server. Default: 10Gi.", examples=["50Gi"]
    )
    storage_class: str = Field(default="", description="StorageClass of its volumes. Default: the cluster's.")
    values: Values = Field(default_factory=dict)

    @property
    def disks_of_an_object(self) -> int:
        """How many times an object lies on volumes of the cluster."""
        return self.copies if self.replicas > 1 else 1


class MinioMode(StrEnum):
    """How many pods MinIO has: one, or four that hold each object together."""

    STANDALONE = "standalone"
    DISTRIBUTED = "distributed"


class MinioStorage(Area):
    """`kind: minio`: MinIO beside the platform, for documents that ask for it. It is no longer maintained."""

    kind: Literal["minio"]
    namespace: Name = Field(default="minio", description="Namespace of the object store. Default: minio.")
    mode: MinioMode = Field(
        default=MinioMode.STANDALONE,
        description="standalone, or distributed over four pods. It never changes for the same data. "
        "Default: standalone.",
        examples=["distributed"],
    )
    buckets: Mapping[str, str] = Field(
        default_factory=dict,
        description="Bucket of each purpose (logs, traces), created. Default: chunks for logs, traces for traces.",
        examples=[{"logs": "chunks", "traces": "traces"}],
    )
    further_buckets: Mapping[str, Sequence[str]] | None = Field(
        default=None, description="More buckets of a purpose. Default: ruler and admin for logs."
    )
    users: Mapping[str, str] = Field(
        default_factory=dict,
        description="User of each purpose, created. Default: loki and tempo.",
        examples=[{"logs": "loki_admin"}],
    )
    volume_size: Quantity = Field(default="10Gi", description="Size of each volume. Default: 10Gi.", examples=["50Gi"])
    storage_class: str = Field(default="", description="StorageClass of its volumes. Default: the cluster's.")
    values: Values = Field(default_factory=dict)

    @property
    def disks_of_an_object(self) -> int:
        """How many times an object lies on volumes of the cluster: four pods add parity of its own size."""
        return 2 if self.mode is MinioMode.DISTRIBUTED else 1

    @model_validator(mode="after")
    def _every_purpose_has_a_bucket(self) -> "MinioStorage":
        if self.buckets and set(self.buckets) != set(PURPOSES):
            raise ValueError(f"buckets names {', '.join(sorted(self.buckets))}: name exactly logs and traces")
        return self


class FilesystemStorage(Area):
    """`kind: filesystem`: no object store; Loki and Tempo keep everything on the volume of their one pod."""

    kind: Literal["filesystem"]

    @property
    def disks_of_an_object(self) -> int:
        """How many times an object lies on volumes of the cluster."""
        return 1


class _Buckets(Area):
    buckets: Mapping[str, str] = Field(
        default_factory=dict, description=_BUCKETS, examples=[{"logs": "acme-logs", "traces": "acme-traces"}]
    )
    shared_bucket: str = Field(default="", description=_SHARED, examples=["acme-observability"])
    prefixes: Mapping[str, str] = Field(default_factory=dict, description=_PREFIXES)

    @model_validator(mode="after")
    def _every_purpose_has_a_place(self) -> "_Buckets":
        if bool(self.buckets) == bool(self.shared_bucket):
            raise ValueError("give either a bucket for each of logs and traces (buckets) or one shared_bucket")
        if self.buckets and set(self.buckets) != set(PURPOSES):
            raise ValueError(f"buckets names {', '.join(sorted(self.buckets))}: name exactly logs and traces")
        if unknown := set(self.prefixes) - set(PURPOSES):
            raise ValueError(f"prefixes names {', '.join(sorted(unknown))}: there are logs and traces")
        return self


class ExternalStorage(_Buckets):
    """`kind: external`: an S3-compatible server that exists already, and its buckets."""

    kind: Literal["external"]
    endpoint: HttpUrl = Field(description="Address of the S3 server.", examples=["https://s3.example.org"])
    region: str = Field(default="us-east-1", description="Region name the server expects. Default: us-east-1.")
    path_style: bool = Field(default=True, description="Address buckets by path, not by host name. Default: true.")
    credentials: Mapping[str, Name] = Field(
        default_factory=dict,
        description=(
            "Existing Secrets by purpose (logs, traces), in the reader's namespace, with keys AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY. Default: the secret settings <purpose>_access_key_id, <purpose>_secret_access_key."
        ),
    )


class AwsStorage(_Buckets):
    """`kind: aws`: S3 buckets and the roles that may use them, created by the stack."""

    kind: Literal["aws"]
    account_id: str = Field(
        pattern=r"^\d{12}$", description="Number of the AWS account, 12 digits.", examples=["123456789012"]
    )
    partition: str = Field(default="aws", description="AWS partition. Default: aws.", examples=["aws-cn"])
    identity: Identity = Field(
        default=Identity.POD_IDENTITY, description="pod-identity or irsa. Default: pod-identity.", examples=["irsa"]
    )
    oidc_issuer: str = Field(
        default="",
        description="OIDC issuer of the EKS cluster, host and path without scheme; irsa needs it.",
        examples=["oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"],
    )
    eks_cluster: str = Field(
        default="",
        description="Name of the EKS cluster; pod-identity needs it. Default: cluster.name.",
        examples=["prod-eu1"],
    )
    kms: bool = Field(
        default=True, description="Encrypt with a KMS key (SSE-KMS with bucket key), not SSE-S3. Default: true."
    )
    kms_key_arn: str = Field(default="", description="An existing KMS key. Default: one is created.")
    create_buckets: bool = Field(
        default=True,
        description="Create the buckets and what guards them. False where others did: only the roles are made. "
        "Default: true.",
        examples=[False],
    )
    versioning: bool = Field(
        default=False, description="Keep overwritten and deleted objects for a while. Default: false."
    )
    noncurrent_days: int = Field(default=7, ge=1, description="Days that versioned objects are kept. Default: 7.")
    protect: bool = Field(default=True, description="Refuse to delete buckets and what guards them. Default: true.")
    tags: Mapping[str, str] = Field(default_factory=dict, description="Tags of every AWS resource. Default: none.")

    @model_validator(mode="after")
    def _buckets_of_others_stay_as_they_are(self) -> "AwsStorage":
        if not self.create_buckets and (
            changed := self.model_fields_set & {"versioning", "noncurrent_days", "protect"}
        ):
            raise ValueError(
                f"create_buckets false leaves the buckets to their owners, so {', '.join(sorted(changed))} would do "
                "nothing: remove it"
            )
        return self

    @model_validator(mode="after")
    def _irsa_knows_its_issuer(self) -> "AwsStorage":
        if self.identity is Identity.IRSA and not self.oidc_issuer:
            raise ValueError(
                "identity irsa needs oidc_issuer: "
                "aws eks describe-cluster --name NAME --query cluster.identity.oidc.issuer"
            )
        return self


Storage = InClusterStorage | MinioStorage | FilesystemStorage | ExternalStorage | AwsStorage

IN_CLUSTER = (InClusterStorage, MinioStorage, FilesystemStorage)
"""The kinds whose objects lie on volumes of the cluster."""

STORAGE_KINDS: Mapping[str, type[Storage]] = {
    "in-cluster": InClusterStorage,
    "minio": MinioStorage,
    "filesystem": FilesystemStorage,
    "external": ExternalStorage,
    "aws": AwsStorage,
}
