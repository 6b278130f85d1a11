"""Settings and arguments of the object stores and of the access to their buckets, and their rules."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise
from typing import Annotated, Any
from urllib.parse import urlsplit

import pulumi
from pydantic import Field

from .._cluster import MonitorSpec
from .._ip_families import IpFamiliesSpec
from .._kubernetes import NodeSelector, OptionalObjectName, Tolerations
from .._model import USER_KNOWN, AlsoCalled, Choices, Location, Plain, StrictModel, placeholder
from .._namespace_spec import NamespaceSettings
from .._release_spec import ReleaseSettings, ReleaseSpec
from .._spec import REMOVE, Fix, Spec, Violation, rule
from ..charts import MINIO, SEAWEEDFS_CHART, Chart
from ..units import (
    AccountId,
    AwsRegion,
    MemorySize,
    Name,
    OptionalAwsRegion,
    Partition,
    Quantity,
    Replicas,
    VolumeSize,
    form,
)
from .partitions import arn_problem, endpoint_problem, partition_of, region_of_host, region_problem
from .policies import Identity, access_policy, bucket_arn, irsa_trust, pod_identity_trust, role_arn
from .s3 import DEFAULT_PREFIXES, PURPOSES, S3Url, aws_name_problem, name_problem, prefix_problem

SEAWEEDFS_S3_PORT = 8333
MINIO_S3_PORT = 9000
MINIO_ROOT_USER = "root"
ACCESS_KEY_ID = "AWS_ACCESS_KEY_ID"
SECRET_ACCESS_KEY = "AWS_SECRET_ACCESS_KEY"
DEFAULT_MINIO_BUCKETS: Mapping[str, str] = {"logs": "chunks", "traces": "traces", "metrics": "metrics"}

_MINIO_USER_NAME = re.compile(r"[A-Za-z0-9_-]{3,20}")
_RESERVED_MINIO_USERS = (MINIO_ROOT_USER, "readonly", "readwrite", "writeonly", "consoleAdmin", "diagnostics")
_FURTHER_MINIO_BUCKETS: Mapping[str, Sequence[str]] = {"logs": ("ruler", "admin")}
_LONGEST_SEAWEEDFS_NAME = 52
_LONGEST_MINIO_NAME = 48
_ROLE_NAME_LENGTH = 64
_KEY = r"(arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+)?"
_A_KEY = "the ARN of a KMS key, such as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_POLICY = r"(arn:[a-z-]+:iam::(\d{12}|aws):policy/[\w+=,.@/-]+)?"
_A_POLICY = "the ARN of an IAM policy, such as arn:aws:iam::123456789012:policy/boundary"
_ISSUER = r"((https://)?[A-Za-z0-9.-]+(/[\w.~-]+)*/?)?"
_AN_ISSUER = "host and path of an OIDC issuer, such as oidc.eks.eu-west-1.amazonaws.com/id/ABC"

BucketName = Annotated[str, USER_KNOWN]
"""Name of a bucket, which the rules of its store check."""


class Encryption(StrEnum):
    """The service whose keys encrypt objects."""

    KMS = "kms"
    S3 = "s3"


class Consumer(StrEnum):
    """A consumer of a bucket: of Thanos, the store gateways read alone."""

    LOKI = "loki"
    TEMPO = "tempo"
    THANOS = "thanos"
    THANOS_READER = "thanos-reader"


class GuardedChange(StrEnum):
    """A change that the update guard rejects unless `allow_changes` lists it."""

    TOPOLOGY = "topology"
    SERVERS = "servers"


class MinioMode(StrEnum):
    """The number of pods that store objects: one, or four of which any two suffice to read."""

    STANDALONE = "standalone"
    DISTRIBUTED = "distributed"


class BucketLayoutSettings(StrictModel):
    """One bucket for each purpose, or one for all with a prefix for each purpose."""

    buckets: Mapping[str, BucketName] = Field(
        default_factory=dict,
        description=(
            "Bucket of each purpose: `logs`, `traces` or `metrics`. Either this or `shared_bucket`. Default: none."
        ),
        examples=[{"logs": "acme-logs", "traces": "acme-traces"}],
    )
    shared_bucket: BucketName = Field(
        default="",
        description="One bucket for all purposes. Either this or `buckets`. Default: none.",
        examples=["acme-observability"],
    )
    prefixes: Mapping[str, str] = Field(
        default_factory=dict,
        description=(
            "Prefix of each purpose. Default: `loki`, `tempo` and `thanos` in a shared bucket, else the whole bucket."
        ),
        examples=[{"logs": "loki"}],
    )


class BucketLayoutSpec(BucketLayoutSettings, Spec):
    """The rules of a bucket layout."""

    @property
    def bucket_of(self) -> dict[str, str]:
        """The bucket of each purpose."""
        return dict.fromkeys(PURPOSES, self.shared_bucket) if self.shared_bucket else dict(self.buckets)

    @property
    def prefix_of(self) -> dict[str, str]:
        """The prefix of each purpose; the empty one is the whole bucket."""
        defaults = DEFAULT_PREFIXES if self.shared_bucket else dict.fromkeys(self.buckets, "")
        return {**defaults, **self.prefixes}

    @property
    def distinct(self) -> dict[str, str]:
        """Every bucket once, by the word that its resources are named after."""
        return {"shared": self.shared_bucket} if self.shared_bucket else dict(self.buckets)

    def _name_problem(self, name: str) -> str | None:
        return name_problem(name)

    @rule("shared_bucket", "buckets")
    def _buckets_or_shared_bucket(self) -> str | Violation | None:
        if self.buckets and self.shared_bucket:
            return (
                "must not be set beside buckets; set either a bucket for each purpose in buckets, or one shared_bucket"
            )
        if not self.buckets and not self.shared_bucket:
            return Violation(
                "is missing: objects need a bucket; set either one for each purpose in buckets, or one shared_bucket",
                {"shared_bucket": placeholder("shared_bucket")},
            )
        return None

    @rule("buckets")
    def _buckets_are_of_purposes(self) -> Iterator[Violation]:
        return _unknown_purposes("buckets", self.buckets)

    @rule("buckets")
    def _buckets_are_different(self) -> Iterator[Violation]:
        for purpose, bucket in self.buckets.items():
            other = next(name for name, used in self.buckets.items() if used == bucket)
            if other != purpose:
                all_the_same = len(set(self.buckets.values())) == 1
                one_for_all: Fix = {"buckets": REMOVE, "shared_bucket": bucket}
                another: Fix = {f"buckets.{purpose}": placeholder("bucket")}
                yield Violation(
                    f"must not be the bucket of {other} too; set it as shared_bucket, in which each purpose has "
                    "a prefix, or set another one",
                    one_for_all if all_the_same else another,
                    at=("buckets", purpose),
                )

    @rule("buckets")
    def _bucket_names_are_valid(self) -> Iterator[Violation]:
        for purpose, bucket in self.buckets.items():
            if problem := self._name_problem(bucket):
                yield Violation(problem, {f"buckets.{purpose}": placeholder("bucket")}, at=("buckets", purpose))

    @rule("shared_bucket")
    def _shared_bucket_name_is_valid(self) -> Violation | None:
        problem = self._name_problem(self.shared_bucket) if self.shared_bucket else None
        return Violation(problem, {"shared_bucket": placeholder("shared_bucket")}) if problem else None

    @rule("prefixes", "buckets", "shared_bucket")
    def _prefixes_are_of_purposes_with_a_bucket(self) -> Iterator[Violation]:
        yield from _unknown_purposes("prefixes", self.prefixes)
        for purpose in self.prefixes:
            if purpose in PURPOSES and self.bucket_of and purpose not in self.bucket_of:
                message = f"{purpose} has no bucket; set one in buckets, or remove the prefix"
                yield Violation(message, at=("prefixes", purpose))

    @rule("prefixes")
    def _prefixes_are_valid(self) -> Iterator[Violation]:
        for purpose, prefix in self.prefixes.items():
            if problem := prefix_problem(prefix):
                stripped = prefix.strip("/")
                fix = REMOVE if prefix_problem(stripped) else stripped
                yield Violation(problem, {f"prefixes.{purpose}": fix}, at=("prefixes", purpose))

    @rule("prefixes", "shared_bucket", "buckets")
    def _prefixes_do_not_overlap(self) -> str | None:
        if self.shared_bucket:
            taken = sorted(f"{prefix}/" for prefix in self.prefix_of.values())
            if "/" in taken or any(later.startswith(earlier) for earlier, later in pairwise(taken)):
                return (
                    "in a shared bucket, no prefix may be empty or within that of another purpose; change or remove it"
                )
        return None


class AwsSettings(StrictModel):
    """Settings of all components on AWS."""

    partition: Partition = Field(
        default="",
        description="AWS partition of the account, such as `aws-cn`. Default: that of the region; `aws` without one.",
        examples=["aws-cn"],
    )
    tags: Mapping[str, str] = Field(
        default_factory=dict,
        description="Tags of every AWS resource that is created. Default: none.",
        examples=[{"team": "sre"}],
    )


class AwsSpec(AwsSettings, Spec):
    """What the checked arguments of all components on AWS have in common."""

    region: str

    @property
    def effective_partition(self) -> str:
        """The partition of the account: that of the region unless it is set."""
        known = partition_of(self.region)
        return self.partition or (known.name if known else "aws")

    @rule("region")
    def _region_has_a_known_partition(self) -> Violation | None:
        problem = region_problem(self.region) if self.region else None
        return Violation(problem, {"region": placeholder("region")}) if problem else None

    @rule("partition", "region")
    def _partition_is_that_of_the_region(self) -> str | None:
        known = partition_of(self.region)
        if self.partition and known and self.partition != known.name:
            return f"must be {known.name}, the partition of region {self.region}; remove it"
        return None


def _of_layout(name: str) -> Any:
    """Return the declaration of a field of the bucket layout, to declare it `Plain`."""
    return BucketLayoutSettings.model_fields[name]


class AwsObjectStorageSettings(AwsSettings, BucketLayoutSettings):
    """Buckets on AWS S3: settings of a stack, and arguments of a program."""

    # Here the layout decides which resources there are.
    buckets: Plain[Mapping[str, BucketName]] = _of_layout("buckets")
    shared_bucket: Plain[BucketName] = _of_layout("shared_bucket")
    prefixes: Plain[Mapping[str, str]] = _of_layout("prefixes")
    create_buckets: Plain[bool] = Field(
        default=True,
        description=(
            "Whether the buckets are created, with their encryption, policies and lifecycle. False where they exist: "
            "nothing is created, and their owners configure them."
        ),
        examples=[False],
    )
    encryption: Plain[Encryption] = Field(
        default=Encryption.KMS,
        description=(
            "`kms`: by a KMS key (SSE-KMS) with bucket keys, which save most key requests. `s3`: by keys of S3 "
            "(SSE-S3)."
        ),
        examples=["s3"],
    )
    kms_key_arn: Annotated[str, form(_KEY, _A_KEY), USER_KNOWN] = Field(
        default="",
        description=(
            "ARN of the KMS key that objects are encrypted with; where `create_buckets` is false, of the key of the "
            "buckets, which their readers may then use. Default: a key is created, rotated yearly, whose deletion can "
            "be cancelled for 30 days; where `create_buckets` is false, none."
        ),
        examples=["arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    )
    versioning: Plain[bool] = Field(
        default=False,
        description="Whether overwritten and deleted objects are kept, and paid for, for `noncurrent_days`.",
        examples=[True],
    )
    noncurrent_days: Plain[int] = Field(
        default=7,
        ge=1,
        le=36_500,
        description="Time that a noncurrent version is kept with `versioning`, in days.",
        examples=[30],
    )
    protect: Plain[bool] = Field(
        default=True,
        description=(
            "Whether the buckets, and what protects them, are protected from deletion and stay in AWS when they are "
            "removed from the program."
        ),
        examples=[False],
    )


class AwsObjectStorageSpec(AwsObjectStorageSettings, AwsSpec, BucketLayoutSpec):
    """The checked arguments of `AwsObjectStorage`."""

    region: AwsRegion = Field(description="Region of the buckets.", examples=["eu-west-1"])

    @property
    def key_is_given(self) -> bool:
        """Whether `kms_key_arn` is set."""
        return isinstance(self.kms_key_arn, pulumi.Output) or self.kms_key_arn != ""

    def _name_problem(self, name: str) -> str | None:
        return aws_name_problem(name)

    @rule("kms_key_arn", "encryption")
    def _kms_key_is_of_encryption_kms(self) -> str | None:
        if self.kms_key_arn and self.encryption is not Encryption.KMS:
            return f"is not used with encryption {self.encryption}; remove it, or set encryption to kms"
        return None

    @rule("kms_key_arn", "partition", "region")
    def _kms_key_is_of_the_region(self) -> Violation | None:
        problem = self.kms_key_arn and arn_problem(self.kms_key_arn, self.effective_partition, self.region)
        return Violation(problem, {"kms_key_arn": placeholder("kms_key_arn")}) if problem else None

    @rule("create_buckets", "versioning", "noncurrent_days", "protect")
    def _only_created_buckets_are_configured(self) -> Iterator[Violation]:
        if self.create_buckets:
            return
        for name in ("versioning", "noncurrent_days", "protect"):
            if name in self.model_fields_set:
                message = "has no effect with create_buckets false, which leaves the buckets to their owners; remove it"
                yield Violation(message, at=(name,))


class AwsBucketAccessSettings(AwsSettings):
    """Roles for buckets on AWS: settings of a stack, and arguments of a program."""

    account_id: AccountId = Field(description="AWS account of the roles, 12 digits.", examples=["123456789012"])
    identity: Plain[Identity] = Field(
        default=Identity.POD_IDENTITY,
        description=(
            "How pods get their role. `pod-identity`: by an association of EKS Pod Identity. `irsa`: by an annotation "
            "of the ServiceAccount and the OIDC issuer of the cluster."
        ),
        examples=["irsa"],
    )
    oidc_issuer: Annotated[str, form(_ISSUER, _AN_ISSUER), USER_KNOWN] = Field(
        default="",
        description=(
            "OIDC issuer of the EKS cluster, with or without `https://`; required with identity `irsa`. Default: none."
        ),
        examples=["oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"],
    )
    eks_cluster: Annotated[str, USER_KNOWN] = Field(
        default="",
        description=(
            "Name of the EKS cluster; required with identity `pod-identity`. Default: none; in a stack, the setting "
            "`cluster.name`."
        ),
        examples=["prod-eu1"],
    )
    permissions_boundary: Annotated[str, form(_POLICY, _A_POLICY), USER_KNOWN] = Field(
        default="",
        description="ARN of the policy that limits what a role may do at most. Default: none.",
        examples=["arn:aws:iam::123456789012:policy/boundary"],
    )
    role_prefix: str = Field(
        default="",
        description=(
            "First part of the name of a role, `<role_prefix>-<service account>`, shortened to 64 characters. Default: "
            "none; in a stack, `<cluster.name>-<namespace>`."
        ),
        examples=["prod-eu1"],
    )


class AwsBucketAccessSpec(AwsBucketAccessSettings, AwsSpec):
    """The checked arguments of `AwsBucketAccess`."""

    actions_for: Plain[Consumer] = Field(description="Consumer whose actions are allowed.", examples=["loki"])
    region: OptionalAwsRegion = Field(
        default="",
        description=(
            "Region of the EKS cluster; with identity `pod-identity`, the role can then be assumed from that cluster "
            "alone. Default: none, from any cluster of the account."
        ),
        examples=["eu-west-1"],
    )
    namespace: Name = Field(description="Namespace of the consumer.", examples=["logging"])
    service_account: Name = Field(description="ServiceAccount of the consumer.", examples=["loki"])
    bucket: BucketName = Field(description="Bucket that the role gives access to.", examples=["acme-logs"])
    prefix: str = Field(
        default="",
        description="Prefix of the objects that the role gives access to. Default: the whole bucket.",
        examples=["loki"],
    )
    kms_key_arn: str = Field(
        default="", description="ARN of the KMS key that the bucket is encrypted with. Default: none."
    )
    role_name: str = Field(
        default="",
        description=(
            "Name of the role, 64 characters at most. Default: of `role_prefix`, else `<service account>-<bucket>`, "
            "and `-<prefix>` where there is one, shortened if needed."
        ),
        examples=["prod-eu1-loki"],
    )

    @property
    def role(self) -> str:
        """Name of the role: `role_name`, else of `role_prefix`, else of bucket and prefix, cut to what IAM takes."""
        bucket = (self.service_account, self.bucket, self.prefix.replace("/", "-"))
        parts = (self.role_prefix, self.service_account) if self.role_prefix else bucket
        name = self.role_name or "-".join(part for part in parts if part)
        if len(name) <= _ROLE_NAME_LENGTH:
            return name
        return f"{name[: _ROLE_NAME_LENGTH - 9]}-{sha256(name.encode()).hexdigest()[:8]}"

    @property
    def trust(self) -> str:
        """The trust policy of the role."""
        if self.identity is Identity.IRSA:
            return irsa_trust(
                partition=self.effective_partition,
                account_id=self.account_id,
                oidc_issuer=self.oidc_issuer,
                namespace=self.namespace,
                service_account=self.service_account,
            )
        cluster = f"arn:{self.effective_partition}:eks:{self.region}:{self.account_id}:cluster/{self.eks_cluster}"
        return pod_identity_trust(
            namespace=self.namespace,
            service_account=self.service_account,
            cluster_arn=cluster if self.region else "",
        )

    @property
    def permissions(self) -> str:
        """The access policy of the role."""
        return access_policy(
            consumer=self.actions_for,
            arn=bucket_arn(self.effective_partition, self.bucket),
            prefix=self.prefix,
            kms_key_arn=self.kms_key_arn,
        )

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations that the ServiceAccount needs: none with Pod Identity, which uses an association."""
        if self.identity is Identity.POD_IDENTITY:
            return {}
        return {"eks.amazonaws.com/role-arn": role_arn(self.effective_partition, self.account_id, self.role)}

    @property
    def checksum(self) -> str:
        """A text that changes when pods must restart to get the role."""
        credentials = f"{self.identity} {role_arn(self.effective_partition, self.account_id, self.role)}"
        return sha256(credentials.encode()).hexdigest()[:16]

    @rule("bucket")
    def _bucket_name_is_valid(self) -> Violation | None:
        problem = name_problem(self.bucket)
        return Violation(problem, {"bucket": placeholder("bucket")}) if problem else None

    @rule("role_name")
    def _role_name_is_valid(self) -> str | None:
        if re.fullmatch(rf"[\w+=,.@-]{{0,{_ROLE_NAME_LENGTH}}}", self.role_name, re.ASCII) is None:
            return (
                f"names a role {self.role_name!r}, which must be at most {_ROLE_NAME_LENGTH} letters, digits and "
                "_+=,.@-, as IAM requires; change or remove it"
            )
        return None

    @rule("permissions_boundary", "partition", "region")
    def _permissions_boundary_is_of_the_partition(self) -> Violation | None:
        problem = self.permissions_boundary and arn_problem(self.permissions_boundary, self.effective_partition)
        return Violation(problem, {"permissions_boundary": placeholder("permissions_boundary")}) if problem else None

    @rule("kms_key_arn", "partition", "region")
    def _kms_key_is_of_the_partition(self) -> Violation | None:
        problem = self.kms_key_arn and arn_problem(self.kms_key_arn, self.effective_partition)
        return Violation(problem, {"kms_key_arn": placeholder("kms_key_arn")}) if problem else None

    @rule("oidc_issuer", "region")
    def _issuer_is_of_the_region(self) -> Violation | None:
        host = self.oidc_issuer.removeprefix("https://").partition("/")[0]
        problem = endpoint_problem(host, self.region) if self.region else None
        return Violation(problem, {"oidc_issuer": placeholder("oidc_issuer")}) if problem else None

    @rule("role_prefix")
    def _role_prefix_is_valid(self) -> str | None:
        if re.fullmatch(r"[\w+=,.@-]*", self.role_prefix, re.ASCII) is None:
            return "must be letters, digits and _+=,.@-, as IAM requires of the name of a role; change or remove it"
        return None

    @rule("oidc_issuer", "identity")
    def _irsa_has_an_issuer(self) -> Violation | None:
        if self.identity is Identity.IRSA and not self.oidc_issuer:
            return Violation(
                "is missing: identity irsa requires the OIDC issuer of the cluster; set what aws eks "
                "describe-cluster --name NAME --query cluster.identity.oidc.issuer prints",
                {"oidc_issuer": placeholder("oidc_issuer")},
            )
        return None

    @rule("eks_cluster", "identity")
    def _pod_identity_has_a_cluster(self) -> Violation | None:
        if self.identity is Identity.POD_IDENTITY and not self.eks_cluster:
            message = "is missing: identity pod-identity requires the name of the EKS cluster; set it"
            return Violation(message, {"eks_cluster": placeholder("eks_cluster")})
        return None


class ExternalObjectStorageSettings(BucketLayoutSettings):
    """Buckets of an S3-compatible server: settings of a stack, and arguments of a program."""

    endpoint: S3Url = Field(
        description="URL of the S3 API: scheme, host and, where needed, port, without bucket and credentials.",
        examples=["https://s3.example.org:9000"],
    )
    region: Annotated[str, form(r"[A-Za-z0-9-]+", "the name of a region, of letters, digits and '-'")] = Field(
        default="us-east-1",
        description="Region that requests are signed for. Default: `us-east-1`, which most servers accept.",
        examples=["eu-central-1"],
    )
    path_style: bool = Field(
        default=True,
        description="Whether the bucket is part of the path of a URL; false where it is part of the host name.",
        examples=[False],
    )


class ExternalObjectStorageSpec(ExternalObjectStorageSettings, BucketLayoutSpec):
    """The checked arguments of `ExternalObjectStorage`."""

    @rule("endpoint", "region")
    def _endpoint_is_of_the_region(self) -> Violation | None:
        host = urlsplit(self.endpoint).netloc
        problem, named = endpoint_problem(host, self.region), region_of_host(host)
        signed = {"region": named} if endpoint_problem(host, named) is None else {"endpoint": placeholder("endpoint")}
        return Violation(problem, signed) if problem else None


class StoreSettings(NamespaceSettings, ReleaseSettings):
    """Settings of both stores in the cluster."""

    volume_size: VolumeSize = Field(
        default="10Gi", description="Size of the volume of each pod that holds objects.", examples=["50Gi"]
    )
    storage_class: OptionalObjectName = Field(
        default="", description="Storage class of the volumes. Default: the cluster's.", examples=["gp3"]
    )
    cpu: Quantity = Field(
        default="100m", description="CPU request of each pod that holds objects or their index.", examples=["500m"]
    )
    memory: MemorySize = Field(
        default="1Gi",
        description="Memory request and limit of each pod that holds objects or their index.",
        examples=["2Gi"],
    )
    node_selector: NodeSelector = Field(
        default_factory=dict,
        description="Labels of the nodes for all pods of the release. Default: any node.",
        examples=[{"pool": "storage"}],
    )
    tolerations: Tolerations = Field(
        default=(),
        description="Tolerations of all pods of the release. Default: none.",
        examples=[[{"key": "dedicated", "operator": "Exists"}]],
    )
    credentials_revision: Plain[str] = Field(
        default="1",
        description="Any word; a change generates new keys, and restarts the store and its consumers with them.",
        examples=["2"],
    )


class InClusterObjectStorageSettings(StoreSettings):
    """SeaweedFS: settings of a stack, and arguments of a program."""

    chart_version: Plain[Annotated[str, Choices(SEAWEEDFS_CHART.versions)]] = Field(
        default=SEAWEEDFS_CHART.default_version,
        description="Version of the SeaweedFS chart.",
        examples=[SEAWEEDFS_CHART.default_version],
    )
    replicas: Plain[Replicas] = Field(
        default=1,
        description=(
            "Number of servers that hold objects: 1, a single pod with everything, or more than `replication_factor`, "
            "each on a node of its own, beside three masters and two filers. It may grow at any time."
        ),
        examples=[3],
    )
    replication_factor: Plain[int] = Field(
        default=2,
        ge=2,
        le=3,
        description=(
            "Number of servers that hold each object where there are several; objects that exist keep their number."
        ),
        examples=[3],
    )
    allow_changes: Plain[Sequence[Annotated[GuardedChange, AlsoCalled((("shape", "topology"),))]]] = Field(
        default=(),
        description=(
            "Changes that the applied state forbids and that are allowed in one update: `topology`, between one pod "
            "and several servers, after all objects were copied out; `servers`, to fewer of them, after the last ones "
            "were evacuated. Default: none."
        ),
        examples=[["servers"]],
    )
    buckets: Plain[Mapping[str, str]] = Field(
        default=DEFAULT_PREFIXES,
        description="Bucket of each purpose (`logs`, `traces` or `metrics`), to be created.",
        examples=[{"logs": "loki", "traces": "tempo"}],
    )


class InClusterObjectStorageSpec(InClusterObjectStorageSettings, ReleaseSpec, MonitorSpec, IpFamiliesSpec):
    """The checked arguments of `InClusterObjectStorage`."""

    release_name: Plain[Name] = Field(
        default="seaweedfs",
        description=(
            "Name of the Helm release and first part of the name of every object; "
            f"{_LONGEST_SEAWEEDFS_NAME} characters at most."
        ),
    )

    @property
    def chart(self) -> Chart:
        """SeaweedFS."""
        return SEAWEEDFS_CHART

    @property
    def endpoint(self) -> str:
        """URL of the S3 API in the cluster."""
        service = self.release_name if self.clustered else f"{self.release_name}-all-in-one"
        return f"http://{service}.{self.namespace}:{SEAWEEDFS_S3_PORT}"

    @property
    def clustered(self) -> bool:
        """Whether objects lie on several servers, beside masters and filers in pods of their own."""
        return self.replicas > 1

    @property
    def identities_secret(self) -> str:
        """Name of the Secret with the identities and their rights."""
        return f"{self.release_name}-identities"

    @property
    def credentials_checksum(self) -> str:
        """A text that changes when the identities or their keys do."""
        return sha256(json.dumps([self.credentials_revision, dict(self.buckets)]).encode()).hexdigest()[:16]

    @rule("buckets")
    def _buckets_are_not_empty(self) -> str | None:
        return None if self.buckets else _NO_BUCKET

    @rule("buckets")
    def _buckets_are_of_purposes(self) -> Iterator[Violation]:
        return _unknown_purposes("buckets", self.buckets)

    @rule("buckets")
    def _bucket_names_are_valid(self) -> Iterator[Violation]:
        return _invalid_names(self.buckets, DEFAULT_PREFIXES)

    @rule("buckets")
    def _buckets_are_different(self) -> Iterator[Violation]:
        places: dict[Location, str] = {("buckets", purpose): bucket for purpose, bucket in self.buckets.items()}
        for at in _duplicates(places):
            message = "must not be the bucket of another purpose, as its key is for that bucket alone; set another one"
            yield Violation(message, _default_bucket(self.buckets, str(at[1]), DEFAULT_PREFIXES), at=at)

    @rule("replicas", "replication_factor")
    def _replicas_exceed_replication_factor(self) -> Violation | None:
        if self.clustered and self.replicas <= self.replication_factor:
            return Violation(
                f"must be more than replication_factor = {self.replication_factor}, or 1: with {self.replicas} "
                f"servers, writes would fail while one is down; set {self.replication_factor + 1} or more, or 1 for a "
                "single copy",
                {"replicas": self.replication_factor + 1},
            )
        return None

    @rule("release_name")
    def _generated_names_fit(self) -> str | None:
        return _long_name_problem(self.release_name, _LONGEST_SEAWEEDFS_NAME)


class MinioObjectStorageSettings(StoreSettings):
    """MinIO: settings of a stack, and arguments of a program."""

    chart_version: Plain[Annotated[str, Choices(MINIO.versions)]] = Field(
        default=MINIO.default_version, description="Version of the MinIO chart.", examples=[MINIO.default_version]
    )
    mode: Plain[MinioMode] = Field(
        default=MinioMode.STANDALONE,
        description=(
            "`standalone`: one pod on one volume. `distributed`: four pods, of which two may be lost for reading and "
            "one for writing. It cannot change for the same data."
        ),
        examples=["distributed"],
    )
    buckets: Plain[Mapping[str, str]] = Field(
        default=DEFAULT_MINIO_BUCKETS,
        description="Bucket of each purpose (`logs`, `traces` or `metrics`), to be created.",
        examples=[{"logs": "chunks", "traces": "traces"}],
    )
    further_buckets: Plain[Mapping[str, Sequence[str]] | None] = Field(
        default=None,
        description=(
            "More buckets of a purpose, to be created, that its key is for too. Default: `ruler` and `admin` for logs."
        ),
        examples=[{"logs": ["ruler", "admin"]}],
    )
    users: Plain[Mapping[str, str]] = Field(
        default_factory=dict,
        description=(
            "User of each purpose, to be created; its name is the access key. Default: `loki`, `tempo` and `thanos`."
        ),
        examples=[{"logs": "loki_admin"}],
    )


class MinioObjectStorageSpec(MinioObjectStorageSettings, ReleaseSpec, MonitorSpec):
    """The checked arguments of `MinioObjectStorage`."""

    release_name: Plain[Name] = Field(
        default="minio",
        description=(
            "Name of the Helm release and of the Service, and first part of the name of every other object; "
            f"{_LONGEST_MINIO_NAME} characters at most."
        ),
    )
    service_monitor: Plain[bool] = Field(
        default=False,
        description=(
            "Whether a ServiceMonitor is created; requires the CRDs of the Prometheus operator. MinIO then serves its "
            "metrics without a login."
        ),
    )

    @property
    def chart(self) -> Chart:
        """MinIO."""
        return MINIO

    @property
    def endpoint(self) -> str:
        """URL of the S3 API in the cluster."""
        return f"http://{self.release_name}.{self.namespace}:{MINIO_S3_PORT}"

    @property
    def root_secret(self) -> str:
        """Name of the Secret with the administrator's name and password."""
        return f"{self.release_name}-root"

    @property
    def users_secret(self) -> str:
        """Name of the Secret with the secret key of each user."""
        return f"{self.release_name}-users"

    @property
    def user_of(self) -> dict[str, str]:
        """The user, whose name is the access key, of each purpose that has a bucket."""
        return {purpose: self.users.get(purpose, DEFAULT_PREFIXES[purpose]) for purpose in self.buckets}

    @property
    def buckets_of(self) -> dict[str, list[str]]:
        """Every bucket of each purpose, the one for its data first."""
        further = _FURTHER_MINIO_BUCKETS if self.further_buckets is None else self.further_buckets
        return {purpose: [bucket, *further.get(purpose, ())] for purpose, bucket in self.buckets.items()}

    @property
    def credentials_checksum(self) -> str:
        """A text that changes when the users or their keys do."""
        users = [self.credentials_revision, self.buckets_of, self.user_of]
        return sha256(json.dumps(users).encode()).hexdigest()[:16]

    @property
    def _further_places(self) -> dict[Location, str]:
        return {
            ("further_buckets", purpose, index): bucket
            for purpose, buckets in (self.further_buckets or {}).items()
            for index, bucket in enumerate(buckets)
        }

    @rule("buckets")
    def _buckets_are_not_empty(self) -> str | None:
        return None if self.buckets else _NO_BUCKET

    @rule("buckets")
    def _buckets_are_of_purposes(self) -> Iterator[Violation]:
        return _unknown_purposes("buckets", self.buckets)

    @rule("buckets")
    def _bucket_names_are_valid(self) -> Iterator[Violation]:
        return _invalid_names(self.buckets, DEFAULT_MINIO_BUCKETS)

    @rule("further_buckets", "buckets")
    def _further_buckets_are_of_purposes_with_a_bucket(self) -> Iterator[Violation]:
        for purpose in self.further_buckets or {}:
            if purpose not in self.buckets:
                message = f"{purpose} has no bucket; set one in buckets, or remove it here"
                yield Violation(message, at=("further_buckets", purpose))

    @rule("further_buckets")
    def _further_bucket_names_are_valid(self) -> Iterator[Violation]:
        for at, bucket in self._further_places.items():
            if problem := name_problem(bucket):
                yield Violation(problem, at=at)

    @rule("buckets", "further_buckets")
    def _buckets_are_different(self) -> Iterator[Violation]:
        default = _FURTHER_MINIO_BUCKETS if self.further_buckets is None else {}
        implied: dict[Location, str] = {
            (purpose, bucket): bucket for purpose in self.buckets for bucket in default.get(purpose, ())
        }
        places: dict[Location, str] = {("buckets", purpose): bucket for purpose, bucket in self.buckets.items()}
        for at in _duplicates({**implied, **places, **self._further_places}):
            message = "must not be named twice, as the key of a purpose is for its buckets alone; set another one"
            fix = _default_bucket(self.buckets, str(at[1]), DEFAULT_MINIO_BUCKETS) if at in places else None
            yield Violation(message, fix, at=at)

    @rule("users", "buckets")
    def _users_are_of_purposes_with_a_bucket(self) -> Iterator[Violation]:
        yield from _unknown_purposes("users", self.users)
        for purpose in self.users:
            if purpose in PURPOSES and purpose not in self.buckets:
                message = f"{purpose} has no bucket; set one in buckets, or remove the user"
                yield Violation(message, at=("users", purpose))

    @rule("users")
    def _user_names_are_valid(self) -> Iterator[Violation]:
        for purpose, user in self.users.items():
            if problem := _minio_user_problem(user):
                yield Violation(problem, at=("users", purpose))

    @rule("users", "buckets")
    def _users_are_different(self) -> Iterator[Violation]:
        implied: dict[Location, str] = {
            (purpose,): DEFAULT_PREFIXES[purpose]
            for purpose in self.buckets
            if purpose in PURPOSES and purpose not in self.users
        }
        places: dict[Location, str] = {("users", purpose): user for purpose, user in self.users.items()}
        for at in _duplicates({**implied, **places}):
            message = "must not be the user of another purpose, as its key is for its buckets alone; set another one"
            yield Violation(message, at=at)

    @rule("release_name")
    def _generated_names_fit(self) -> str | None:
        return _long_name_problem(self.release_name, _LONGEST_MINIO_NAME)


class SecretBucketAccessSettings(StrictModel):
    """Access by key: settings of a stack, and arguments of a program."""

    credentials_revision: str = Field(
        default="",
        description=(
            "Any word that changes with the credentials, to restart the pods. Default: derived from the credentials, "
            "and unknown while they are; none with an existing Secret."
        ),
        examples=["2026-05"],
    )


class SecretBucketAccessSpec(SecretBucketAccessSettings, Spec):
    """The checked arguments of `SecretBucketAccess`."""

    namespace: Name = Field(description="Namespace of the consumer.", examples=["logging"])
    secret_name: Name = Field(default="bucket-credentials", description="Name of the Secret that is created.")
    access_key_id: str = Field(default="", description="Access key; kept as a secret. Default: none.")
    secret_access_key: str = Field(default="", description="Secret key; kept as a secret. Default: none.")
    existing_secret: Plain[OptionalObjectName] = Field(
        default="",
        description=(
            f"Name of a Secret in the same namespace with the keys `{ACCESS_KEY_ID}` and `{SECRET_ACCESS_KEY}`, in "
            "place of `access_key_id` and `secret_access_key`. Default: none."
        ),
        examples=["loki-bucket"],
    )

    @rule("existing_secret", "access_key_id", "secret_access_key")
    def _credentials_have_one_source(self) -> Violation | None:
        keys = {"access_key_id": self.access_key_id, "secret_access_key": self.secret_access_key}
        if self.existing_secret and any(keys.values()):
            message = (
                "must not be set beside access_key_id or secret_access_key; set either existing_secret or both of these"
            )
            return Violation(message, {name: REMOVE for name, value in keys.items() if value})
        missing = [name for name, value in keys.items() if not value]
        if self.existing_secret or not missing:
            return None
        needed = missing[0] if len(missing) == 1 else "existing_secret"
        return Violation(
            "is missing: the store requires credentials; set access_key_id and secret_access_key, or "
            f"existing_secret to the name of a Secret in the same namespace with the keys {ACCESS_KEY_ID} and "
            f"{SECRET_ACCESS_KEY}, and no others",
            {needed: placeholder(needed)},
        )


_NO_BUCKET = f"must not be empty; set a bucket for at least one of {', '.join(PURPOSES)}, or remove it for the default"


def _unknown_purposes(argument: str, stated: Mapping[str, Any]) -> Iterator[Violation]:
    for purpose in stated:
        if purpose not in PURPOSES:
            yield Violation(f"{purpose} is not a purpose; use {', '.join(PURPOSES)}", at=(argument, purpose))


def _invalid_names(buckets: Mapping[str, str], defaults: Mapping[str, str]) -> Iterator[Violation]:
    for purpose, bucket in buckets.items():
        if problem := name_problem(bucket):
            yield Violation(problem, _default_bucket(buckets, purpose, defaults), at=("buckets", purpose))


def _default_bucket(buckets: Mapping[str, str], purpose: str, defaults: Mapping[str, str]) -> Fix:
    """Return the fix that sets the bucket of a purpose to its default, or those of all where it is taken."""
    default = defaults.get(purpose)
    if default is None or default in buckets.values():
        return {"buckets": REMOVE}
    return {f"buckets.{purpose}": default}


def _duplicates(names: Mapping[Location, str]) -> Iterator[Location]:
    """Yield the places whose name an earlier place has already."""
    seen: set[str] = set()
    for at, name in names.items():
        if name in seen:
            yield at
        seen.add(name)


def _minio_user_problem(name: str) -> str | None:
    if _MINIO_USER_NAME.fullmatch(name) is None:
        return "must be 3 to 20 letters, digits, '_' and '-', as MinIO requires of a user; choose another name"
    if name in _RESERVED_MINIO_USERS:
        return "is reserved by MinIO; choose another name"
    return None


def _long_name_problem(release_name: str, longest: int) -> str | None:
    if len(release_name) > longest:
        return f"must be at most {longest} characters, as names made from it have 63; shorten it"
    return None
