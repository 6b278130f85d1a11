import json
from typing import Any

import pulumi
import pytest

from components._spec import InvalidArgsError
from components.storage import (
    AwsObjectStorage,
)
from tests.components.stores import NEW_KEY, aws, protected
from tests.recording import outputs_of, record


def test_aws_buckets_are_closed_owned_encrypted_and_reached_by_tls_alone() -> None:
    recording = record(aws)
    for word, bucket in (("logs", "acme-loki"), ("traces", "acme-tempo")):
        made = recording.one("bucket:Bucket", f"storage-{word}").plain()
        assert made["bucket"] == bucket and made["forceDestroy"] is False
        block = recording.one(":BucketPublicAccessBlock", f"storage-{word}-access-block").plain()
        switches = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
        assert all(block[switch] is True for switch in switches)
        owner = recording.one(":BucketOwnershipControls", f"storage-{word}-ownership").plain()
        assert owner["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
        (rule,) = recording.one("Configuration", f"storage-{word}-encryption").plain()["rules"]
        assert rule["bucketKeyEnabled"] is True
        assert rule["applyServerSideEncryptionByDefault"] == {
            "sseAlgorithm": "aws:kms",
            "kmsMasterKeyId": "arn:aws:mock:::storage-key",
        }
        policy = json.loads(recording.one(":BucketPolicy", f"storage-{word}-policy").plain()["policy"])
        assert policy["Statement"][0]["Resource"] == [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
        (lifecycle,) = recording.one("Configuration", f"storage-{word}-lifecycle").plain()["rules"]
        assert lifecycle["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 1}
        assert lifecycle["filter"] == {} and "expiration" not in lifecycle
    assert not recording.of_type(":BucketVersioning")


def test_everything_that_guards_a_bucket_is_as_hard_to_delete_as_the_bucket() -> None:
    recording = record(lambda: aws(versioning=True))
    guards = (
        "bucket:Bucket",
        ":BucketPublicAccessBlock",
        ":BucketOwnershipControls",
        ":BucketServerSideEncryptionConfiguration",
        ":BucketPolicy",
        ":BucketVersioning",
        ":BucketLifecycleConfiguration",
        ":Key",
    )
    for suffix in guards:
        assert recording.of_type(suffix), suffix
        assert all(protected(resource) for resource in recording.of_type(suffix)), suffix
    open_again = record(lambda: aws(protect=False))
    assert not any(protected(resource) for resource in open_again.resources)


def test_a_versioned_bucket_drops_what_is_no_longer_current() -> None:
    recording = record(lambda: aws(versioning=True, noncurrent_days=3))
    assert recording.one(":BucketVersioning", "storage-logs-versioning").plain()["versioningConfiguration"] == {
        "status": "Enabled"
    }
    _, noncurrent = recording.one("Configuration", "storage-logs-lifecycle").plain()["rules"]
    assert noncurrent["noncurrentVersionExpiration"] == {"noncurrentDays": 3}
    assert noncurrent["expiration"] == {"expiredObjectDeleteMarker": True}


def test_a_created_key_is_rotated_and_its_deletion_can_be_taken_back_for_30_days() -> None:
    key = record(aws).one(":Key").plain()
    assert key["enableKeyRotation"] is True
    assert key["deletionWindowInDays"] == 30


@pytest.mark.parametrize(
    ("args", "algorithm", "arn"),
    [
        (
            {"kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/a-b"},
            "aws:kms",
            "arn:aws:kms:eu-west-1:123456789012:key/a-b",
        ),
        ({"encryption": "s3"}, "AES256", ""),
    ],
)
def test_no_key_is_created_where_one_is_given_or_none_is_wanted(args: dict[str, str], algorithm: str, arn: str) -> None:
    recording = record(lambda: aws(**args))
    assert not recording.of_type(":Key")
    (rule,) = recording.one("Configuration", "storage-logs-encryption").plain()["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == algorithm
    assert recording.outputs["kms_key_arn"] == arn


def test_a_key_that_is_an_output_is_a_given_key() -> None:
    recording = record(lambda: aws(kms_key_arn=pulumi.Output.from_input("arn:aws:kms:eu-west-1:123456789012:key/a-b")))
    assert not recording.of_type(":Key")


def test_a_shared_bucket_is_created_once() -> None:
    recording = record(lambda: outputs_of(AwsObjectStorage("s", {"shared_bucket": "acme-obs", "region": "eu-west-1"})))
    assert [bucket.name for bucket in recording.of_type("bucket:Bucket")] == ["s-shared"]
    assert recording.outputs["buckets"] == dict.fromkeys(("logs", "traces", "metrics"), "acme-obs")
    assert recording.outputs["prefixes"] == {"logs": "loki", "traces": "tempo", "metrics": "thanos"}


def test_what_consumers_need_of_aws_is_known_before_anything_exists() -> None:
    def build() -> dict[str, Any]:
        outputs = aws()
        del outputs["kms_key_arn"]
        return outputs

    recording = record(build, preview=True, unknown=NEW_KEY)
    assert recording.outputs == {
        "kind": "aws",
        "endpoint": "",
        "region": "eu-west-1",
        "path_style": False,
        "buckets": {"logs": "acme-loki", "traces": "acme-tempo"},
        "prefixes": {"logs": "", "traces": ""},
        "bucket_arns": {"logs": "arn:aws:s3:::acme-loki", "traces": "arn:aws:s3:::acme-tempo"},
    }


def test_tags_reach_everything_that_takes_them() -> None:
    recording = record(lambda: aws(tags={"team": "sre"}))
    for suffix in ("bucket:Bucket", ":Key"):
        assert all(resource.plain()["tags"] == {"team": "sre"} for resource in recording.of_type(suffix))


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({"buckets": {"logs": "chunks"}}, "name of your organisation in front"),
        ({"buckets": {"logs": "acme.loki"}}, "must not have a dot"),
        ({"region": "Ireland"}, 'region = "Ireland"'),
        ({"encryption": "none"}, 'encryption = "none"'),
        (
            {"encryption": "s3", "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/a"},
            'kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/a": is not used with encryption s3',
        ),
        ({"kms_key_arn": "alias/mine"}, 'kms_key_arn = "alias/mine"'),
        ({"noncurrent_days": 0}, "noncurrent_days = 0"),
        ({"force_destroy": True}, "unknown argument"),
    ],
)
def test_a_wrong_argument_is_named_with_its_value(args: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        record(lambda: aws(**args))
    assert reason in str(refused.value)


@pytest.mark.parametrize("as_output", [False, True])
def test_existing_buckets_are_named_and_nothing_is_created(as_output: bool) -> None:
    def build() -> dict[str, Any]:
        return aws(create_buckets=False, region=pulumi.Output.from_input("eu-west-1") if as_output else "eu-west-1")

    recording = record(build, preview=True)
    assert not [resource for resource in recording.resources if resource.type.startswith("aws:")]
    assert recording.outputs["buckets"] == {"logs": "acme-loki", "traces": "acme-tempo"}
    assert recording.outputs["bucket_arns"]["logs"] == "arn:aws:s3:::acme-loki"
    assert recording.outputs["kms_key_arn"] == ""


def test_readers_of_existing_buckets_may_use_the_key_that_is_named() -> None:
    key = "arn:aws:kms:eu-west-1:123456789012:key/abc"
    assert record(lambda: aws(create_buckets=False, kms_key_arn=key)).outputs["kms_key_arn"] == key
    with pytest.raises(InvalidArgsError, match="versioning = true: "):
        record(lambda: aws(create_buckets=False, versioning=True))
