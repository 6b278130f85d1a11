"""A consumer's access to its bucket on AWS: a role that one service account can take, and nothing else can."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import eks, iam
from pydantic import Field

from .._known import after
from .._spec import Spec, rule
from ..units import AccountId, Name, Partition
from .buckets import name_problem
from .policies import (
    OBJECT_ACTIONS,
    Identity,
    access_policy,
    bucket_arn,
    irsa_trust,
    pod_identity_trust,
    role_arn,
)

_ROLE_NAME_LENGTH = 64
_AN_ISSUER = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC"
_ISSUER = r"(?:https://)?[A-Za-z0-9.-]*(?:/[\w.~-]+)*/?"


class AwsBucketAccessSpec(Spec):
    """What `AwsBucketAccess` takes."""

    identity: Identity
    actions_for: str
    account_id: AccountId
    partition: Partition = "aws"
    region: str = ""
    oidc_issuer: str = ""
    cluster_name: str = ""
    namespace: Name
    service_account: Name
    bucket: str
    prefix: str = ""
    kms_key_arn: str = ""
    role_name: str = ""
    permissions_boundary: str = ""
    tags: Mapping[str, str] = Field(default_factory=dict)

    @rule("actions_for")
    def _consumer_is_known(self) -> str | None:
        return None if self.actions_for in OBJECT_ACTIONS else f"use one of {', '.join(OBJECT_ACTIONS)}"

    @rule("bucket")
    def _the_bucket_can_be_there(self) -> str | None:
        return name_problem(self.bucket)

    @rule("role_name")
    def _iam_takes_the_name_of_the_role(self) -> str | None:
        if re.fullmatch(r"[\w+=,.@-]{0,64}", self.role_name, re.ASCII) is None:
            return (
                f"names a role {self.role_name!r}, and IAM takes at most 64 of letters, digits and _+=,.@-: shorten it"
            )
        return None

    @rule("oidc_issuer", "identity")
    def _irsa_needs_an_issuer(self) -> str | None:
        if re.fullmatch(_ISSUER, self.oidc_issuer) is None:
            return f"{self.oidc_issuer!r} is no issuer: write its host and path, such as {_AN_ISSUER}"
        if self.identity is Identity.IRSA and not self.oidc_issuer.removeprefix("https://").strip("/"):
            return f'identity "irsa" needs the cluster\'s issuer, such as {_AN_ISSUER}'
        return None

    @rule("cluster_name", "identity")
    def _pod_identity_needs_a_cluster(self) -> str | None:
        if self.identity is Identity.POD_IDENTITY and not self.cluster_name:
            return 'identity "pod-identity" needs the name of the EKS cluster'
        return None

    @property
    def role(self) -> str:
        """Name of the role: as given, else of service account and bucket, cut to what IAM takes."""
        name = self.role_name or f"{self.service_account}-{self.bucket}"
        if len(name) <= _ROLE_NAME_LENGTH:
            return name
        return f"{name[: _ROLE_NAME_LENGTH - 9]}-{sha256(name.encode()).hexdigest()[:8]}"

    @property
    def trust(self) -> str:
        """Who may take the role."""
        if self.identity is Identity.IRSA:
            return irsa_trust(
                partition=self.partition,
                account_id=self.account_id,
                oidc_issuer=self.oidc_issuer,
                namespace=self.namespace,
                service_account=self.service_account,
            )
        cluster = f"arn:{self.partition}:eks:{self.region}:{self.account_id}:cluster/{self.cluster_name}"
        return pod_identity_trust(
            namespace=self.namespace,
            service_account=self.service_account,
            cluster_arn=cluster if self.region else "",
        )

    @property
    def permissions(self) -> str:
        """What the role may do."""
        return access_policy(
            consumer=self.actions_for,
            arn=bucket_arn(self.partition, self.bucket),
            prefix=self.prefix,
            kms_key_arn=self.kms_key_arn,
        )

    @property
    def annotations(self) -> dict[str, str]:
        """What the service account must carry to take the role; Pod Identity finds it by association alone."""
        if self.identity is Identity.POD_IDENTITY:
            return {}
        return {"eks.amazonaws.com/role-arn": role_arn(self.partition, self.account_id, self.role)}

    @property
    def checksum(self) -> str:
        """Changes when pods have to start anew to get the role."""
        way = f"{self.identity} {role_arn(self.partition, self.account_id, self.role)}"
        return sha256(way.encode()).hexdigest()[:16]


class AwsBucketAccessArgs(TypedDict):
    """Arguments of `AwsBucketAccess`."""

    identity: str
    """`irsa` (a role for the service account, by the cluster's OIDC issuer) or `pod-identity` (an EKS association)."""
    actions_for: str
    """Consumer whose actions are allowed: `loki`, `tempo` or `thanos`."""
    account_id: pulumi.Input[str]
    """AWS account of the role, 12 digits."""
    partition: NotRequired[pulumi.Input[str]]
    """Partition of the account: `aws` (default), `aws-cn` or `aws-us-gov`."""
    region: NotRequired[pulumi.Input[str]]
    """Region of the EKS cluster. With `pod-identity` it pins the role to this one cluster. Default: not pinned."""
    oidc_issuer: NotRequired[pulumi.Input[str]]
    """Issuer of the cluster's tokens, with or without `https://`. Needed by `irsa`."""
    cluster_name: NotRequired[pulumi.Input[str]]
    """Name of the EKS cluster. Needed by `pod-identity`."""
    namespace: pulumi.Input[str]
    """Namespace of the consumer."""
    service_account: pulumi.Input[str]
    """Service account of the consumer."""
    bucket: pulumi.Input[str]
    """Bucket that is reached."""
    prefix: NotRequired[pulumi.Input[str]]
    """Part of the bucket that is reached. Default: all of it."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key that the bucket is encrypted with. Default: none of KMS."""
    role_name: NotRequired[pulumi.Input[str]]
    """Name of the role, at most 64 characters. Default `<service account>-<bucket>`."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of a policy that bounds the role. Default: none."""
    tags: NotRequired[pulumi.Input[Mapping[str, str]]]
    """Tags of the role and the association."""


class AwsBucketAccess(pulumi.ComponentResource):
    """Access to one bucket, or one prefix of it, for one service account."""

    service_account_annotations: pulumi.Output[Mapping[str, str]]
    """Annotations that the consumer's service account must carry."""
    secret_name: pulumi.Output[str]
    """Empty: the credentials are ambient."""
    checksum: pulumi.Output[str]
    """Changes when the consumer's pods must start anew to get their credentials."""

    def __init__(self, name: str, args: AwsBucketAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'AwsBucketAccess "{name}"'
        spec = AwsBucketAccessSpec.check(component, args, AwsBucketAccessArgs)
        super().__init__("observability:index:AwsBucketAccess", name, {**args}, opts)
        # The key is resolved apart: one that is still to be created would make the role's name unknown.
        known = spec.model_copy(update={"kms_key_arn": ""}).resolve(component)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            f"{name}-role",
            name=known.apply(lambda s: s.role),
            description=known.apply(lambda s: f"{s.actions_for} in {s.namespace}: bucket {s.bucket}"),
            assume_role_policy=known.apply(lambda s: s.trust),
            permissions_boundary=known.apply(lambda s: s.permissions_boundary or None),
            tags=known.apply(lambda s: dict(s.tags)),
            opts=child,
        )
        policy = iam.RolePolicy(
            f"{name}-policy",
            name="bucket",
            role=role.name,
            policy=spec.resolve(component).apply(lambda s: s.permissions),
            opts=child,
        )
        created: list[pulumi.Resource] = [role, policy]
        if spec.identity is Identity.POD_IDENTITY:
            created.append(
                eks.PodIdentityAssociation(
                    f"{name}-association",
                    cluster_name=known.apply(lambda s: s.cluster_name),
                    namespace=known.apply(lambda s: s.namespace),
                    service_account=known.apply(lambda s: s.service_account),
                    role_arn=role.arn,
                    region=known.apply(lambda s: s.region or None),
                    tags=known.apply(lambda s: dict(s.tags)),
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
                )
            )
        self.service_account_annotations = after(known.apply(lambda s: s.annotations), *created)
        self.secret_name = after("", *created)
        self.checksum = after(known.apply(lambda s: s.checksum), *created)
        self.register_outputs(
            {
                "serviceAccountAnnotations": self.service_account_annotations,
                "secretName": self.secret_name,
                "checksum": self.checksum,
            }
        )
