"""A consumer's access to its bucket on AWS: a role that one service account can take, and nothing else can."""

from collections.abc import Mapping

import pulumi
from pulumi_aws import eks, iam

from .._known import after
from .args import AwsBucketAccessArgs
from .policies import Identity
from .spec import AwsBucketAccessSpec


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
        spec = AwsBucketAccessSpec.check(component, args)
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
                    cluster_name=known.apply(lambda s: s.eks_cluster),
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
