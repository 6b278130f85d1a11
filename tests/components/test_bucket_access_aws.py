import json
import re
from typing import Any

import pytest

from components._spec import InvalidArgsError
from tests.components.stores import NEW_KEY, access, aws
from tests.recording import UNKNOWN, Recording, record


def policy_of(recording: Recording, name: str) -> dict[str, dict[str, Any]]:
    document = json.loads(recording.one(":RolePolicy", name).plain()["policy"])
    return {statement["Sid"]: statement for statement in document["Statement"]}


def test_irsa_gives_the_service_account_its_role_before_the_role_exists() -> None:
    recording = record(
        lambda: access(kms_key_arn=aws()["kms_key_arn"]),
        preview=True,
        unknown=NEW_KEY,
    )
    role = recording.one(":Role").plain()
    assert recording.outputs["service_account_annotations"] == {
        "eks.amazonaws.com/role-arn": f"arn:aws:iam::123456789012:role/{role['name']}"
    }
    assert recording.outputs["secret_name"] == ""
    (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]
    subject = trust["Condition"]["StringEquals"]["oidc.eks.eu-west-1.amazonaws.com/id/A:sub"]
    assert subject == "system:serviceaccount:logging:loki"
    assert recording.one(":RolePolicy").plain()["policy"] == UNKNOWN, "only the policy waits for the key"
    assert not recording.of_type(":PodIdentityAssociation")


def test_pod_identity_associates_the_role_and_needs_no_annotation() -> None:
    recording = record(lambda: access(identity="pod-identity", actions_for="tempo"))
    association = recording.one(":PodIdentityAssociation").plain()
    assert association["clusterName"] == "prod"
    assert (association["namespace"], association["serviceAccount"]) == ("logging", "loki")
    assert recording.outputs["service_account_annotations"] == {}
    (trust,) = json.loads(recording.one(":Role").plain()["assumeRolePolicy"])["Statement"]
    assert trust["Condition"]["StringEquals"]["aws:RequestTag/eks-cluster-arn"].endswith(":cluster/prod")


def test_a_role_is_allowed_its_prefix_and_its_key_alone() -> None:
    key = "arn:aws:kms:eu-west-1:123456789012:key/a"
    allowed = policy_of(record(lambda: access(prefix="loki", kms_key_arn=key)), "access-policy")
    assert allowed["List"]["Resource"] == "arn:aws:s3:::acme-loki"
    assert allowed["Objects"]["Resource"] == "arn:aws:s3:::acme-loki/loki/*"
    assert allowed["Key"]["Resource"] == key
    assert "Key" not in policy_of(record(access), "access-policy")


def test_roles_of_one_service_account_in_one_bucket_differ_by_their_prefix() -> None:
    def role(prefix: str) -> Any:
        return record(lambda: access(bucket="acme", prefix=prefix)).one(":Role").plain()["name"]

    assert [role(prefix) for prefix in ("", "blue", "green/loki")] == [
        "loki-acme",
        "loki-acme-blue",
        "loki-acme-green-loki",
    ]


def test_a_long_role_name_is_cut_and_stays_distinct() -> None:
    def role(bucket: str) -> str:
        return str(record(lambda: access(bucket=bucket)).one(":Role").plain()["name"])

    names = {role("a" * 63), role("a" * 62 + "b")}
    assert len(names) == 2
    assert all(len(name) <= 64 for name in names)


def test_a_role_with_a_prefix_is_named_by_it_and_cut_too() -> None:
    def role(prefix: str) -> str:
        return str(record(lambda: access(bucket="acme", role_prefix=prefix)).one(":Role").plain()["name"])

    assert role("prod-eu1-logging") == "prod-eu1-logging-loki"
    assert len(role("c" * 70)) == 64
    assert role("c" * 70) != role("c" * 71)


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({"identity": "keys"}, 'identity = "keys"'),
        ({"oidc_issuer": "http://foo bar"}, 'oidc_issuer = "http://foo bar"'),
        ({"role_prefix": "a b"}, "must be letters, digits and _+=,.@-, as IAM requires"),
        ({"role_name": "a b"}, "names a role 'a b', which must be at most 64"),
        ({"oidc_issuer": ""}, "identity irsa requires the OIDC issuer"),
        ({"identity": "pod-identity", "eks_cluster": ""}, "requires the name of the EKS cluster"),
        ({"actions_for": "mimir"}, 'actions_for = "mimir": must be one of loki, tempo, thanos'),
        ({"account_id": "12"}, 'account_id = "12"'),
        ({"service_account": "*"}, 'service_account = "*": must be at most 63'),
    ],
)
def test_access_that_would_not_work_or_be_too_wide_is_refused(args: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        record(lambda: access(**args))
    assert reason in str(refused.value)


def test_changing_the_way_of_access_starts_pods_anew() -> None:
    by_irsa = record(access).outputs["checksum"]
    assert by_irsa != record(lambda: access(identity="pod-identity")).outputs["checksum"]
    assert by_irsa == record(access).outputs["checksum"]


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-iso-east-1", "aws-iso")],
)
def test_every_arn_of_a_role_has_the_partition_of_the_region(region: str, partition: str) -> None:
    def created(**args: Any) -> Recording:
        return record(lambda: access(region=region, oidc_issuer="https://oidc.example.org/A", **args))

    for recording in (created(), created(identity="pod-identity")):
        texts = [str(resource.plain()) for resource in recording.resources] + [str(recording.outputs)]
        arns = {arn for text in texts for arn in re.findall(r"arn:([a-z-]+):(?:iam|s3|eks):", text)}
        assert arns - {"aws"} == {partition} - {"aws"} and (partition == "aws" or "arn:aws:s3" not in str(texts))
