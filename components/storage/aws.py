"""Buckets on AWS S3, and the IAM role of each consumer of a bucket."""

from collections.abc import Mapping

import pulumi
from pulumi_aws import eks, iam, kms, s3

from .._outputs import known_after, outputs_of
from .args import AwsBucketAccessArgs, AwsObjectStorageArgs
from .policies import Identity, bucket_arn, lifecycle_rules, tls_only_policy
from .spec import AwsBucketAccessSpec, AwsObjectStorageSpec, Encryption


class AwsObjectStorage(pulumi.ComponentResource):
    """Buckets on AWS S3 for logs, traces and metrics."""

    kind: pulumi.Output[str]
    """`aws`."""
    endpoint: pulumi.Output[str]
    """Empty: the S3 of `region`."""
    region: pulumi.Output[str]
    """Region of the buckets."""
    path_style: pulumi.Output[bool]
    """Whether the bucket is part of the path of a URL, not of the host name: false on AWS."""
    buckets: pulumi.Output[Mapping[str, str]]
    """Bucket of each purpose."""
    prefixes: pulumi.Output[Mapping[str, str]]
    """Prefix of each purpose; empty is the whole bucket."""
    kms_key_arn: pulumi.Output[str]
    """Key that the buckets encrypt with by default, empty with keys of S3. A created key is not known at preview."""
    bucket_arns: pulumi.Output[Mapping[str, str]]
    """ARN of the bucket of each purpose."""

    def __init__(self, name: str, args: AwsObjectStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'AwsObjectStorage "{name}"'
        spec = AwsObjectStorageSpec.check(component, args)
        super().__init__("observability:index:AwsObjectStorage", name, {**args}, opts)
        # The key is resolved separately: one that is still to be created would make everything else unknown.
        resolved = spec.model_copy(update={"kms_key_arn": ""}).resolve(component)
        self._partition = resolved.apply(lambda s: s.effective_partition)
        self._region = resolved.apply(lambda s: s.region)
        self._tags = resolved.apply(lambda s: dict(s.tags))
        self._protected = pulumi.ResourceOptions(
            parent=self, protect=spec.protect or None, retain_on_delete=spec.protect or None
        )
        self.kms_key_arn = self._key_arn(f"{name}-key", spec, component)
        created = [
            resource
            for word, bucket in (spec.distinct if spec.create_buckets else {}).items()
            for resource in self._bucket(f"{name}-{word}", bucket, spec)
        ]
        self.kind = pulumi.Output.from_input("aws")
        self.endpoint = pulumi.Output.from_input("")
        self.region = self._region
        self.path_style = pulumi.Output.from_input(False)
        self.buckets = known_after(spec.bucket_of, *created)
        self.prefixes = pulumi.Output.from_input(spec.prefix_of)
        self.bucket_arns = known_after(
            resolved.apply(
                lambda s: {purpose: bucket_arn(s.effective_partition, b) for purpose, b in s.bucket_of.items()}
            ),
            *created,
        )
        self.register_outputs(outputs_of(self))

    def _key_arn(self, name: str, spec: AwsObjectStorageSpec, component: str) -> pulumi.Output[str]:
        if spec.encryption is not Encryption.KMS:
            return pulumi.Output.from_input("")
        if spec.key_is_given:
            return spec.resolve(component).apply(lambda s: s.kms_key_arn)
        if not spec.create_buckets:
            return pulumi.Output.from_input("")
        key = kms.Key(
            name,
            description="Objects of logs, traces and metrics",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            region=self._region,
            tags=self._tags,
            opts=self._protected,
        )
        return key.arn

    def _bucket(self, name: str, bucket_name: str, spec: AwsObjectStorageSpec) -> list[pulumi.Resource]:
        protected_opts = self._protected
        bucket = s3.Bucket(
            name, bucket=bucket_name, force_destroy=False, region=self._region, tags=self._tags, opts=protected_opts
        )
        access_block = s3.BucketPublicAccessBlock(
            f"{name}-access-block",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            region=self._region,
            opts=protected_opts,
        )
        policy = s3.BucketPolicy(
            f"{name}-policy",
            bucket=bucket.bucket,
            policy=self._partition.apply(lambda partition: tls_only_policy(bucket_arn(partition, bucket_name))),
            region=self._region,
            opts=pulumi.ResourceOptions.merge(protected_opts, pulumi.ResourceOptions(depends_on=[access_block])),
        )
        # One after the other: S3 rejects concurrent changes of policy, access block and ownership of a bucket.
        ownership = s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            region=self._region,
            opts=pulumi.ResourceOptions.merge(protected_opts, pulumi.ResourceOptions(depends_on=[policy])),
        )
        encryption = s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.bucket,
            rules=[self._encryption(spec)],
            region=self._region,
            opts=protected_opts,
        )
        versions: list[pulumi.Resource] = []
        if spec.versioning:
            versions.append(
                s3.BucketVersioning(
                    f"{name}-versioning",
                    bucket=bucket.bucket,
                    versioning_configuration={"status": "Enabled"},
                    region=self._region,
                    opts=protected_opts,
                )
            )
        rules = lifecycle_rules(versioned=spec.versioning, noncurrent_days=spec.noncurrent_days)
        lifecycle = s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=bucket.bucket,
            rules=[s3.BucketLifecycleConfigurationRuleArgs(**rule) for rule in rules],
            region=self._region,
            opts=pulumi.ResourceOptions.merge(protected_opts, pulumi.ResourceOptions(depends_on=versions)),
        )
        return [bucket, access_block, policy, ownership, encryption, *versions, lifecycle]

    def _encryption(self, spec: AwsObjectStorageSpec) -> s3.BucketServerSideEncryptionConfigurationRuleArgs:
        by_kms = spec.encryption is Encryption.KMS
        default = s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="aws:kms" if by_kms else "AES256", kms_master_key_id=self.kms_key_arn if by_kms else None
        )
        return s3.BucketServerSideEncryptionConfigurationRuleArgs(
            apply_server_side_encryption_by_default=default, bucket_key_enabled=by_kms
        )


class AwsBucketAccess(pulumi.ComponentResource):
    """Access to one bucket, or one prefix of it, for one ServiceAccount."""

    service_account_annotations: pulumi.Output[Mapping[str, str]]
    """Annotations that the consumer's ServiceAccount needs."""
    secret_name: pulumi.Output[str]
    """Empty: the pods have the role of their ServiceAccount."""
    checksum: pulumi.Output[str]
    """Changes when the consumer's pods must restart to get their credentials."""

    def __init__(self, name: str, args: AwsBucketAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'AwsBucketAccess "{name}"'
        spec = AwsBucketAccessSpec.check(component, args)
        super().__init__("observability:index:AwsBucketAccess", name, {**args}, opts)
        # The key is resolved separately: one that is still to be created would make the name of the role unknown.
        resolved = spec.model_copy(update={"kms_key_arn": ""}).resolve(component)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            f"{name}-role",
            name=resolved.apply(lambda s: s.role),
            description=resolved.apply(lambda s: f"{s.actions_for} in {s.namespace}: bucket {s.bucket}"),
            assume_role_policy=resolved.apply(lambda s: s.trust),
            permissions_boundary=resolved.apply(lambda s: s.permissions_boundary or None),
            tags=resolved.apply(lambda s: dict(s.tags)),
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
                    cluster_name=resolved.apply(lambda s: s.eks_cluster),
                    namespace=resolved.apply(lambda s: s.namespace),
                    service_account=resolved.apply(lambda s: s.service_account),
                    role_arn=role.arn,
                    region=resolved.apply(lambda s: s.region or None),
                    tags=resolved.apply(lambda s: dict(s.tags)),
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
                )
            )
        self.service_account_annotations = known_after(resolved.apply(lambda s: s.annotations), *created)
        self.secret_name = known_after("", *created)
        self.checksum = known_after(resolved.apply(lambda s: s.checksum), *created)
        self.register_outputs(outputs_of(self))
