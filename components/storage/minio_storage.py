"""Buckets in the cluster on MinIO, for platforms that are written for it; unmaintained, and said so at preview."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.helm.v3 import Release
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget, PodDisruptionBudgetSpecArgs

from .._guard import guard
from .._known import after
from .._merge import deep_merge
from .._namespace import own_namespace
from .._passwords import generated, secret_map
from .._pod_security import MANAGED_BY
from .._release import release
from ._guards import minio_problems
from .minio import REGION, UNMAINTAINED, MinioMode, MinioObjectStorageSpec, minio_values, service_monitor
from .minio_users import ROOT_USER


class MinioObjectStorageArgs(TypedDict):
    """Arguments of `MinioObjectStorage`."""

    namespace: pulumi.Input[str]
    """Namespace of the store."""
    create_namespace: NotRequired[bool]
    """Whether to create the namespace. Default yes."""
    pod_security: NotRequired[str]
    """Pod security level of a created namespace. Default `restricted`."""
    protect_namespace: NotRequired[bool]
    """Refuse to delete the namespace, and keep a standalone store's volume when its release goes. Default no."""
    mode: NotRequired[str]
    """`standalone` (default): one pod on one volume; `distributed`: four, of which two may be lost for reading and
    one for writing. It can never change for the same data."""
    buckets: NotRequired[Mapping[str, str]]
    """Bucket of each purpose, to be created. Default `chunks` for logs, `traces` and `metrics`."""
    further_buckets: NotRequired[Mapping[str, Sequence[str]]]
    """More buckets of a purpose, to be created, that its key is good for too. Default `ruler` and `admin` for logs."""
    users: NotRequired[Mapping[str, str]]
    """User of each purpose, to be created; its name is the access key. Default `loki`, `tempo` and `thanos`."""
    storage_size: NotRequired[pulumi.Input[str]]
    """Size of each volume, at least `1Gi`. Default `10Gi`."""
    storage_class: NotRequired[pulumi.Input[str]]
    """Storage class of the volumes. Default: the cluster's."""
    cpu: NotRequired[pulumi.Input[str]]
    """CPU requested by each pod. Default `100m`."""
    memory: NotRequired[pulumi.Input[str]]
    """Memory requested by each pod, and the most that it uses. Default `1Gi`."""
    node_selector: NotRequired[pulumi.Input[Mapping[str, str]]]
    """Labels of the nodes to run on. Default: any node."""
    tolerations: NotRequired[pulumi.Input[Sequence[Mapping[str, Any]]]]
    """Taints to tolerate, as in a pod. Default: none."""
    service_monitor: NotRequired[bool]
    """Whether to create a ServiceMonitor, which needs the Prometheus operator's CRDs; metrics then need no login.
    Default no."""
    service_monitor_labels: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Labels of the ServiceMonitor, by which the operator's Prometheus picks it up: kube-prometheus-stack's wants
    `release`, with the name of its own release. Default none."""
    credentials_revision: NotRequired[str]
    """Change this word to generate new keys; the store and its consumers start anew with them. Default `1`."""
    release_name: NotRequired[str]
    """Name of the Helm release, and of the Service. Default `minio`."""
    chart_version: NotRequired[str]
    """Version of the chart `minio`. Default the first supported one."""
    charts_dir: NotRequired[str]
    """Directory to take the chart from. Default: its repository."""
    values: NotRequired[Mapping[str, Any]]
    """Chart values laid over what the component sets."""
    max_history: NotRequired[int]
    """Revisions that Helm keeps. Default 2, at least 1."""
    timeout_seconds: NotRequired[int]
    """How long Helm waits for the release, in seconds. Default 600."""
    atomic: NotRequired[bool]
    """Whether a failed upgrade is rolled back. Default no."""
    skip_await: NotRequired[bool]
    """Whether not to wait for the pods. Default no."""


class MinioObjectStorage(pulumi.ComponentResource):
    """An S3 store on MinIO, with its buckets and a user for each purpose that reaches its own buckets alone."""

    kind: pulumi.Output[str]
    """`minio`."""
    endpoint: pulumi.Output[str]
    """URL of the S3 API in the cluster."""
    region: pulumi.Output[str]
    """Region that requests are signed for."""
    path_style: pulumi.Output[bool]
    """Whether the bucket goes into the path of a URL and not into its host: true."""
    buckets: pulumi.Output[Mapping[str, str]]
    """Bucket of each purpose."""
    prefixes: pulumi.Output[Mapping[str, str]]
    """Prefix of each purpose: empty, every purpose has a bucket."""
    kms_key_arn: pulumi.Output[str]
    """Empty: the store does not encrypt."""
    bucket_arns: pulumi.Output[Mapping[str, str]]
    """None: only AWS has them."""
    access_key_ids: pulumi.Output[Mapping[str, str]]
    """Access key of each purpose, good for its buckets alone. Secret."""
    secret_access_keys: pulumi.Output[Mapping[str, str]]
    """Secret key of each purpose. Secret."""
    credentials_revision: pulumi.Output[str]
    """Changes when the keys do, and is known before they are generated."""

    def __init__(self, name: str, args: MinioObjectStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'MinioObjectStorage "{name}"'
        spec = MinioObjectStorageSpec.check(component, args, MinioObjectStorageArgs)
        super().__init__("observability:index:MinioObjectStorage", name, {**args}, opts)
        pulumi.log.warn(UNMAINTAINED, self)
        known = spec.resolve(component)
        in_namespace = known.apply(lambda s: s.namespace)
        home = own_namespace(name, spec, in_namespace, self)
        keys = {
            purpose: generated(f"{name}-{purpose}-secret-key", 40, spec.credentials_revision, self)
            for purpose in spec.buckets
        }
        self.access_key_ids = secret_map({**spec.user_of})
        self.secret_access_keys = secret_map(keys)
        passwords = {spec.user_of[purpose]: key for purpose, key in keys.items()}
        root: dict[str, pulumi.Input[str]] = {
            "rootUser": ROOT_USER,
            "rootPassword": generated(f"{name}-root-password", 40, spec.credentials_revision, self),
        }
        secrets = [
            self._secret(f"{name}-{word}", secret_name, in_namespace, contents, home)
            for word, secret_name, contents in (
                ("root", spec.root_secret, root),
                ("users", spec.users_secret, passwords),
            )
        ]
        store = release(
            f"{name}-minio",
            spec,
            namespace=in_namespace,
            values=known.apply(lambda s: deep_merge(minio_values(s), s.values)),
            parent=self,
            depends_on=[*home, *secrets],
            hooks=guard(f"{name}-minio", minio_problems),
        )
        if spec.mode is MinioMode.DISTRIBUTED:
            self._budget(f"{name}-budget", spec, in_namespace, store)
        if spec.service_monitor:
            self._service_monitor(f"{name}-service-monitor", spec, in_namespace, store)
        self.kind = pulumi.Output.from_input("minio")
        self.endpoint = after(known.apply(lambda s: s.endpoint), store)
        self.region = pulumi.Output.from_input(REGION)
        self.path_style = pulumi.Output.from_input(True)
        self.buckets = after(dict(spec.buckets), store)
        self.prefixes = pulumi.Output.from_input(dict.fromkeys(spec.buckets, ""))
        self.kms_key_arn = pulumi.Output.from_input("")
        self.bucket_arns = pulumi.Output.from_input({})
        self.credentials_revision = known.apply(lambda s: s.credentials_checksum)
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
        homes: Sequence[pulumi.Resource],
    ) -> Secret:
        return Secret(
            name,
            metadata=ObjectMetaArgs(name=secret_name, namespace=in_namespace, labels=MANAGED_BY),
            data=secret_map(contents).apply(
                lambda plain: {key: b64encode(value.encode()).decode() for key, value in plain.items()}
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*homes]),
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

    def _service_monitor(
        self, name: str, spec: MinioObjectStorageSpec, in_namespace: pulumi.Output[str], store: Release
    ) -> None:
        # The chart's own would probe MinIO through itself as the prober.
        CustomResource(
            name,
            api_version="monitoring.coreos.com/v1",
            kind="ServiceMonitor",
            metadata=ObjectMetaArgs(
                name=spec.release_name,
                namespace=in_namespace,
                labels=pulumi.Output.from_input(spec.service_monitor_labels).apply(lambda own: {**MANAGED_BY, **own}),
            ),
            spec=service_monitor(spec.release_name),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[store]),
        )
