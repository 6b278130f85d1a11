"""The AWS stand-in's own rules: never AWS, policies as AWS writes them, property names both ways."""

from __future__ import annotations

import json

import pytest

from sandbox.providers.aws.account import Account, Settings
from sandbox.providers.aws.functions import call, policy_document
from sandbox.providers.aws.kinds import from_aws, to_aws
from sandbox.providers.plugin import ProviderError


@pytest.fixture(autouse=True)
def no_server_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_server_nothing_is_called() -> None:
    with pytest.raises(ProviderError, match=r"no server for s3.*endpoints or AWS_ENDPOINT_URL"):
        Account(Settings()).client("s3")


@pytest.mark.parametrize("url", ["https://s3.eu-west-1.amazonaws.com", "https://sts.amazonaws.com.cn"])
def test_aws_itself_is_refused_as_a_server(url: str) -> None:
    with pytest.raises(ProviderError, match="never talks to AWS"):
        Account(Settings.of({"endpoints": [{"s3": url}]})).client("s3")


def test_default_tags_are_below_the_resource_s_own() -> None:
    account = Account(Settings.of({"defaultTags": {"tags": {"team": "a", "env": "dev"}}}))
    assert account.tags({"tags": {"team": "b"}}) == {"team": "b", "env": "dev"}


def test_region_and_partition_are_known_without_a_server() -> None:
    account = Account(Settings.of({"region": "cn-north-1"}))
    assert call(account, "aws:index/getRegion:getRegion", {})["region"] == "cn-north-1"
    partition = call(account, "aws:index/getPartition:getPartition", {})
    assert (partition["partition"], partition["dnsSuffix"]) == ("aws-cn", "amazonaws.com.cn")


def test_a_policy_document_is_written_as_aws_writes_it() -> None:
    document = policy_document(
        {
            "statements": [
                {
                    "sid": "Read",
                    "actions": ["s3:GetObject", "s3:Abort"],
                    "resources": ["arn:aws:s3:::b/*"],
                    "principals": [{"type": "Service", "identifiers": ["pods.eks.amazonaws.com"]}],
                    "conditions": [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["1"]}],
                }
            ]
        }
    )
    assert json.loads(document["json"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:Abort", "s3:GetObject"],
                "Resource": "arn:aws:s3:::b/*",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": "1"}},
            }
        ],
    }
    assert json.loads(document["minifiedJson"]) == json.loads(document["json"])


def test_property_names_go_to_the_api_and_back() -> None:
    rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "k"}, "id": "x"}
    there = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}, "ID": "x"}
    assert to_aws(rule) == there
    assert from_aws(there) == rule
