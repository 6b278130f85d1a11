"""Where logs and traces are kept: in the cluster, on any S3-compatible server, on AWS S3, or on a plain volume."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Literal

from pydantic import Field

from components.units import AccountId, Partition, Replicas

from .area import Area, HttpUrl, Name, OptionalObjectName, Values, VolumeSize, rule
from .problems import Problem, place_of, remove_command, set_command, shown

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
    replicas: Replicas = Field(
        default=1,
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
    volume_size: VolumeSize = Field(
        default="10Gi", description="Size of the volume of each server. Default: 10Gi.", examples=["50Gi"]
    )
    storage_class: OptionalObjectName = Field(
        default="", description="StorageClass of its volumes. Default: the cluster's."
    )
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
    volume_size: VolumeSize = Field(
        default="10Gi", description="Size of each volume. Default: 10Gi.", examples=["50Gi"]
    )
    storage_class: OptionalObjectName = Field(
        default="", description="StorageClass of its volumes. Default: the cluster's."
    )
    values: Values = Field(default_factory=dict)

    @property
    def disks_of_an_object(self) -> int:
        """How many times an object lies on volumes of the cluster: four pods add parity of its own size."""
        return 2 if self.mode is MinioMode.DISTRIBUTED else 1

    @rule
    def _every_purpose_has_a_bucket(self) -> Iterator[Problem]:
        yield from _buckets_of_other_purposes(self.buckets)


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

    @rule
    def _every_purpose_has_a_place(self) -> Iterator[Problem]:
        place = place_of("storage", "shared_bucket")
        either = "give either a bucket for each of logs and traces (buckets) or one shared_bucket"
        if self.buckets and self.shared_bucket:
            yield Problem(place, f"stands beside buckets: {either}", remove_command(place), shown(self.shared_bucket))
        elif not self.buckets and not self.shared_bucket:
            yield Problem(place, f"is missing: {either}", set_command(place, "acme-observability"))
        yield from _buckets_of_other_purposes(self.buckets)

    @rule
    def _prefixes_are_of_purposes(self) -> Iterator[Problem]:
        for purpose, prefix in self.prefixes.items():
            if purpose not in PURPOSES:
                place = place_of("storage", "prefixes", purpose)
                yield Problem(place, "is no purpose: there are logs and traces", remove_command(place), shown(prefix))


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

    @rule
    def _credentials_are_of_purposes(self) -> Iterator[Problem]:
        for purpose, secret in self.credentials.items():
            if purpose not in PURPOSES:
                place = place_of("storage", "credentials", purpose)
                yield Problem(place, "is no purpose: there are logs and traces", remove_command(place), shown(secret))


class AwsStorage(_Buckets):
    """`kind: aws`: S3 buckets and the roles that may use them, created by the stack."""

    kind: Literal["aws"]
    account_id: AccountId = Field(description="Number of the AWS account, 12 digits.", examples=["123456789012"])
    partition: Partition = Field(default="aws", description="AWS partition. Default: aws.", examples=["aws-cn"])
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

    @rule
    def _buckets_of_others_stay_as_they_are(self) -> Iterator[Problem]:
        if self.create_buckets:
            return
        for key in sorted(self.model_fields_set & {"versioning", "noncurrent_days", "protect"}):
            place = place_of("storage", key)
            sentence = f"create_buckets false leaves the buckets to their owners, so {key} would do nothing: remove it"
            yield Problem(place, sentence, remove_command(place), shown(getattr(self, key)))

    @rule
    def _irsa_knows_its_issuer(self) -> Iterator[Problem]:
        if self.identity is Identity.IRSA and not self.oidc_issuer:
            place = place_of("storage", "oidc_issuer")
            yield Problem(
                place,
                "is missing: identity irsa needs oidc_issuer: "
                "aws eks describe-cluster --name NAME --query cluster.identity.oidc.issuer",
                set_command(place, "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"),
            )


def _buckets_of_other_purposes(buckets: Mapping[str, str]) -> Iterator[Problem]:
    exactly = f"buckets names {', '.join(sorted(buckets))}: name exactly logs and traces"
    for purpose in sorted(set(buckets) - set(PURPOSES)):
        place = place_of("storage", "buckets", purpose)
        yield Problem(place, f"is no purpose: {exactly}", remove_command(place), shown(buckets[purpose]))
    for purpose in PURPOSES:
        if buckets and purpose not in buckets:
            place = place_of("storage", "buckets", purpose)
            yield Problem(place, f"is missing: {exactly}", set_command(place, f"acme-{purpose}"))


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
