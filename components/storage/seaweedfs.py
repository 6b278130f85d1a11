"""What `InClusterObjectStorage` takes, and what the SeaweedFS chart is told of one pod that holds everything."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

from pydantic import Field

from .._objects import LabelKey, LabelValue, OptionalObjectName, Toleration
from .._pod_security import PodSecurity
from .._release_spec import ReleaseSpec
from .._spec import rule
from ..charts import SEAWEEDFS_CHART, Chart
from ..units import MemorySize, Name, Quantity, Replicas, VolumeSize, parse_quantity
from .buckets import DEFAULT_PREFIXES, name_problem, purpose_problem

S3_PORT = 8333
METRICS_PORT = 9324
REGION = "us-east-1"
IDENTITIES_KEY = "seaweedfs_s3_config"
_USER = 1000
_MEBI = Decimal(2**20)
POD = {
    "enabled": True,
    "runAsNonRoot": True,
    "runAsUser": _USER,
    "runAsGroup": _USER,
    "fsGroup": _USER,
    "fsGroupChangePolicy": "OnRootMismatch",
    "seccompProfile": {"type": "RuntimeDefault"},
}
CONTAINER = {
    "enabled": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}


class PreparedChange(StrEnum):
    """A change that the applied state forbids until somebody has prepared it by hand."""

    SHAPE = "shape"
    SERVERS = "servers"


class InClusterObjectStorageSpec(ReleaseSpec):
    """What `InClusterObjectStorage` takes."""

    release_name: Name = "seaweedfs"
    chart_version: str = SEAWEEDFS_CHART.default_version
    pod_security: PodSecurity = PodSecurity.RESTRICTED
    replicas: Replicas = 1
    copies: int = Field(default=2, ge=2, le=3)
    prepared_changes: Sequence[PreparedChange] = ()
    buckets: Mapping[str, str] = Field(default=DEFAULT_PREFIXES)
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
        """SeaweedFS."""
        return SEAWEEDFS_CHART

    @property
    def endpoint(self) -> str:
        """URL of the S3 API in the cluster."""
        service = self.release_name if self.clustered else f"{self.release_name}-all-in-one"
        return f"http://{service}.{self.namespace}:{S3_PORT}"

    @property
    def clustered(self) -> bool:
        """Whether objects lie on several servers, beside masters and filers in pods of their own."""
        return self.replicas > 1

    @property
    def identities_secret(self) -> str:
        """Name of the Secret that tells the store who may do what."""
        return f"{self.release_name}-identities"

    @property
    def credentials_checksum(self) -> str:
        """Changes when the identities or their keys do."""
        return sha256(json.dumps([self.credentials_revision, dict(self.buckets)]).encode()).hexdigest()[:16]

    @rule("buckets")
    def _buckets_are_buckets(self) -> str | None:
        if not self.buckets:
            return "name a bucket for at least one of logs, traces and metrics"
        if len(set(self.buckets.values())) < len(self.buckets):
            return "give every purpose a bucket of its own: its key is good for that bucket alone"
        return purpose_problem(self.buckets) or next(filter(None, map(name_problem, self.buckets.values())), None)

    @rule("replicas", "copies")
    def _objects_are_written_while_a_server_is_away(self) -> str | None:
        if self.clustered and self.replicas <= self.copies:
            return (
                f"{self.copies} copies of each object on {self.replicas} servers could not be written while one of "
                f"them is away: use {self.copies + 1} servers or more, or 1 without copies"
            )
        return None

    @rule("release_name")
    def _service_name_is_not_cut(self) -> str | None:
        return None if len(self.release_name) <= 52 else "use at most 52 characters: the Service's name is made of it"


def seaweedfs_values(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    """Build the values of the chart, with the Secret of `identities` by name only."""
    return {
        "fullnameOverride": spec.release_name,
        "global": {
            "seaweedfs": {
                # The chart's ClusterRole lets its pods delete any pod of the cluster, and nothing in it does so.
                "createClusterRole": False,
                "serviceAccountName": spec.release_name,
                "automountServiceAccountToken": False,
            }
        },
        "master": {
            "enabled": False,
            "volumeSizeLimitMB": volume_megabytes(spec.storage_size),
            # Every bucket takes this many volumes at its first object; the default of 7 fills a small disk at once.
            "config": "[master.volume_growth]\ncopy_1 = 2\n",
        },
        "volume": {"enabled": False},
        # The Job that creates the buckets takes its security context from here.
        "filer": {"enabled": False, "podSecurityContext": dict(POD), "containerSecurityContext": dict(CONTAINER)},
        "networkPolicy": {
            # Filer and master ask nobody for credentials: only the pods of this release reach them.
            "enabled": True,
            "extraIngress": [{"ports": [{"protocol": "TCP", "port": port} for port in (S3_PORT, METRICS_PORT)]}],
        },
        "allInOne": {
            "enabled": True,
            "serviceAccountName": spec.release_name,
            # The one place of the command line before the subcommand, where flags of logging belong.
            "loggingOverrideLevel": "1 -logtostderr=true",
            # `weed shell` logs and keeps its history here, and the root filesystem is read-only.
            "extraEnvironmentVars": {"TMPDIR": "/dev/shm"},
            "podAnnotations": {"checksum/identities": spec.credentials_checksum},
            "s3": {"enabled": True, **bucket_job(spec)},
            "data": {
                "type": "persistentVolumeClaim",
                "size": spec.storage_size,
                **({"storageClass": spec.storage_class} if spec.storage_class else {}),
                **({"annotations": {"helm.sh/resource-policy": "keep"}} if spec.protect_namespace else {}),
            },
            # The chart has no startup probe: this leaves it five minutes to open its volumes.
            "livenessProbe": {"failureThreshold": 10},
            # `weed` opens sockets here, which the read-only root filesystem has no place for.
            "extraVolumes": '- {"name": "tmp", "emptyDir": {}}',
            "extraVolumeMounts": '- {"name": "tmp", "mountPath": "/tmp"}',
            "podSecurityContext": dict(POD),
            "containerSecurityContext": dict(CONTAINER),
            "resources": {
                "requests": {"cpu": spec.cpu, "memory": spec.memory},
                "limits": {"memory": spec.memory},
            },
            # The chart takes these as text; JSON is YAML.
            "nodeSelector": json.dumps(dict(spec.node_selector)) if spec.node_selector else "",
            "tolerations": json.dumps([dict(one) for one in spec.tolerations]) if spec.tolerations else "",
        },
    }


def bucket_job(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    """Say who may use S3, and which buckets a Job creates."""
    return {
        "enableAuth": True,
        "existingConfigSecret": spec.identities_secret,
        "createBuckets": [{"name": bucket} for bucket in spec.buckets.values()],
        "createBucketsHook": {
            "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "128Mi"}}
        },
    }


def service_monitor(release_name: str) -> dict[str, Any]:
    """Write what a ServiceMonitor of the store says."""
    labels = {
        "app.kubernetes.io/name": "seaweedfs",
        "app.kubernetes.io/instance": release_name,
        "app.kubernetes.io/component": "seaweedfs-all-in-one",
    }
    return {"selector": {"matchLabels": labels}, "endpoints": [{"port": "server-metrics", "interval": "30s"}]}


def volume_megabytes(storage_size: str) -> int:
    """Give the size of the store's volumes: small enough that its disk holds some for every bucket."""
    return max(64, min(1000, int(parse_quantity(storage_size) / _MEBI / 64)))


def identities(buckets: Mapping[str, str], keys: Mapping[str, tuple[str, str]]) -> str:
    """Write who may do what: one identity for each purpose, with its access key and secret key, on its bucket alone."""
    return json.dumps(
        {
            "identities": [
                {
                    "name": purpose,
                    "credentials": [{"accessKey": keys[purpose][0], "secretKey": keys[purpose][1]}],
                    "actions": [f"{action}:{bucket}" for action in ("Read", "Write", "List", "Tagging")],
                }
                for purpose, bucket in buckets.items()
            ]
        }
    )
