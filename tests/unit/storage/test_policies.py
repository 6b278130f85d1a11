import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.storage.policies import (
    OBJECT_ACTIONS,
    access_policy,
    irsa_trust,
    lifecycle_rules,
    pod_identity_trust,
    refuse_expiration,
    role_arn,
    tls_only_policy,
)

ARN = "arn:aws:s3:::acme"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/abc"
DAYS = st.integers(1, 3650)
HARMFUL = st.one_of(
    st.builds(lambda days: {"expiration": {"days": days}}, DAYS),
    st.just({"expiration": {"date": "2030-01-01T00:00:00Z"}}),
    st.builds(lambda days: {"expiration": {"days": days, "expired_object_delete_marker": True}}, DAYS),
    st.just({"expiration": {"expired_object_delete_marker": False}}),
    st.just({"expiration": {}}),
    st.builds(lambda days: {"transitions": [{"days": days, "storage_class": "GLACIER"}]}, DAYS),
    st.just({"noncurrent_version_transitions": [{"noncurrent_days": 1, "storage_class": "GLACIER"}]}),
)


def statements(document: str) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in json.loads(document)["Statement"]}


def test_plain_http_and_old_tls_are_denied_on_the_bucket_and_on_its_objects() -> None:
    denied = statements(tls_only_policy(ARN))
    assert denied["DenyPlainHttp"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denied["DenyOldTls"]["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    for statement in denied.values():
        assert statement["Effect"] == "Deny"
        assert statement["Principal"] == "*"
        assert statement["Action"] == "s3:*"
        assert statement["Resource"] == [ARN, f"{ARN}/*"]


@pytest.mark.parametrize("consumer", OBJECT_ACTIONS)
def test_a_consumer_lists_its_bucket_and_acts_on_objects_only(consumer: str) -> None:
    allowed = statements(access_policy(consumer=consumer, arn=ARN, prefix="", kms_key_arn=""))
    assert set(allowed) == {"List", "Objects"}
    assert allowed["List"] == {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": ARN}
    assert allowed["Objects"]["Resource"] == f"{ARN}/*"
    assert "*" not in "".join(allowed["Objects"]["Action"])


def test_only_tempo_tags_objects() -> None:
    assert {consumer for consumer, actions in OBJECT_ACTIONS.items() if "s3:PutObjectTagging" in actions} == {"tempo"}
    assert set(OBJECT_ACTIONS["loki"]) == {"s3:GetObject", "s3:PutObject", "s3:DeleteObject"}


def test_a_store_gateway_reads_alone() -> None:
    allowed = statements(access_policy(consumer="thanos-reader", arn=ARN, prefix="thanos", kms_key_arn=KEY))
    assert allowed["Objects"]["Action"] == ["s3:GetObject"]
    assert allowed["Key"]["Action"] == ["kms:Decrypt"]


def test_in_a_shared_bucket_a_consumer_accesses_its_prefix_alone_and_gets_not_found() -> None:
    allowed = statements(access_policy(consumer="tempo", arn=ARN, prefix="tempo", kms_key_arn=""))
    assert "Condition" not in allowed["List"], "S3 would answer 403 and not 404 to a GET of a missing object"
    assert allowed["Objects"]["Resource"] == f"{ARN}/tempo/*"


def test_the_key_is_used_only_where_there_is_one_and_only_that_one() -> None:
    key = statements(access_policy(consumer="loki", arn=ARN, prefix="", kms_key_arn=KEY))["Key"]
    assert key["Action"] == ["kms:GenerateDataKey", "kms:Decrypt"]
    assert key["Resource"] == KEY


@pytest.mark.parametrize(
    "issuer", ["https://oidc.eks.eu-west-1.amazonaws.com/id/A/", "oidc.eks.eu-west-1.amazonaws.com/id/A"]
)
def test_irsa_pins_subject_and_audience_exactly(issuer: str) -> None:
    document = irsa_trust(
        partition="aws", account_id="123456789012", oidc_issuer=issuer, namespace="logging", service_account="loki"
    )
    trust = statements(document)["ServiceAccount"]
    host = "oidc.eks.eu-west-1.amazonaws.com/id/A"
    assert trust["Principal"] == {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{host}"}
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Condition"] == {
        "StringEquals": {f"{host}:sub": "system:serviceaccount:logging:loki", f"{host}:aud": "sts.amazonaws.com"}
    }


def test_pod_identity_pins_namespace_service_account_and_cluster() -> None:
    trust = statements(pod_identity_trust(namespace="tracing", service_account="tempo", cluster_arn="arn:c"))[
        "PodIdentity"
    ]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert trust["Condition"] == {
        "StringEquals": {
            "aws:RequestTag/kubernetes-namespace": "tracing",
            "aws:RequestTag/kubernetes-service-account": "tempo",
            "aws:RequestTag/eks-cluster-arn": "arn:c",
        }
    }


def test_a_role_arn_carries_the_partition() -> None:
    assert role_arn("aws-cn", "123456789012", "loki") == "arn:aws-cn:iam::123456789012:role/loki"


@given(versioned=st.booleans(), noncurrent_days=DAYS)
def test_no_rule_touches_an_object_that_is_current(versioned: bool, noncurrent_days: int) -> None:
    rules = lifecycle_rules(versioned=versioned, noncurrent_days=noncurrent_days)
    for rule in rules:
        assert "transitions" not in rule
        assert rule.get("expiration", {"expired_object_delete_marker": True}) == {"expired_object_delete_marker": True}
    assert any("noncurrent_version_expiration" in rule for rule in rules) is versioned


def test_abandoned_uploads_are_aborted_after_a_day_in_the_whole_bucket() -> None:
    (rule,) = lifecycle_rules(versioned=False, noncurrent_days=7)
    assert rule["abort_incomplete_multipart_upload"] == {"days_after_initiation": 1}
    assert rule["filter"] == {}, "scanners and AWS take only an empty filter for the whole bucket"


@given(
    harmful=HARMFUL,
    prefix=st.sampled_from(["", "index/", "fake/", "tempo/"]),
    versioned=st.booleans(),
    place=st.integers(0, 2),
)
def test_any_rule_that_removes_or_moves_current_objects_is_refused(
    harmful: dict[str, Any], prefix: str, versioned: bool, place: int
) -> None:
    rules = lifecycle_rules(versioned=versioned, noncurrent_days=7)
    rules.insert(place, {"id": "extra", "status": "Enabled", "filter": {"prefix": prefix}, **harmful})
    with pytest.raises(ValueError, match="lifecycle rule extra"):
        refuse_expiration(rules)
