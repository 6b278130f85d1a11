"""The values of the SeaweedFS chart for one pod that holds everything."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..units import parse_quantity
from .spec import SEAWEEDFS_S3_PORT, InClusterObjectStorageSpec

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


def seaweedfs_values(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    """Return the values of the chart, with the Secret of `identities` by name only."""
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
            "volumeSizeLimitMB": volume_megabytes(spec.volume_size),
            # Every bucket takes this many volumes at its first object; the default of 7 fills a small disk at once.
            "config": "[master.volume_growth]\ncopy_1 = 2\n",
        },
        "volume": {"enabled": False},
        # The Job that creates the buckets takes its security context from here.
        "filer": {"enabled": False, "podSecurityContext": dict(POD), "containerSecurityContext": dict(CONTAINER)},
        "networkPolicy": {
            # Filer and master ask nobody for credentials: only the pods of this release reach them.
            "enabled": True,
            "extraIngress": [
                {"ports": [{"protocol": "TCP", "port": port} for port in (SEAWEEDFS_S3_PORT, METRICS_PORT)]}
            ],
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
                "size": spec.volume_size,
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
    """Return the values of S3: who may use it, and which buckets a Job creates."""
    return {
        "enableAuth": True,
        "existingConfigSecret": spec.identities_secret,
        "createBuckets": [{"name": bucket} for bucket in spec.buckets.values()],
        "createBucketsHook": {
            "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "128Mi"}}
        },
    }


def service_monitor(release_name: str) -> dict[str, Any]:
    """Return the specification of a ServiceMonitor of the store."""
    labels = {
        "app.kubernetes.io/name": "seaweedfs",
        "app.kubernetes.io/instance": release_name,
        "app.kubernetes.io/component": "seaweedfs-all-in-one",
    }
    return {"selector": {"matchLabels": labels}, "endpoints": [{"port": "server-metrics", "interval": "30s"}]}


def volume_megabytes(volume_size: str) -> int:
    """Return the size of the store's volumes: small enough that its disk holds some for every bucket."""
    return max(64, min(1000, int(parse_quantity(volume_size) / _MEBI / 64)))


def identities(buckets: Mapping[str, str], keys: Mapping[str, tuple[str, str]]) -> str:
    """Return the rights as JSON: an identity for each purpose, with access key and secret key, on its bucket alone."""
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
