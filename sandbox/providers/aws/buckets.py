"""S3 buckets and what is configured on them, each as its own resource."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..values import Properties, without_nulls
from .account import Account, mapping, pairs, partition_of
from .kinds import AwsKind, from_aws, to_aws, unless_missing


class Bucket(AwsKind):
    properties = frozenset({"bucket", "forceDestroy", "tags", "region"})
    immutable = frozenset({"bucket", "region"})
    computed = ("arn",)
    fixed: Mapping[str, Any] = {"forceDestroy": False}
    named_by = "bucket"

    def create(self, aws: Account, inputs: Properties) -> str:
        region = inputs.get("region") or aws.region
        more = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        _s3(aws, inputs).create_bucket(Bucket=inputs["bucket"], **more)
        self.update(aws, inputs["bucket"], inputs)
        return str(inputs["bucket"])

    def read(self, aws: Account, id: str, inputs: Properties) -> Properties | None:
        s3 = _s3(aws, inputs)
        if unless_missing(lambda: s3.head_bucket(Bucket=id)) is None:
            return None
        region = s3.get_bucket_location(Bucket=id).get("LocationConstraint") or "us-east-1"
        tagging = unless_missing(lambda: s3.get_bucket_tagging(Bucket=id)) or {}
        tags = mapping(tagging.get("TagSet"))
        return {"bucket": id, "region": region, "arn": f"arn:{partition_of(region)}:s3:::{id}", "tags": tags}

    def update(self, aws: Account, id: str, inputs: Properties) -> None:
        tags = inputs.get("tags")
        s3 = _s3(aws, inputs)
        if tags:
            s3.put_bucket_tagging(Bucket=id, Tagging={"TagSet": pairs(tags)})
        else:
            s3.delete_bucket_tagging(Bucket=id)

    def delete(self, aws: Account, id: str, inputs: Properties) -> None:
        unless_missing(lambda: _s3(aws, inputs).delete_bucket(Bucket=id))


@dataclass(frozen=True)
class _Call:
    """The S3 operations of one setting of a bucket and the shape of its body."""

    name: str
    put: Callable[[Properties], dict[str, Any]]
    got: Callable[[dict[str, Any]], Properties]
    can_be_deleted: bool = True


class BucketSetting(AwsKind):
    """A setting of a bucket that S3 keeps as one document; its id is the bucket's name."""

    immutable = frozenset({"bucket", "region"})

    def __init__(self, properties: set[str], call: _Call, documents: frozenset[str] = frozenset()):
        self.properties = frozenset({"bucket", "region", *properties})
        self.documents = documents
        self._call = call

    def create(self, aws: Account, inputs: Properties) -> str:
        self.update(aws, inputs["bucket"], inputs)
        return str(inputs["bucket"])

    def read(self, aws: Account, id: str, inputs: Properties) -> Properties | None:
        get = getattr(_s3(aws, inputs), f"get_{self._call.name}")
        found = unless_missing(lambda: get(Bucket=id))
        if found is None:
            return None
        properties = self._call.got(found)
        return {"bucket": id, **properties} if properties else None

    def update(self, aws: Account, id: str, inputs: Properties) -> None:
        getattr(_s3(aws, inputs), f"put_{self._call.name}")(Bucket=id, **self._call.put(inputs))

    def delete(self, aws: Account, id: str, inputs: Properties) -> None:
        if self._call.can_be_deleted:
            name = self._call.name.removesuffix("_configuration")
            s3 = _s3(aws, inputs)
            delete = getattr(s3, f"delete_{name}", None) or getattr(s3, f"delete_{self._call.name}")
            unless_missing(lambda: delete(Bucket=id))


_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def _lifecycle_rule(rule: Properties) -> dict[str, Any]:
    """Return a rule as S3 reads it: an empty filter is an empty prefix."""
    converted: dict[str, Any] = to_aws(without_nulls(rule))
    return {**converted, "Filter": converted.get("Filter") or {"Prefix": ""}}


def _encryption(found: dict[str, Any]) -> Properties:
    return {"rules": from_aws(found["ServerSideEncryptionConfiguration"]["Rules"])}


SETTINGS = {
    "BucketPolicy": BucketSetting(
        {"policy"},
        _Call("bucket_policy", lambda i: {"Policy": i["policy"]}, lambda got: {"policy": got["Policy"]}),
        frozenset({"policy"}),
    ),
    "BucketPublicAccessBlock": BucketSetting(
        set(_BLOCKS),
        _Call(
            "public_access_block",
            lambda i: {
                "PublicAccessBlockConfiguration": {to_aws({b: 0}).popitem()[0]: bool(i.get(b)) for b in _BLOCKS}
            },
            lambda got: from_aws(got["PublicAccessBlockConfiguration"]),
        ),
    ),
    "BucketOwnershipControls": BucketSetting(
        {"rule"},
        _Call(
            "bucket_ownership_controls",
            lambda i: {"OwnershipControls": {"Rules": [to_aws(i["rule"])]}},
            lambda got: {"rule": from_aws(got["OwnershipControls"]["Rules"][0])},
        ),
    ),
    "BucketVersioning": BucketSetting(
        {"versioningConfiguration"},
        _Call(
            "bucket_versioning",
            lambda i: {"VersioningConfiguration": to_aws(i["versioningConfiguration"])},
            lambda got: {"versioningConfiguration": {"status": got["Status"]}} if "Status" in got else {},
            can_be_deleted=False,
        ),
    ),
    "BucketServerSideEncryptionConfiguration": BucketSetting(
        {"rules"},
        _Call(
            "bucket_encryption",
            lambda i: {"ServerSideEncryptionConfiguration": {"Rules": to_aws(i["rules"])}},
            _encryption,
        ),
    ),
    "BucketLifecycleConfiguration": BucketSetting(
        {"rules"},
        _Call(
            "bucket_lifecycle_configuration",
            lambda i: {"LifecycleConfiguration": {"Rules": [_lifecycle_rule(rule) for rule in i["rules"]]}},
            lambda got: {"rules": from_aws(got["Rules"])},
        ),
    ),
}


def same_document(one: str, other: str) -> bool:
    """Whether two JSON texts have the same content."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return one == other


def _s3(aws: Account, inputs: Properties) -> Any:
    return aws.client("s3", inputs.get("region"))
