"""The IAM documents of buckets and of their consumers, as plain data."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

_READ_WRITE = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")

OBJECT_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "loki": _READ_WRITE,
    "tempo": (*_READ_WRITE, "s3:GetObjectTagging", "s3:PutObjectTagging"),
    "thanos": _READ_WRITE,
}
"""What each consumer does to objects, by its own documentation:
https://grafana.com/docs/loki/latest/configure/storage/, https://grafana.com/docs/tempo/latest/configuration/hosted-storage/s3/,
https://thanos.io/tip/thanos/storage.md/
"""


class Identity(StrEnum):
    """How a pod proves to AWS which role it may take."""

    IRSA = "irsa"
    POD_IDENTITY = "pod-identity"


def bucket_arn(partition: str, bucket: str) -> str:
    """Give the ARN of a bucket, which needs neither account nor region."""
    return f"arn:{partition}:s3:::{bucket}"


def role_arn(partition: str, account_id: str, role_name: str) -> str:
    """Give the ARN of a role, known before the role exists."""
    return f"arn:{partition}:iam::{account_id}:role/{role_name}"


def tls_only_policy(arn: str) -> str:
    """Refuse plain HTTP and TLS before 1.2, for the bucket itself and for all its objects."""
    everything = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    return _document(
        {"Sid": "DenyPlainHttp", **everything, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Sid": "DenyOldTls", **everything, "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},
    )


def access_policy(*, consumer: str, arn: str, prefix: str, kms_key_arn: str) -> str:
    """Allow `consumer` what it does to its part of a bucket, and the use of the bucket's key where it has one."""
    statements: list[dict[str, Any]] = [
        # Not by prefix: GetObject has none and would be without it. S3 then says 403 of a missing object in place of
        # 404 (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html), which consumers fail on.
        {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": arn},
        {
            "Sid": "Objects",
            "Effect": "Allow",
            "Action": list(OBJECT_ACTIONS[consumer]),
            "Resource": f"{arn}/{prefix}/*" if prefix else f"{arn}/*",
        },
    ]
    if kms_key_arn:
        use = ["kms:GenerateDataKey", "kms:Decrypt"]
        statements.append({"Sid": "Key", "Effect": "Allow", "Action": use, "Resource": kms_key_arn})
    return _document(*statements)


def irsa_trust(*, partition: str, account_id: str, oidc_issuer: str, namespace: str, service_account: str) -> str:
    """Trust one service account's tokens from one cluster's issuer."""
    issuer = oidc_issuer.removeprefix("https://").rstrip("/")
    return _document(
        {
            "Sid": "ServiceAccount",
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:{partition}:iam::{account_id}:oidc-provider/{issuer}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    f"{issuer}:sub": f"system:serviceaccount:{namespace}:{service_account}",
                    f"{issuer}:aud": "sts.amazonaws.com",
                }
            },
        }
    )


def pod_identity_trust(*, namespace: str, service_account: str, cluster_arn: str = "") -> str:
    """Trust EKS Pod Identity for one service account, in one cluster where its ARN is given.

    Without these tags any association in the account could take the role.
    """
    tags = {
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": service_account,
        **({"aws:RequestTag/eks-cluster-arn": cluster_arn} if cluster_arn else {}),
    }
    return _document(
        {
            "Sid": "PodIdentity",
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": tags},
        }
    )


def _document(*statements: Mapping[str, Any] | Sequence[Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
