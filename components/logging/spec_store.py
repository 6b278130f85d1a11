"""The part of `Logging`'s arguments that says where logs are kept, and as whom Loki goes there."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from .._objects import OptionalObjectName
from .._release_spec import ReleaseSpec
from .._spec import rule
from ..storage.buckets import name_problem
from ..storage.endpoint import parse_endpoint


class Store(StrEnum):
    """Where chunks and index are kept."""

    S3 = "s3"
    FILESYSTEM = "filesystem"


class StoreSpec(ReleaseSpec):
    """The bucket, or the volume, and the identity."""

    store: Store = Store.S3
    bucket: str = ""
    bucket_prefix: str = ""
    endpoint: str = ""
    region: str = ""
    path_style: bool = False
    kms_key_arn: str = ""
    credentials_secret: OptionalObjectName = ""
    credentials_checksum: str = ""
    service_account: OptionalObjectName = ""
    service_account_annotations: Mapping[str, str] = Field(default_factory=dict)

    @rule("bucket", "store")
    def _a_bucket_is_named(self) -> str | None:
        if self.store is Store.S3 and not self.bucket:
            return "store s3 needs the name of a bucket; for a laptop without one use store filesystem"
        return None

    @rule("bucket")
    def _the_bucket_can_be_there(self) -> str | None:
        return name_problem(self.bucket) if self.bucket else None

    @rule("region", "endpoint", "store")
    def _aws_has_a_region(self) -> str | None:
        if self.store is Store.S3 and not self.endpoint and not self.region:
            return "S3 on AWS needs a region, such as eu-west-1; for another store give its endpoint"
        return None

    @rule("endpoint")
    def _the_endpoint_is_an_address(self) -> str | None:
        try:
            if self.endpoint:
                parse_endpoint(self.endpoint)
        except ValueError as error:
            return str(error)
        return None
