"""Buckets in the cluster on MinIO, for platforms that are written for it; a preview warns that it is unmaintained.

The chart runs one pod, or four with erasure coding, and creates a user with a policy for each purpose.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.helm.v3 import Release
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget, PodDisruptionBudgetSpecArgs

from .._guard import guard
from .._kubernetes import MANAGED_BY, secret_data
from .._merge import deep_merge
from .._monitors import create_monitor
from .._namespace import create_namespace_if
from .._network_policy import DNS_PORTS, network_policy
from .._outputs import known_after, outputs_of
from .._passwords import generate_password, secret_map
from .._pods import pod_values
from .._release import release
from .._shown import shown
from .._workload import HOSTNAME_LABEL, NO_PRIVILEGES, non_root, resources, scheduling
from ..charts import MINIO
from ..units import parse_quantity
from .args import MinioObjectStorageArgs
from .policies import OBJECT_ACTIONS, bucket_arn
from .s3 import DEFAULT_PREFIXES
from .spec import MINIO_ROOT_USER, MINIO_S3_PORT, MinioMode, MinioObjectStorageSpec
from .update_guard import minio_problems

REGION = "us-east-1"
IMAGE = {"repository": "docker.io/pgsty/minio", "tag": "RELEASE.2026-03-14T12-00-00Z"}
CLIENT_IMAGE = {"repository": "docker.io/pgsty/mc", "tag": "RELEASE.2026-03-13T08-57-32Z"}
"""A fork's builds: those of the project itself can no longer be pulled (https://github.com/minio/minio)."""

UNMAINTAINED = (
    "MinIO is no longer maintained: its repository is archived, and the images are a fork's. Keep it where documents "
    "ask for it; else use InClusterObjectStorage, or a store outside the cluster."
)
_ON_BUCKETS = ("s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads")
_ON_UPLOADS = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
_REPLICAS = {MinioMode.STANDALONE: 1, MinioMode.DISTRIBUTED: 4}
_WRITABLE_DIRECTORIES = {"certs": "/etc/minio/certs", "tmp": "/tmp"}
_USER = 1000
_SHARE_OF_MEMORY = 0.9
_POD = {"enabled": True, **non_root(_USER), "fsGroup": _USER}
_JOB = {
    "securityContext": {"enabled": True},
    "containerSecurityContext": NO_PRIVILEGES,
    "resources": resources("50m", "128Mi"),
}


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
        policy = network_policy(
            f"{name}-network-policy",
            spec.release_name,
            in_namespace,
            resolved.apply(network_policy_spec),
            parent=self,
            depends_on=created,
        )
        store = release(
            f"{name}-minio",
            spec,
            namespace=in_namespace,
            values=resolved.apply(minio_values),
            parent=self,
            depends_on=[*created, *secrets, policy],
            hooks=guard(f"{name}-minio", minio_problems),
        )
        if spec.mode is MinioMode.DISTRIBUTED:
            self._budget(f"{name}-budget", spec, in_namespace, store)
        if spec.service_monitor:
            # The chart's own would probe MinIO through itself as the prober.
            create_monitor(
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
        self.register_outputs(outputs_of(self))

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
            data=secret_map(contents).apply(secret_data),
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


def minio_values(spec: MinioObjectStorageSpec) -> dict[str, Any]:
    """Return the values of the chart, which contain the Secrets of all keys by name only."""
    memory = int(float(parse_quantity(spec.memory)) * _SHARE_OF_MEMORY / 2**20)
    keep = spec.protect_namespace and spec.mode is MinioMode.STANDALONE
    values = {
        "fullnameOverride": spec.release_name,
        # The label `app` of every object, by which policies and Services select the pods of one store.
        "nameOverride": spec.release_name,
        "image": dict(IMAGE),
        "mcImage": dict(CLIENT_IMAGE),
        "mode": spec.mode.value,
        "replicas": _REPLICAS[spec.mode],
        # A second pod could not mount the volume of the first.
        "deploymentUpdate": {"type": "Recreate"},
        "existingSecret": spec.root_secret,
        "serviceAccount": {"name": spec.release_name},
        "buckets": [{"name": bucket} for buckets in spec.buckets_of.values() for bucket in buckets],
        "policies": [_policy(spec.user_of[purpose], purpose, buckets) for purpose, buckets in spec.buckets_of.items()],
        "users": [
            {"accessKey": user, "existingSecret": spec.users_secret, "existingSecretKey": user, "policy": user}
            for user in spec.user_of.values()
        ],
        "makePolicyJob": _JOB,
        "makeBucketJob": _JOB,
        # The chart does not change the key of an existing user; adding the user again does.
        "makeUserJob": {**_JOB, "exitCommand": _set_keys(spec)},
        "postJob": {"securityContext": _POD, **scheduling(spec.node_selector, spec.tolerations)},
        "persistence": {
            "size": spec.volume_size,
            **({"storageClass": spec.storage_class} if spec.storage_class else {}),
            **({"annotations": {"helm.sh/resource-policy": "keep"}} if keep else {}),
        },
        "environment": {"MINIO_BROWSER": "off", "HOME": "/tmp", "GOMEMLIMIT": f"{memory}MiB"},
        "extraVolumes": [{"name": name, "emptyDir": {}} for name in _WRITABLE_DIRECTORIES],
        "extraVolumeMounts": [{"name": name, "mountPath": path} for name, path in _WRITABLE_DIRECTORIES.items()],
        "podAnnotations": {"checksum/users": spec.credentials_checksum},
        "securityContext": {**_POD, "fsGroupChangePolicy": "OnRootMismatch"},
        "containerSecurityContext": NO_PRIVILEGES,
        "resources": resources(spec.cpu, spec.memory),
        "topologySpreadConstraints": _spread(spec),
        **scheduling(spec.node_selector, spec.tolerations),
        # The chart's has no egress and opens the console.
        "networkPolicy": {"enabled": False},
        "metrics": {"serviceMonitor": {"public": spec.service_monitor}},
    }
    images = pod_values(
        spec,
        image_registry={
            "image": {"repository": _mirrored(spec, IMAGE)},
            "mcImage": {"repository": _mirrored(spec, CLIENT_IMAGE)},
        },
        # The chart's own key makes invalid YAML of two names.
        image_pull_secrets={"global": {"imagePullSecrets": list(spec.image_pull_secrets)}},
        priority_class={"priorityClassName": spec.priority_class},
    )
    return deep_merge(values, images)


def warnings(spec: MinioObjectStorageSpec) -> list[str]:
    """Return the warnings of a preview."""
    found = [UNMAINTAINED]
    if spec.priority_class:
        job = f"the Job {spec.release_name}-post-job, image {_without_registry(CLIENT_IMAGE)}"
        found.append(
            f"priority_class = {shown(spec.priority_class)}: does not reach {job}, as chart {MINIO.name} "
            f"{spec.chart_version} has no value for it; the Job has the cluster's default"
        )
    return found


def _mirrored(spec: MinioObjectStorageSpec, image: Mapping[str, str]) -> str:
    return f"{spec.image_registry}/{_without_registry(image)}"


def _without_registry(image: Mapping[str, str]) -> str:
    return image["repository"].partition("/")[2]


def _policy(name: str, purpose: str, buckets: Sequence[str]) -> dict[str, Any]:
    """Return the policy that allows the consumer of `purpose` its actions on `buckets` alone."""
    arns = [bucket_arn("aws", bucket) for bucket in buckets]
    on_objects = [*OBJECT_ACTIONS[DEFAULT_PREFIXES[purpose]], *_ON_UPLOADS]
    return {
        "name": name,
        "statements": [
            {"resources": arns, "actions": list(_ON_BUCKETS)},
            {"resources": [f"{arn}/*" for arn in arns], "actions": on_objects},
        ],
    }


def _set_keys(spec: MinioObjectStorageSpec) -> str:
    users = " ".join(spec.user_of.values())
    keys = f"/config/secrets/{spec.users_secret}"
    client = "/usr/bin/mc --insecure --config-dir /etc/minio/mc/"
    # The chart puts this between double quotes: it has to do without them and without backslashes.
    add = f"{{ echo $user; cat {keys}/$user; echo; }} | {client} admin user add myminio"
    return f"for user in {users}; do {add} || exit 1; done"


def _spread(spec: MinioObjectStorageSpec) -> list[dict[str, Any]]:
    if spec.mode is MinioMode.STANDALONE:
        return []
    labels = {"app": spec.release_name, "release": spec.release_name}
    return [
        {
            "maxSkew": 1,
            "topologyKey": HOSTNAME_LABEL,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": labels},
        }
    ]


def network_policy_spec(spec: MinioObjectStorageSpec) -> dict[str, Any]:
    """Return the NetworkPolicy of the store and of the Jobs that set it up.

    All pods reach the S3 API, which requires a key, and no other port. The pods reach each other, and DNS at
    any address, as nodes may have a resolver of their own.
    """
    pods = {
        "matchLabels": {"release": spec.release_name},
        "matchExpressions": [
            {"key": "app", "operator": "In", "values": [spec.release_name, f"{spec.release_name}-job"]}
        ],
    }
    s3 = [{"port": MINIO_S3_PORT, "protocol": "TCP"}]
    return {
        "podSelector": pods,
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"ports": s3}],
        "egress": [{"to": [{"podSelector": pods}], "ports": s3}, {"ports": list(DNS_PORTS)}],
    }


def service_monitor_spec(release_name: str) -> dict[str, Any]:
    """Return the specification of a ServiceMonitor of the store."""
    labels = {"app": release_name, "release": release_name, "monitoring": "true"}
    endpoint = {"port": "http", "path": "/minio/v2/metrics/cluster", "interval": "30s"}
    return {"selector": {"matchLabels": labels}, "endpoints": [endpoint]}
