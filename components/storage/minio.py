"""Buckets in the cluster on MinIO, for platforms that are written for it; a preview warns that it is unmaintained."""

from base64 import b64encode
from collections.abc import Mapping, Sequence

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.helm.v3 import Release
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget, PodDisruptionBudgetSpecArgs

from .._guard import guard
from .._kubernetes import MANAGED_BY
from .._merge import deep_merge
from .._namespace import create_namespace_if
from .._outputs import known_after
from .._passwords import generate_password, secret_map
from .._release import release
from .._service_monitor import create_service_monitor
from .args import MinioObjectStorageArgs
from .minio_values import REGION, minio_values, service_monitor_spec, warnings
from .spec import MINIO_ROOT_USER, MinioMode, MinioObjectStorageSpec
from .update_guard import minio_problems


class MinioObjectStorage(pulumi.ComponentResource):
    """An S3 store on MinIO, with its buckets and a user for each purpose that may access its own buckets alone."""

    kind: pulumi.Output[str]
    """`minio`."""
    endpoint: pulumi.Output[str]
    """URL of the S3 API in the cluster."""
    region: pulumi.Output[str]
    """Region that requests are signed for."""
    path_style: pulumi.Output[bool]
    """Whether the bucket is part of the path of a URL, not of the host name: true."""
    buckets: pulumi.Output[Mapping[str, str]]
    """Bucket of each purpose."""
    prefixes: pulumi.Output[Mapping[str, str]]
    """Prefix of each purpose: empty, every purpose has a bucket."""
    kms_key_arn: pulumi.Output[str]
    """Empty: the store does not encrypt."""
    bucket_arns: pulumi.Output[Mapping[str, str]]
    """None: only AWS has them."""
    access_key_ids: pulumi.Output[Mapping[str, str]]
    """Access key of each purpose, valid for its buckets alone. Secret."""
    secret_access_keys: pulumi.Output[Mapping[str, str]]
    """Secret key of each purpose. Secret."""
    credentials_revision: pulumi.Output[str]
    """Changes when the keys do, and is known before they are generated."""

    def __init__(self, name: str, args: MinioObjectStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'MinioObjectStorage "{name}"'
        spec = MinioObjectStorageSpec.check(component, args)
        super().__init__("observability:index:MinioObjectStorage", name, {**args}, opts)
        for warning in warnings(spec):
            pulumi.log.warn(warning, self)
        resolved = spec.resolve(component)
        in_namespace = resolved.apply(lambda s: s.namespace)
        created = create_namespace_if(name, spec, in_namespace, self)
        keys = {
            purpose: generate_password(f"{name}-{purpose}-secret-key", 40, spec.credentials_revision, self)
            for purpose in spec.buckets
        }
        self.access_key_ids = secret_map({**spec.user_of})
        self.secret_access_keys = secret_map(keys)
        passwords = {spec.user_of[purpose]: key for purpose, key in keys.items()}
        root: dict[str, pulumi.Input[str]] = {
            "rootUser": MINIO_ROOT_USER,
            "rootPassword": generate_password(f"{name}-root-password", 40, spec.credentials_revision, self),
        }
        secrets = [
            self._secret(f"{name}-{word}", secret_name, in_namespace, contents, created)
            for word, secret_name, contents in (
                ("root", spec.root_secret, root),
                ("users", spec.users_secret, passwords),
            )
        ]
        store = release(
            f"{name}-minio",
            spec,
            namespace=in_namespace,
            values=resolved.apply(lambda s: deep_merge(minio_values(s), s.values)),
            parent=self,
            depends_on=[*created, *secrets],
            hooks=guard(f"{name}-minio", minio_problems),
        )
        if spec.mode is MinioMode.DISTRIBUTED:
            self._budget(f"{name}-budget", spec, in_namespace, store)
        if spec.service_monitor:
            # The chart's own would probe MinIO through itself as the prober.
            create_service_monitor(
                f"{name}-service-monitor",
                name=spec.release_name,
                namespace=in_namespace,
                labels=spec.service_monitor_labels,
                spec=service_monitor_spec(spec.release_name),
                release=store,
                parent=self,
            )
        self.kind = pulumi.Output.from_input("minio")
        self.endpoint = known_after(resolved.apply(lambda s: s.endpoint), store)
        self.region = pulumi.Output.from_input(REGION)
        self.path_style = pulumi.Output.from_input(True)
        self.buckets = known_after(dict(spec.buckets), store)
        self.prefixes = pulumi.Output.from_input(dict.fromkeys(spec.buckets, ""))
        self.kms_key_arn = pulumi.Output.from_input("")
        self.bucket_arns = pulumi.Output.from_input({})
        self.credentials_revision = resolved.apply(lambda s: s.credentials_checksum)
        self.register_outputs(
            {
                "kind": self.kind,
                "endpoint": self.endpoint,
                "region": self.region,
                "pathStyle": self.path_style,
                "buckets": self.buckets,
                "prefixes": self.prefixes,
                "kmsKeyArn": self.kms_key_arn,
                "bucketArns": self.bucket_arns,
                "accessKeyIds": self.access_key_ids,
                "secretAccessKeys": self.secret_access_keys,
                "credentialsRevision": self.credentials_revision,
            }
        )

    def _secret(
        self,
        name: str,
        secret_name: str,
        in_namespace: pulumi.Output[str],
        contents: Mapping[str, pulumi.Input[str]],
        depends_on: Sequence[pulumi.Resource],
    ) -> Secret:
        return Secret(
            name,
            metadata=ObjectMetaArgs(name=secret_name, namespace=in_namespace, labels=MANAGED_BY),
            data=secret_map(contents).apply(
                lambda plain: {key: b64encode(value.encode()).decode() for key, value in plain.items()}
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=depends_on),
        )

    def _budget(
        self, name: str, spec: MinioObjectStorageSpec, in_namespace: pulumi.Output[str], store: Release
    ) -> None:
        # The chart's own has one name for every release of a namespace.
        labels = {"app": spec.release_name, "release": spec.release_name}
        PodDisruptionBudget(
            name,
            metadata=ObjectMetaArgs(name=spec.release_name, namespace=in_namespace, labels=MANAGED_BY),
            spec=PodDisruptionBudgetSpecArgs(max_unavailable=1, selector=LabelSelectorArgs(match_labels=labels)),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[store]),
        )
