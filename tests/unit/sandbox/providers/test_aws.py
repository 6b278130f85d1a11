"""The AWS stand-in's own rules: never AWS, property names both ways."""

from __future__ import annotations

import pytest

from sandbox.providers.aws.account import Account
from sandbox.providers.aws.kinds import from_aws, to_aws
from sandbox.providers.aws.provider import AwsProvider
from sandbox.providers.plugin import CheckFailed, Log, ProviderError, Resource


@pytest.fixture(autouse=True)
def no_server_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def test_without_a_server_nothing_is_called() -> None:
    with pytest.raises(ProviderError, match=r"no server for s3.*AWS_ENDPOINT_URL"):
        Account({}).client("s3")


@pytest.mark.parametrize("url", ["https://s3.eu-west-1.amazonaws.com", "https://sts.amazonaws.com.cn"])
def test_aws_itself_is_refused_as_a_server(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises(ProviderError, match="never talks to AWS"):
        Account({}).client("s3")


@pytest.mark.parametrize("setting", ["endpoints", "defaultTags"])
def test_a_setting_that_the_program_does_not_use_is_refused(setting: str) -> None:
    with pytest.raises(ProviderError, match=setting):
        Account({"region": "eu-west-1", "skipMetadataApiCheck": True, "accessKey": "a", setting: {"s3": "x"}})


def test_property_names_go_to_the_api_and_back() -> None:
    rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "k"}, "id": "x"}
    there = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}, "ID": "x"}
    assert to_aws(rule) == there
    assert from_aws(there) == rule


@pytest.mark.parametrize(
    ("token", "inputs", "key", "reason"),
    [
        ("aws:s3/bucket:Bucket", {"bucket": "acme", "acl": "private"}, "acl", "does not have this property"),
        ("aws:s3/bucket:Bucket", {"bucket": "acme", "forceDestroy": True}, "forceDestroy", "has only false"),
        ("aws:s3/bucket:Bucket", {}, "bucket", "generates no names"),
        ("aws:kms/key:Key", {"multiRegion": True}, "multiRegion", "does not have this property"),
    ],
)
def test_a_property_that_the_stand_in_would_drop_is_an_error(
    token: str, inputs: dict[str, object], key: str, reason: str
) -> None:
    with pytest.raises(CheckFailed, match=reason) as refused:
        AwsProvider(Log(None)).check(Resource("", token, "it"), {}, inputs)
    assert [path for path, _ in refused.value.failures] == [key]
