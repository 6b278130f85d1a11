"""The stand-in AWS provider under the real engine, on a moto server of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.engine.inline import InlineStack
from tests.installed_tools import ENGINE, require

pytestmark = pytest.mark.engine

PROGRAM = """
    import json
    import pulumi_aws as aws

    there = pulumi.ResourceOptions(provider=aws.Provider(
        "account", region="eu-west-1", access_key="fake", secret_key="fake", skip_credentials_validation=True,
        skip_requesting_account_id=True, skip_metadata_api_check=True))
    bucket = aws.s3.Bucket("logs", bucket="acme-loki", tags={"team": "observability"}, opts=there)
    aws.s3.BucketVersioning("versions", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"},
                            opts=there)
    aws.s3.BucketPublicAccessBlock("private", bucket=bucket.bucket, block_public_acls=True, block_public_policy=True,
                                   ignore_public_acls=True, restrict_public_buckets=True, opts=there)
    key = aws.kms.Key("key", description="logs", enable_key_rotation=True, opts=there)
    aws.s3.BucketServerSideEncryptionConfiguration("encryption", bucket=bucket.bucket, rules=[{
        "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn},
        "bucket_key_enabled": True}], opts=there)
    aws.s3.BucketLifecycleConfiguration("lifecycle", bucket=bucket.bucket, rules=[
        {"id": "uploads", "status": "Enabled", "filter": {},
         "abort_incomplete_multipart_upload": {"days_after_initiation": 7}},
        {"id": "versions", "status": "Enabled", "filter": {"prefix": "logs/"},
         "noncurrent_version_expiration": {"noncurrent_days": 3}}], opts=there)
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"],
         "Principal": {"Service": "pods.eks.amazonaws.com"}}]}
    role = aws.iam.Role("role", name="loki", assume_role_policy=json.dumps(trust), opts=there)
    aws.iam.RolePolicy("access", name="s3", role=role.name, opts=there, policy=bucket.arn.apply(
        lambda arn: json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{arn}/*"}]})))
    association = aws.eks.PodIdentityAssociation("identity", cluster_name="prod", namespace="obs",
                                                 service_account="loki", role_arn=role.arn, opts=there)
    pulumi.export("bucket", bucket.arn)
    pulumi.export("association", association.association_arn)
"""


@pytest.fixture
def server() -> Iterator[str]:
    moto = ThreadedMotoServer(port=0)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host.replace('0.0.0.0', '127.0.0.1')}:{port}"
    moto.stop()


@pytest.fixture
def stack(tmp_path: Path, server: str) -> InlineStack:
    require(*ENGINE)
    return InlineStack(tmp_path, {"AWS_ENDPOINT_URL": server})


def s3_of(server: str) -> Any:
    return boto3.client(
        "s3", endpoint_url=server, region_name="eu-west-1", aws_access_key_id="fake", aws_secret_access_key="fake"
    )


def test_a_bucket_is_made_its_drift_is_found_and_mended_and_it_is_removed(stack: InlineStack, server: str) -> None:
    made = stack.program(PROGRAM).up()
    assert made.succeeded, made.output
    s3 = s3_of(server)
    assert s3.get_bucket_versioning(Bucket="acme-loki")["Status"] == "Enabled"
    rules = s3.get_bucket_lifecycle_configuration(Bucket="acme-loki")["Rules"]
    assert [rule["ID"] for rule in rules] == ["uploads", "versions"]
    assert stack.outputs()["association"].startswith("arn:aws:eks:eu-west-1:123456789012:podidentityassociation/prod/")

    untouched = stack.preview("--refresh", "--expect-no-changes")
    assert untouched.succeeded, untouched.output

    s3.delete_public_access_block(Bucket="acme-loki")
    s3.put_bucket_tagging(Bucket="acme-loki", Tagging={"TagSet": [{"Key": "team", "Value": "someone"}]})
    mended = stack.up("--refresh")
    assert mended.succeeded, mended.output
    assert '"someone" => "observability"' in mended
    assert s3.get_public_access_block(Bucket="acme-loki")["PublicAccessBlockConfiguration"]["BlockPublicAcls"]

    s3.put_object(Bucket="acme-loki", Key="chunk", Body=b"line")
    refused = stack.destroy()
    assert not refused.succeeded
    assert "BucketNotEmpty" in refused
    for version in s3.list_object_versions(Bucket="acme-loki")["Versions"]:
        s3.delete_object(Bucket="acme-loki", Key="chunk", VersionId=version["VersionId"])
    removed = stack.destroy()
    assert removed.succeeded, removed.output
    assert s3.list_buckets()["Buckets"] == []


def test_a_preview_needs_no_server_and_a_deployment_never_goes_to_aws(inline_stack: InlineStack) -> None:
    preview = inline_stack.program(PROGRAM).preview()
    assert preview.succeeded, preview.output
    deployment = inline_stack.up()
    assert not deployment.succeeded
    assert "AWS_ENDPOINT_URL" in deployment
