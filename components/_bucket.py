"""Arguments of a backend for its bucket, and for the identity or credentials that it uses."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from ._kubernetes import CertificateReference, OptionalObjectName
from ._model import Plain
from ._spec import Spec, Violation, rule
from .storage.partitions import arn_problem, endpoint_problem, is_aws_host, partition_of, region_problem
from .storage.s3 import bucket_endpoint, name_problem

_CA_VOLUME = "storage-ca"
_CA_DIRECTORY = "/etc/storage-ca"
_CA_FILE = "ca.crt"
CA_PATH = f"{_CA_DIRECTORY}/{_CA_FILE}"
"""File of a pod with the certificates of `storage_ca`."""


class Store(StrEnum):
    """The storage of the objects of a backend."""

    S3 = "s3"
    FILESYSTEM = "filesystem"


class BucketSpec(Spec):
    """A bucket, and the address of the S3 API that it is reached at."""

    bucket: str = Field(default="", description="Bucket; required with store `s3`. Default: none.")
    bucket_prefix: str = Field(
        default="", description="Path in the bucket, without slashes at its ends. Default: the whole bucket."
    )
    endpoint: str = Field(default="", description="URL of the S3 API, without a path. Default: AWS S3 in `region`.")
    region: str = Field(default="", description="Region of the bucket; required on AWS. Default: none.")
    path_style: bool = Field(
        default=False,
        description="Whether the bucket is part of the path of a URL, as most stores other than AWS require.",
    )
    kms_key_arn: str = Field(
        default="",
        description="KMS key that objects are encrypted with. Default: the encryption that the bucket is set to.",
    )
    storage_ca: Plain[CertificateReference | None] = Field(
        default=None,
        description=(
            "Certificates of the authority that signed the certificate of `endpoint`, as a key of an existing Secret "
            "or ConfigMap of the same namespace; they alone are then trusted, and read when a pod starts. Default: the "
            "public authorities."
        ),
        examples=[{"config_map": "s3-ca", "key": "ca.crt"}],
    )

    @rule("storage_ca")
    def _storage_ca_has_one_source(self) -> str | None:
        return source_problem(self.storage_ca)

    @rule("storage_ca", "endpoint")
    def _storage_ca_is_of_an_https_endpoint(self) -> str | None:
        if self.storage_ca is not None and self.endpoint.startswith("http://"):
            return "requires an https endpoint; set one, or remove it"
        return None

    @rule("bucket")
    def _bucket_name_is_valid(self) -> str | None:
        return name_problem(self.bucket) if self.bucket else None

    @rule("bucket_prefix")
    def _bucket_prefix_has_no_outer_slashes(self) -> Violation | None:
        stripped = self.bucket_prefix.strip("/")
        if self.bucket_prefix != stripped:
            return Violation(f"must not begin or end with a slash; use {stripped!r}", {"bucket_prefix": stripped})
        return None

    @rule("endpoint", "region")
    def _endpoint_or_region_is_valid(self) -> str | None:
        if not self.endpoint and not self.region:
            return "is empty, which means AWS S3, and AWS S3 requires region; set region, or the URL of another S3 API"
        try:
            endpoint = bucket_endpoint(self.endpoint, self.region)
        except ValueError as error:
            return str(error)
        return endpoint_problem(endpoint.host_port, self.region)

    @rule("region", "endpoint")
    def _region_has_a_known_partition(self) -> str | None:
        return region_problem(self.region) if self.region and not self.endpoint else None

    @rule("kms_key_arn", "region", "endpoint")
    def _kms_key_is_of_the_region(self) -> str | None:
        known = partition_of(self.region)
        if self.kms_key_arn and known and not self.endpoint:
            return arn_problem(self.kms_key_arn, known.name, self.region)
        return None


def key_environment(secret: str) -> list[dict[str, Any]]:
    """Return the variables with the keys of a bucket from a Secret; none without one, for pods with a role."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") if secret else ()
    return [{"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": name}}} for name in names]


def source_problem(authority: CertificateReference | None) -> str | None:
    """Return why the certificates of an authority have no source, or two, `None` where they have one."""
    if authority is None or bool(authority.secret) != bool(authority.config_map):
        return None
    if authority.secret:
        return "must have one of secret and config_map, and has both; remove one of them"
    return "must have secret or config_map; set one of them"


def ca_volumes(authority: CertificateReference | None) -> list[dict[str, Any]]:
    """Return the volume with the certificates of a store's authority; none without them."""
    return [] if authority is None else [authority.volume(_CA_VOLUME, _CA_FILE)]


def ca_mounts(authority: CertificateReference | None) -> list[dict[str, Any]]:
    """Return the mount of that volume."""
    mount = {"name": _CA_VOLUME, "mountPath": _CA_DIRECTORY, "readOnly": True}
    return [] if authority is None else [mount]


class BucketReaderSpec(BucketSpec):
    """The bucket of a backend, or the volume of its only pod."""

    store: Plain[Store] = Field(
        default=Store.S3, description="`s3`: a bucket. `filesystem`: the volume of a single monolithic pod."
    )
    credentials_secret: OptionalObjectName = Field(
        default="",
        description=(
            "Secret in the same namespace with the keys `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. "
            "Default: none; the pods use the identity of their ServiceAccount."
        ),
    )
    credentials_checksum: str = Field(
        default="", description="Any text that changes with the credentials, to restart the pods. Default: none."
    )
    service_account: Plain[OptionalObjectName] = Field(
        default="", description="Name of the ServiceAccount that the release creates. Default: the release name."
    )
    service_account_annotations: Mapping[str, str] = Field(
        default_factory=dict,
        description="Annotations of the ServiceAccount, such as the role on EKS. Default: none.",
    )

    @property
    def is_s3_compatible(self) -> bool:
        """Whether objects are in a store with the S3 API that is not AWS S3."""
        return self.store is Store.S3 and not is_aws_host(bucket_endpoint(self.endpoint, self.region).host_port)

    @property
    def ca_volumes(self) -> list[dict[str, Any]]:
        """The volume with the certificates of `storage_ca`; none without it."""
        return ca_volumes(self.storage_ca)

    @property
    def ca_mounts(self) -> list[dict[str, Any]]:
        """The mount of that volume."""
        return ca_mounts(self.storage_ca)

    @rule("storage_ca", "store", "endpoint")
    def _storage_ca_is_of_an_https_endpoint(self) -> str | None:
        if self.storage_ca is not None and self.store is Store.FILESYSTEM:
            return "requires an https endpoint; set one, or remove it"
        return super()._storage_ca_is_of_an_https_endpoint()

    @rule("bucket", "store")
    def _store_s3_has_a_bucket(self) -> str | None:
        if self.store is Store.S3 and not self.bucket:
            return "is missing: store s3 requires a bucket; set it, or use store filesystem"
        if self.store is Store.FILESYSTEM and self.bucket:
            return "is not used with store filesystem; remove it, or use store s3"
        return None

    @rule("endpoint", "region", "store")
    def _endpoint_or_region_is_valid(self) -> str | None:
        return None if self.store is Store.FILESYSTEM else super()._endpoint_or_region_is_valid()

    @rule("region", "endpoint", "store")
    def _region_has_a_known_partition(self) -> str | None:
        return super()._region_has_a_known_partition()
