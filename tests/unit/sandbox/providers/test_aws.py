"""The AWS stand-in's own rules: never AWS, property names both ways."""

from __future__ import annotations

import pytest

from sandbox.providers.aws.account import Account, Settings
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


def test_property_names_go_to_the_api_and_back() -> None:
    rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "k"}, "id": "x"}
    there = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}, "ID": "x"}
    assert to_aws(rule) == there
    assert from_aws(there) == rule
