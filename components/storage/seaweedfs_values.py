"""Values of the SeaweedFS chart: one pod, or masters, servers and filers in pods of their own.

With several servers, masters agree by Raft, and every object is stored on several servers, each on another host. Two
filers serve S3: each has the whole index of objects on a volume of its own and follows the changes of the other a
moment later (https://github.com/seaweedfs/seaweedfs/wiki/Filer-Store-Replication). A Service with session affinity
lets a client read at once what it has written.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .._merge import deep_merge
from .._pods import pod_values, pull_secrets
from ..units import parse_quantity
from .spec import SEAWEEDFS_S3_PORT, InClusterObjectStorageSpec

REGION = "us-east-1"
IDENTITIES_KEY = "seaweedfs_s3_config"
PARTS = ("master", "volume", "filer")

_SINGLE_POD_METRICS_PORT = 9324
_METRICS_PORT = 9327
_MASTERS = 3
_FILERS = 2
_MEBI = Decimal(2**20)
_GIBI = 2**30
_INDEX_SHARE = 10
"""The index of objects takes less than this fraction of the space of the objects."""

USER = 1000
_POD_SECURITY_CONTEXT = {
    "enabled": True,
    "runAsNonRoot": True,
    "runAsUser": USER,
    "runAsGroup": USER,
    "fsGroup": USER,
    "fsGroupChangePolicy": "OnRootMismatch",
    "seccompProfile": {"type": "RuntimeDefault"},
}
_CONTAINER_SECURITY_CONTEXT = {
    "enabled": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}
# `weed` opens sockets in /tmp, and the root filesystem is read-only.
_TEMPORARY_DIRECTORY = {
    "extraVolumes": '- {"name": "tmp", "emptyDir": {}}',
    "extraVolumeMounts": '- {"name": "tmp", "mountPath": "/tmp"}',
}
_LOGS_TO_STANDARD_ERROR = {"type": ""}
"""The log of a master or filer; any type that the chart knows is a directory."""


def seaweedfs_values(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    """Return the values of the chart, which contain the Secret of `identities` by name only."""
    values = _cluster_values(spec) if spec.clustered else _single_pod_values(spec)
    parts = PARTS if spec.clustered else ("allInOne",)
    images = pod_values(
        spec,
        image_registry={"global": {"imageRegistry": spec.image_registry}},
        image_pull_secrets={"global": {"imagePullSecrets": pull_secrets(spec)}},
        priority_class={part: {"priorityClassName": spec.priority_class} for part in parts},
    )
    return deep_merge(values, images)


def _single_pod_values(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
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
        "filer": {"enabled": False},
        "networkPolicy": {
            # Filer and master ask for no credentials: only the pods of this release may reach them.
            "enabled": True,
            "extraIngress": [
                {"ports": [{"protocol": "TCP", "port": port} for port in (SEAWEEDFS_S3_PORT, _SINGLE_POD_METRICS_PORT)]}
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
            "s3": {"enabled": True, **_s3_values(spec)},
            "data": {
                "type": "persistentVolumeClaim",
                "size": spec.volume_size,
                **({"storageClass": spec.storage_class} if spec.storage_class else {}),
                **({"annotations": {"helm.sh/resource-policy": "keep"}} if spec.protect_namespace else {}),
            },
            # The chart has no startup probe: this leaves it five minutes to open its volumes.
            "livenessProbe": {"failureThreshold": 10},
            **_pod_values(spec, spec.cpu, spec.memory),
        },
    }


def _cluster_values(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    claim = {"type": "persistentVolumeClaim", "storageClass": spec.storage_class}
    return {
        "fullnameOverride": spec.release_name,
        "global": {
            "seaweedfs": {
                "createClusterRole": False,
                "serviceAccountName": spec.release_name,
                "automountServiceAccountToken": False,
                "enableReplication": True,
                # The third digit counts further copies on other servers, here each on a host of its own.
                "replicationPlacement": f"00{spec.replication_factor - 1}",
            }
        },
        "master": {
            "enabled": True,
            **_pod_values(spec, "50m", "256Mi"),
            "replicas": _MASTERS,
            "logs": dict(_LOGS_TO_STANDARD_ERROR),
            "volumeSizeLimitMB": volume_megabytes(spec.volume_size),
            # Every bucket takes this many volumes, with their copies, at its first object.
            "extraEnvironmentVars": {f"WEED_MASTER_VOLUME_GROWTH_COPY_{spec.replication_factor}": "2"},
            "data": {**claim, "size": "1Gi"},
        },
        "volume": {
            "enabled": True,
            **_pod_values(spec, spec.cpu, spec.memory),
            "replicas": spec.replicas,
            "dataDirs": [{**claim, "name": "data", "size": spec.volume_size, "maxVolumes": 0}],
            # A claim is enlarged by hand, in the order of the guide; the hook would orphan pods with RBAC rights.
            "resizeHook": {"enabled": False},
        },
        "filer": {
            "enabled": True,
            **_pod_values(spec, spec.cpu, spec.memory),
            "replicas": _FILERS,
            "logs": dict(_LOGS_TO_STANDARD_ERROR),
            "data": {**claim, "size": index_size(spec.volume_size)},
            # TMPDIR is for `weed shell`.
            "extraEnvironmentVars": {"TMPDIR": "/dev/shm", "WEED_LEVELDB2_DIR": "/data/filerldb2"},
            "podAnnotations": {"checksum/identities": spec.credentials_checksum},
            "s3": {"enabled": True, "port": SEAWEEDFS_S3_PORT, **_s3_values(spec)},
        },
        "networkPolicy": {
            # Filer, master and servers ask for no credentials: only the pods of this release may reach them.
            "enabled": True,
            "extraIngress": [{"ports": [{"protocol": "TCP", "port": _METRICS_PORT}]}],
            "components": {"filer": {"extraIngress": [{"ports": [{"protocol": "TCP", "port": SEAWEEDFS_S3_PORT}]}]}},
        },
    }


def _s3_values(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    return {"enableAuth": True, "existingConfigSecret": spec.identities_secret}


def _pod_values(spec: InClusterObjectStorageSpec, cpu: str, memory: str) -> dict[str, Any]:
    return {
        "podSecurityContext": dict(_POD_SECURITY_CONTEXT),
        "containerSecurityContext": dict(_CONTAINER_SECURITY_CONTEXT),
        "resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}},
        # The chart takes these as text; JSON is YAML.
        "nodeSelector": json.dumps(dict(spec.node_selector)) if spec.node_selector else "",
        "tolerations": json.dumps([dict(one) for one in spec.tolerations]) if spec.tolerations else "",
        **_TEMPORARY_DIRECTORY,
    }


def volume_megabytes(volume_size: str) -> int:
    """Return the size of a SeaweedFS volume: small enough that a disk of `volume_size` holds some for every bucket."""
    return max(64, min(1000, int(parse_quantity(volume_size) / _MEBI / 64)))


def index_size(volume_size: str) -> str:
    """Return the size of a filer's volume: a tenth of a server's, in whole Gi."""
    return f"{-(-int(parse_quantity(volume_size)) // (_GIBI * _INDEX_SHARE))}Gi"


def identities(buckets: Mapping[str, str], keys: Mapping[str, tuple[str, str]]) -> str:
    """Return the identities as JSON: one for each purpose, with its access key and secret key, for its bucket alone."""
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


def part_labels(release_name: str, part: str) -> dict[str, str]:
    """Return the labels that exactly the pods of a part have."""
    return {
        "app.kubernetes.io/name": "seaweedfs",
        "app.kubernetes.io/instance": release_name,
        "app.kubernetes.io/component": part,
    }


def service_monitor_spec(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    """Return the specification of the ServiceMonitor of all pods."""
    if not spec.clustered:
        labels = part_labels(spec.release_name, "seaweedfs-all-in-one")
        return {"selector": {"matchLabels": labels}, "endpoints": [{"port": "server-metrics", "interval": "30s"}]}
    labels = part_labels(spec.release_name, "")
    del labels["app.kubernetes.io/component"]
    parts = {"key": "app.kubernetes.io/component", "operator": "In", "values": list(PARTS)}
    # The chart has two Services for the same filers.
    once = {"sourceLabels": ["__meta_kubernetes_service_name"], "regex": ".*-filer-client", "action": "drop"}
    return {
        "selector": {"matchLabels": labels, "matchExpressions": [parts]},
        "endpoints": [{"port": "metrics", "interval": "30s", "relabelings": [once]}],
    }
