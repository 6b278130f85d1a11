"""The other committed stacks through the real engine, on the sandbox's cluster and its stand-in of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from sandbox.handle import Sandbox
from tests.e2e.platform import Platform
from tests.e2e.s3 import s3_client

pytestmark = pytest.mark.e2e

BUCKETS = ("acme-prod-eu1-loki", "acme-prod-eu1-tempo")
PROTECTED = {
    "observability:security": {"tls": "cert-manager", "issuer": {"name": "ca"}, "authentication": "basic"},
    "observability:tracing": {"mode": "distributed"},
    "observability:logging": {"tenants": ["team-a"]},
}
ON_THE_SANDBOX = {"observability:cluster": {"context": "observability-sandbox", "environment": "staging"}}


@pytest.fixture
def onprem(tmp_path: Path, empty_sandbox: Sandbox) -> Iterator[Platform]:
    """The stack `onprem` as committed."""
    platform = Platform(tmp_path, empty_sandbox, "onprem")
    yield platform
    platform.end()


WITHOUT_SECRETS = {
    "receivers": {
        "pager": {"kind": "webhook", "url": "http://pager.example.org/alerts"},
        "team": {"kind": "webhook", "url": "http://team.example.org/alerts"},
        "heartbeat": {"kind": "webhook", "url": "http://heartbeat.example.org/alerts"},
    }
}
"""Receivers of the same names that need no Secret in the sandbox."""


@pytest.fixture
def eks(tmp_path: Path, empty_sandbox: Sandbox) -> Iterator[Platform]:
    """The stack `eks` with the sandbox in place of its cluster."""
    platform = Platform(tmp_path, empty_sandbox, "eks")
    platform.checkout.configure("eks", {**ON_THE_SANDBOX, "observability:alerting": WITHOUT_SECRETS})
    yield platform
    platform.end()


def test_the_stack_on_ones_own_cluster_comes_up_is_settled_and_goes(onprem: Platform) -> None:
    onprem.up()
    assert onprem.checkout.changes("onprem") == set()
    nodes = {pod["spec"]["nodeName"] for pod in _pods(onprem, "logging", "write")}
    assert nodes == {"storage-a", "storage-b"}, "the writers are spread over the nodes with disks, despite their taint"
    onprem.destroy()
    assert onprem.leftovers() == []


def test_the_stack_on_aws_goes_but_its_protected_buckets_stay_whole(eks: Platform) -> None:
    eks.up()
    assert eks.checkout.changes("eks") == set()
    before = {bucket: _guards(eks.sandbox, bucket) for bucket in BUCKETS}
    done = eks.destroy()
    assert eks.leftovers() == []
    assert {bucket: _guards(eks.sandbox, bucket) for bucket in BUCKETS} == before
    for kind in ("aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"):
        assert f"  {kind} storage-logs" in done.stdout.partition("protected, so it stays whole:")[2]


def test_a_stack_that_protects_itself_comes_up_is_settled_and_goes(tmp_path: Path, empty_sandbox: Sandbox) -> None:
    platform = Platform(tmp_path, empty_sandbox, "dev")
    platform.checkout.configure("dev", PROTECTED)
    try:
        done = platform.up()
        assert "CRDs     none missing" in done.stdout, "the sandbox has those of cert-manager"
        assert platform.checkout.changes("dev") == set()
        certificates = empty_sandbox.get("/apis/cert-manager.io/v1/certificates")["items"]
        assert {item["metadata"]["name"] for item in certificates} == {
            "loki-tls",
            "tempo-tls",
            "alloy-tls",
            "grafana-tls",
            "prometheus-tls",
        }
    finally:
        platform.end()
    assert platform.leftovers() == []


def test_production_refuses_fake_keys_the_examples_passphrase_and_a_local_state(eks: Platform) -> None:
    eks.checkout.configure("eks", {"observability:cluster": {"environment": "production"}})
    done = eks.checkout.run(*eks.checkout.deploy_command("up", "eks"), AWS_ENDPOINT_URL="")
    assert done.exit_code == 1
    for sentence in (
        "aws:accessKey: must not be that of the examples",
        "passphrase: must not be that of the examples in production",
        ": must not be on this machine in production",
    ):
        assert sentence in done.stderr


def _pods(platform: Platform, namespace: str, component: str) -> list[dict[str, dict[str, str]]]:
    selector = f"labelSelector=app.kubernetes.io%2Fcomponent%3D{component}"
    return list(platform.sandbox.get(f"/api/v1/namespaces/{namespace}/pods?{selector}")["items"])


def _guards(sandbox: Sandbox, bucket: str) -> dict[str, object]:
    """Everything that keeps a bucket's objects safe; fails where any of it is gone."""
    client = s3_client(sandbox.aws_endpoint)
    try:
        return {
            "policy": client.get_bucket_policy(Bucket=bucket)["Policy"],
            "access block": client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"],
            "encryption": client.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"],
            "lifecycle": client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"],
            "ownership": client.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"],
        }
    except ClientError as error:
        pytest.fail(f"bucket {bucket} is not whole: {error}")
