"""Values of the MinIO chart: one pod, or four with erasure coding, and a user with a policy for each purpose."""

from collections.abc import Mapping, Sequence
from typing import Any

from .._merge import deep_merge
from .._pods import pod_values
from ..charts import MINIO
from ..units import parse_quantity
from .policies import OBJECT_ACTIONS, bucket_arn
from .s3 import DEFAULT_PREFIXES
from .spec import MinioMode, MinioObjectStorageSpec

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
_CONTAINER = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
_POD = {
    "enabled": True,
    "runAsNonRoot": True,
    "runAsUser": _USER,
    "runAsGroup": _USER,
    "fsGroup": _USER,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_JOB = {
    "securityContext": {"enabled": True},
    "containerSecurityContext": _CONTAINER,
    "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "128Mi"}},
}


def minio_values(spec: MinioObjectStorageSpec) -> dict[str, Any]:
    """Return the values of the chart, which contain the Secrets of all keys by name only."""
    memory = int(float(parse_quantity(spec.memory)) * _SHARE_OF_MEMORY / 2**20)
    keep = spec.protect_namespace and spec.mode is MinioMode.STANDALONE
    values = {
        "fullnameOverride": spec.release_name,
        # The label `app` of every object, by which the policies and the Services tell two stores apart.
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
        # The chart leaves the key of a user that is there as it was; adding the user again sets it.
        "makeUserJob": {**_JOB, "exitCommand": _set_keys(spec)},
        "postJob": {"securityContext": _POD, **_nodes(spec)},
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
        "containerSecurityContext": _CONTAINER,
        "resources": {"requests": {"cpu": spec.cpu, "memory": spec.memory}, "limits": {"memory": spec.memory}},
        "topologySpreadConstraints": _spread(spec),
        **_nodes(spec),
        "networkPolicy": {"enabled": True},
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


def _mirrored(spec: MinioObjectStorageSpec, image: Mapping[str, str]) -> str:
    return f"{spec.image_registry}/{image['repository'].partition('/')[2]}"


def warnings(spec: MinioObjectStorageSpec) -> list[str]:
    """Return the warnings of a preview."""
    found = [UNMAINTAINED]
    if spec.priority_class:
        job = f"the Job {spec.release_name}-post-job, image {CLIENT_IMAGE['repository'].partition('/')[2]}"
        found.append(
            f"priority_class: {MINIO.name} {spec.chart_version} has no value for that of {job}; it runs with the "
            "default of the cluster"
        )
    return found


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


def _nodes(spec: MinioObjectStorageSpec) -> dict[str, Any]:
    return {"nodeSelector": dict(spec.node_selector), "tolerations": [dict(one) for one in spec.tolerations]}


def _spread(spec: MinioObjectStorageSpec) -> list[dict[str, Any]]:
    if spec.mode is MinioMode.STANDALONE:
        return []
    labels = {"app": spec.release_name, "release": spec.release_name}
    return [
        {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": labels},
        }
    ]


def service_monitor_spec(release_name: str) -> dict[str, Any]:
    """Return the specification of a ServiceMonitor of the store."""
    labels = {"app": release_name, "release": release_name, "monitoring": "true"}
    endpoint = {"port": "http", "path": "/minio/v2/metrics/cluster", "interval": "30s"}
    return {"selector": {"matchLabels": labels}, "endpoints": [endpoint]}
