"""The file of the object store."""

import json
from typing import Any

import pytest

from components.thanos.objstore_file import location, objstore_file, revision
from tests.unit.thanos.specs import store

MINIO: dict[str, Any] = {
    "bucket": "metrics",
    "endpoint": "http://minio.minio:9000",
    "region": "us-east-1",
    "path_style": True,
    "access_key_id": "thanos",
    "secret_access_key": "hunter2",
}


def test_on_aws_pods_have_the_role_of_their_service_account() -> None:
    assert json.loads(objstore_file(store(bucket_prefix="thanos"))) == {
        "type": "S3",
        "config": {
            "bucket": "acme-thanos",
            "endpoint": "s3.eu-west-1.amazonaws.com",
            "insecure": False,
            "bucket_lookup_type": "virtual-hosted",
            "region": "eu-west-1",
            "aws_sdk_auth": True,
        },
        "prefix": "thanos",
    }


def test_another_store_has_its_keys_and_the_bucket_in_the_path() -> None:
    assert json.loads(objstore_file(store(**MINIO)))["config"] == {
        "bucket": "metrics",
        "endpoint": "minio.minio:9000",
        "insecure": True,
        "bucket_lookup_type": "path",
        "region": "us-east-1",
        "access_key": "thanos",
        "secret_key": "hunter2",
    }


def test_keys_of_an_existing_secret_are_read_from_the_environment() -> None:
    config = json.loads(objstore_file(store(endpoint="https://s3.example.org")))["config"]
    assert not {"access_key", "aws_sdk_auth"} & set(config), "the client then looks into the environment"


def test_an_own_authority_and_an_own_key_are_named() -> None:
    key = "arn:aws:kms:eu-west-1:123456789012:key/1a2b3c4d-0000-0000-0000-000000000000"
    config = json.loads(objstore_file(store(kms_key_arn=key, storage_ca={"secret": "ca", "key": "ca.crt"})))["config"]
    assert config["sse_config"] == {"type": "SSE-KMS", "kms_key_id": key}
    assert config["http_config"]["tls_config"] == {"ca_file": "/etc/storage-ca/ca.crt"}


@pytest.mark.parametrize(
    ("args", "place"),
    [
        ({}, "s3.eu-west-1.amazonaws.com/acme-thanos"),
        ({"bucket_prefix": "thanos"}, "s3.eu-west-1.amazonaws.com/acme-thanos/thanos"),
        ({"endpoint": "https://S3.example.org:443"}, "s3.example.org/acme-thanos"),
    ],
)
def test_the_place_of_the_blocks_has_one_name(args: dict[str, Any], place: str) -> None:
    assert location(store(**args)) == place


def test_the_revision_changes_with_the_file_and_with_the_credentials_and_hides_them() -> None:
    first = revision(store(**MINIO), "1")
    assert first == revision(store(**{**MINIO, "secret_access_key": "other"}), "1")
    assert first != revision(store(**MINIO), "2")
    assert first != revision(store(**{**MINIO, "bucket": "others"}), "1")
