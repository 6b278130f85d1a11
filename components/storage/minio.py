"""What the MinIO chart is told: one pod, or four that hold each object together, and a user for each purpose."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any

from pydantic import Field

from .._objects import LabelKey, LabelValue, OptionalObjectName, Toleration
from .._pod_security import PodSecurity
from .._release_spec import ReleaseSpec
from .._spec import rule
from ..charts import MINIO, Chart
from ..units import MemorySize, Name, Quantity, VolumeSize, parse_quantity
from .buckets import DEFAULT_PREFIXES, PURPOSES, name_problem, purpose_problem
from .minio_users import policy, user_problem

S3_PORT = 9000
REGION = "us-east-1"
IMAGE = {"repository": "docker.io/pgsty/minio", "tag": "RELEASE.2026-03-14T12-00-00Z"}
CLIENT_IMAGE = {"repository": "docker.io/pgsty/mc", "tag": "RELEASE.2026-03-13T08-57-32Z"}
"""A fork's builds: those of the project itself can no longer be pulled (https://github.com/minio/minio)."""

UNMAINTAINED = (
    "MinIO is no longer maintained: its repository is archived, and the images are a fork's. Keep it where documents "
    "ask for it; else use InClusterObjectStorage, or a store outside the cluster."
)
DEFAULT_BUCKETS: Mapping[str, str] = {"logs": "chunks", "traces": "traces", "metrics": "metrics"}
_FURTHER_BUCKETS: Mapping[str, Sequence[str]] = {"logs": ("ruler", "admin")}
_USER = 1000
_SHARE_OF_MEMORY = 0.9
_LONGEST_RELEASE_NAME = 48
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


class MinioMode(StrEnum):
    """How many pods hold the objects: one, or four of which any two are enough to read."""

    STANDALONE = "standalone"
    DISTRIBUTED = "distributed"


class MinioObjectStorageSpec(ReleaseSpec):
    """What `MinioObjectStorage` takes."""

    release_name: Name = "minio"
    chart_version: str = MINIO.default_version
    pod_security: PodSecurity = PodSecurity.RESTRICTED
    mode: MinioMode = MinioMode.STANDALONE
    buckets: Mapping[str, str] = Field(default=DEFAULT_BUCKETS)
    further_buckets: Mapping[str, Sequence[str]] | None = None
    users: Mapping[str, str] = Field(default_factory=dict)
    storage_size: VolumeSize = "10Gi"
    storage_class: OptionalObjectName = ""
    cpu: Quantity = "100m"
    memory: MemorySize = "1Gi"
    node_selector: Mapping[LabelKey, LabelValue] = Field(default_factory=dict)
    tolerations: Sequence[Toleration] = ()
    service_monitor: bool = False
    service_monitor_labels: Mapping[LabelKey, LabelValue] = Field(default_factory=dict)
    credentials_revision: str = "1"

    @property
    def chart(self) -> Chart:
        """MinIO."""
        return MINIO

    @property
    def endpoint(self) -> str:
        """URL of the S3 API in the cluster."""
        return f"http://{self.release_name}.{self.namespace}:{S3_PORT}"

    @property
    def root_secret(self) -> str:
        """Name of the Secret with the administrator's name and password."""
        return f"{self.release_name}-root"

    @property
    def users_secret(self) -> str:
        """Name of the Secret with the secret key of each user."""
        return f"{self.release_name}-users"

    @property
    def user_of(self) -> dict[str, str]:
        """The user, whose name is the access key, of each purpose that has a bucket."""
        return {purpose: self.users.get(purpose, DEFAULT_PREFIXES[purpose]) for purpose in self.buckets}

    @property
    def buckets_of(self) -> dict[str, list[str]]:
        """Every bucket of each purpose, the one for its data first."""
        further = _FURTHER_BUCKETS if self.further_buckets is None else self.further_buckets
        return {purpose: [bucket, *further.get(purpose, ())] for purpose, bucket in self.buckets.items()}

    @property
    def credentials_checksum(self) -> str:
        """Changes when the users or their keys do."""
        users = [self.credentials_revision, self.buckets_of, self.user_of]
        return sha256(json.dumps(users).encode()).hexdigest()[:16]

    @rule("buckets", "further_buckets")
    def _buckets_are_buckets(self) -> str | None:
        if not self.buckets:
            return f"name a bucket for at least one of {', '.join(PURPOSES)}"
        strangers = sorted(set(self.further_buckets or {}) - set(self.buckets))
        if strangers:
            return f"further_buckets has {strangers[0]!r}, which has no bucket here: name one, or leave it out"
        every = [bucket for buckets in self.buckets_of.values() for bucket in buckets]
        if len(set(every)) < len(every):
            return "give every purpose buckets of its own: its key is good for those alone"
        return purpose_problem(self.buckets) or next(filter(None, map(name_problem, every)), None)

    @rule("users", "buckets")
    def _users_are_users(self) -> str | None:
        return purpose_problem(self.users) or user_problem(self.users, self.buckets)

    @rule("release_name")
    def _names_are_not_cut(self) -> str | None:
        if len(self.release_name) > _LONGEST_RELEASE_NAME:
            return f"use at most {_LONGEST_RELEASE_NAME} characters: names of other objects are made of it"
        return None


def minio_values(spec: MinioObjectStorageSpec) -> dict[str, Any]:
    """Build the values of the chart, with every key in a Secret that is named only."""
    memory = int(float(parse_quantity(spec.memory)) * _SHARE_OF_MEMORY / 2**20)
    keep = spec.protect_namespace and spec.mode is MinioMode.STANDALONE
    return {
        "fullnameOverride": spec.release_name,
        # The label `app` of every object, by which the policies and the Services tell two stores apart.
        "nameOverride": spec.release_name,
        "image": dict(IMAGE),
        "mcImage": dict(CLIENT_IMAGE),
        "mode": spec.mode.value,
        "replicas": REPLICAS[spec.mode],
        # A second pod could not mount the volume of the first.
        "deploymentUpdate": {"type": "Recreate"},
        "existingSecret": spec.root_secret,
        "serviceAccount": {"name": spec.release_name},
        "buckets": [{"name": bucket} for buckets in spec.buckets_of.values() for bucket in buckets],
        "policies": [policy(spec.user_of[purpose], purpose, buckets) for purpose, buckets in spec.buckets_of.items()],
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
            "size": spec.storage_size,
            **({"storageClass": spec.storage_class} if spec.storage_class else {}),
            **({"annotations": {"helm.sh/resource-policy": "keep"}} if keep else {}),
        },
        "environment": {"MINIO_BROWSER": "off", "HOME": "/tmp", "GOMEMLIMIT": f"{memory}MiB"},
        "extraVolumes": [{"name": name, "emptyDir": {}} for name in _WRITABLE],
        "extraVolumeMounts": [{"name": name, "mountPath": path} for name, path in _WRITABLE.items()],
        "podAnnotations": {"checksum/users": spec.credentials_checksum},
        "securityContext": {**_POD, "fsGroupChangePolicy": "OnRootMismatch"},
        "containerSecurityContext": _CONTAINER,
        "resources": {"requests": {"cpu": spec.cpu, "memory": spec.memory}, "limits": {"memory": spec.memory}},
        "topologySpreadConstraints": _spread(spec),
        **_nodes(spec),
        # The job may speak to nothing but what is listed here beside MinIO: without DNS it would not find it.
        "networkPolicy": {"enabled": True, "egress": {"enabled": True, "ports": _EGRESS}},
        "metrics": {"serviceMonitor": {"public": spec.service_monitor}},
    }


REPLICAS = {MinioMode.STANDALONE: 1, MinioMode.DISTRIBUTED: 4}
_WRITABLE = {"certs": "/etc/minio/certs", "tmp": "/tmp"}
_EGRESS = [
    {"port": S3_PORT, "protocol": "TCP"},
    {"port": 53, "protocol": "UDP"},
    {"port": 53, "protocol": "TCP"},
]


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


def service_monitor(release_name: str) -> dict[str, Any]:
    """Write what a ServiceMonitor of the store says."""
    labels = {"app": release_name, "release": release_name, "monitoring": "true"}
    endpoint = {"port": "http", "path": "/minio/v2/metrics/cluster", "interval": "30s"}
    return {"selector": {"matchLabels": labels}, "endpoints": [endpoint]}
