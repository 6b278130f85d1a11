"""The partitions of AWS, against botocore's own data, and the pairs that cannot be."""

import json
from pathlib import Path
from typing import Any

import botocore
import pytest

from components.storage.partitions import (
    PARTITIONS,
    arn_problem,
    endpoint_problem,
    is_aws_host,
    partition_of,
    region_problem,
)

KNOWN: list[dict[str, Any]] = json.loads(
    Path(botocore.__file__).with_name("data").joinpath("partitions.json").read_text()
)["partitions"]
REGIONS = [(one["id"], region) for one in KNOWN for region in one["regions"] if not region.endswith("-global")]


def test_the_partitions_are_those_of_botocore() -> None:
    ours = {one.name: (one.dns_suffix, one.dual_stack_dns_suffix) for one in PARTITIONS}
    theirs = {one["id"]: one["outputs"] for one in KNOWN}
    assert ours == {name: (outputs["dnsSuffix"], outputs["dualStackDnsSuffix"]) for name, outputs in theirs.items()}


@pytest.mark.parametrize(("partition", "region"), REGIONS)
def test_every_region_is_of_its_partition(partition: str, region: str) -> None:
    found = partition_of(region)
    assert found is not None and found.name == partition and region_problem(region) is None


@pytest.mark.parametrize("region", ["xx-north-1", "us-east", "eu", "", "cn-north-1a"])
def test_a_region_of_no_partition_is_refused(region: str) -> None:
    assert partition_of(region) is None and "must be of a known partition" in str(region_problem(region))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("s3.eu-west-1.amazonaws.com", True),
        ("S3.EU-WEST-1.AMAZONAWS.COM:443", True),
        ("s3.amazonaws.com", True),
        ("s3.cn-north-1.amazonaws.com.cn", True),
        ("s3.dualstack.us-gov-west-1.api.aws", True),
        ("s3.us-iso-east-1.c2s.ic.gov", True),
        ("amazonaws.com.example.org", False),
        ("notamazonaws.com", False),
        ("minio.minio:9000", False),
    ],
)
def test_a_host_is_of_aws_by_the_domain_of_a_partition(host: str, expected: bool) -> None:
    assert is_aws_host(host) is expected


@pytest.mark.parametrize(
    ("host", "region", "words"),
    [
        ("s3.cn-north-1.amazonaws.com", "cn-north-1", "use s3.cn-north-1.amazonaws.com.cn"),
        ("s3.eu-west-1.amazonaws.com.cn", "eu-west-1", "must end in amazonaws.com with region eu-west-1;"),
        ("s3.eu-west-1.amazonaws.com", "us-east-1", "set region to eu-west-1"),
        ("s3.eu-west-1.amazonaws.com", "", "requires a region"),
        ("s3.us-gov-west-1.amazonaws.com", "us-gov-west-1", None),
        ("bucket.s3.cn-north-1.amazonaws.com.cn:443", "cn-north-1", None),
        ("s3.amazonaws.com", "us-east-1", None),
        ("s3.eu-west-1.example.org", "us-east-1", None),
    ],
)
def test_a_host_of_aws_serves_its_own_region_alone(host: str, region: str, words: str | None) -> None:
    found = endpoint_problem(host, region)
    assert found is None if words is None else words in str(found)


def test_an_arn_is_of_its_partition_and_region_alone() -> None:
    key = "arn:aws-cn:kms:cn-north-1:123456789012:key/a"
    assert arn_problem(key, "aws-cn", "cn-north-1") is None
    assert "must be of partition aws, as region and account are;" in str(arn_problem(key, "aws", "eu-west-1"))
    assert "must be of region cn-northwest-1, as S3" in str(arn_problem(key, "aws-cn", "cn-northwest-1"))
    assert arn_problem("arn:aws:iam::aws:policy/ReadOnlyAccess", "aws") is None
