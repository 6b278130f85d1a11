"""IAM policies and lifecycle rules of buckets, as plain data.

Lifecycle rules abort incomplete uploads and expire noncurrent versions, nothing else: Loki, Tempo and Thanos delete
objects by their own retention, and their indexes refer to every other object.
"""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

_READ_WRITE = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")

OBJECT_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "loki": _READ_WRITE,
    "tempo": (*_READ_WRITE, "s3:GetObjectTagging", "s3:PutObjectTagging"),
    "thanos": _READ_WRITE,
    "thanos-reader": ("s3:GetObject",),
}
"""Actions on objects that each consumer needs, by its documentation:
https://grafana.com/docs/loki/latest/configure/storage/, https://grafana.com/docs/tempo/latest/configuration/hosted-storage/s3/,
https://thanos.io/tip/thanos/storage.md/
"""


class Identity(StrEnum):
    """The mechanism that gives a pod its IAM role."""

    IRSA = "irsa"
    POD_IDENTITY = "pod-identity"


def bucket_arn(partition: str, bucket: str) -> str:
    """Return the ARN of a bucket, which contains neither account nor region."""
    return f"arn:{partition}:s3:::{bucket}"


def role_arn(partition: str, account_id: str, role_name: str) -> str:
    """Return the ARN of a role, known before the role exists."""
    return f"arn:{partition}:iam::{account_id}:role/{role_name}"


def tls_only_policy(arn: str) -> str:
    """Return the bucket policy that denies plain HTTP and TLS before 1.2, for the bucket and all its objects."""
    everything = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    return _document(
        {"Sid": "DenyPlainHttp", **everything, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Sid": "DenyOldTls", **everything, "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},
    )


def access_policy(*, consumer: str, arn: str, prefix: str, kms_key_arn: str) -> str:
    """Return the policy that allows `consumer` its actions in a bucket, and the use of its KMS key if any."""
    statements: list[dict[str, Any]] = [
        # Not by prefix: GetObject has none and would be without it. S3 then answers 403 for a missing object instead
        # of 404 (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html), which consumers fail on.
        {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": arn},
        {
            "Sid": "Objects",
            "Effect": "Allow",
            "Action": list(OBJECT_ACTIONS[consumer]),
            "Resource": f"{arn}/{prefix}/*" if prefix else f"{arn}/*",
        },
    ]
    if kms_key_arn:
        writes = "s3:PutObject" in OBJECT_ACTIONS[consumer]
        use = ["kms:GenerateDataKey", "kms:Decrypt"] if writes else ["kms:Decrypt"]
        statements.append({"Sid": "Key", "Effect": "Allow", "Action": use, "Resource": kms_key_arn})
    return _document(*statements)


def irsa_trust(*, partition: str, account_id: str, oidc_issuer: str, namespace: str, service_account: str) -> str:
    """Return the trust policy for the tokens of one ServiceAccount from the OIDC issuer of one cluster."""
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
    """Return the trust policy for EKS Pod Identity of one ServiceAccount, limited to the cluster `cluster_arn` if set.

    Without these tags any association in the account could assume the role.
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


ABORT_UPLOADS_AFTER_DAYS = 1
_ALLOWED_KEYS = {
    "id",
    "status",
    "filter",
    "abort_incomplete_multipart_upload",
    "noncurrent_version_expiration",
    "expiration",
}
_MARKERS_ONLY = {"expired_object_delete_marker": True}


def lifecycle_rules(*, versioned: bool, noncurrent_days: int) -> list[dict[str, Any]]:
    """Return the rules of a bucket: abort incomplete uploads and, if `versioned`, expire noncurrent versions."""
    rules: list[dict[str, Any]] = [
        {
            "id": "abort-incomplete-uploads",
            "status": "Enabled",
            "filter": {},
            "abort_incomplete_multipart_upload": {"days_after_initiation": ABORT_UPLOADS_AFTER_DAYS},
        }
    ]
    if versioned:
        rules.append(
            {
                "id": "expire-noncurrent-versions",
                "status": "Enabled",
                "filter": {},
                "noncurrent_version_expiration": {"noncurrent_days": noncurrent_days},
                "expiration": dict(_MARKERS_ONLY),
            }
        )
    return refuse_expiration(rules)


def refuse_expiration(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return `rules`; raise `ValueError` if one of them could expire or move a current object."""
    for number, one in enumerate(rules):
        place = f"lifecycle rule {one.get('id', number)}"
        expiration = one.get("expiration")
        if expiration is not None and dict(expiration) != _MARKERS_ONLY:
            raise ValueError(
                f"{place} expires objects ({dict(expiration)!r}): Loki, Tempo and Thanos delete objects by their own "
                "retention; a rule may only remove expired delete markers"
            )
        surplus = sorted(set(one) - _ALLOWED_KEYS)
        if surplus:
            raise ValueError(
                f"{place} has {surplus[0]!r}: a rule may only abort uploads and expire noncurrent versions"
            )
    return [dict(one) for one in rules]
