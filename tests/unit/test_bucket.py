"""The authority of an S3 server: what is accepted, and the volume with its certificates."""

from typing import Any

import pytest

from components._bucket import BucketReaderSpec
from components._spec import InvalidArgsError

BUCKET = {"bucket": "logs", "endpoint": "https://s3.example.org"}


def spec(**args: Any) -> BucketReaderSpec:
    return BucketReaderSpec.check("Reader", {**BUCKET, **args})


@pytest.mark.parametrize(
    ("reference", "source"),
    [
        ({"secret": "s3-ca"}, {"secret": {"secretName": "s3-ca", "items": [{"key": "a.pem", "path": "ca.crt"}]}}),
        ({"config_map": "s3-ca"}, {"configMap": {"name": "s3-ca", "items": [{"key": "a.pem", "path": "ca.crt"}]}}),
    ],
)
def test_certificates_are_mounted_from_a_secret_or_a_config_map(
    reference: dict[str, str], source: dict[str, Any]
) -> None:
    reader = spec(storage_ca={**reference, "key": "a.pem"})
    assert reader.ca_volumes == [{"name": "storage-ca", **source}]
    assert reader.ca_mounts == [{"name": "storage-ca", "mountPath": "/etc/storage-ca", "readOnly": True}]
    assert (spec().ca_volumes, spec().ca_mounts) == ([], [])


@pytest.mark.parametrize(
    ("args", "field", "message"),
    [
        ({"storage_ca": {"key": "k"}}, "storage_ca", "must have secret or config_map; set one of them"),
        (
            {"storage_ca": {"key": "k", "secret": "a", "config_map": "b"}},
            "storage_ca",
            "must have one of secret and config_map, and has both; remove one of them",
        ),
        (
            {"storage_ca": {"key": "k", "secret": "a"}, "endpoint": "http://s3:9000"},
            "storage_ca",
            "requires an https endpoint; set one, or remove it",
        ),
        (
            {"storage_ca": {"key": "k", "secret": "a"}, "store": "filesystem", "bucket": "", "endpoint": ""},
            "storage_ca",
            "requires an https endpoint; set one, or remove it",
        ),
    ],
)
def test_an_authority_that_nothing_reads_is_refused(args: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(**args)
    assert [(problem.field, problem.message) for problem in raised.value.problems] == [(field, message)]
