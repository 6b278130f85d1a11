"""The values of the SeaweedFS chart where a host may be away: masters, servers and filers, each in pods of their own.

Masters agree by Raft. Every object lies on several servers, each on another host. Two filers answer S3: each has the
whole index of objects on a volume of its own and follows the other's changes a moment later
(https://github.com/seaweedfs/seaweedfs/wiki/Filer-Store-Replication). A Service that stays with one of them lets a
client read at once what it has written.
"""

import json
from typing import Any

from ..units import parse_quantity
from .seaweedfs import CONTAINER, POD, bucket_job, volume_megabytes
from .spec import SEAWEEDFS_S3_PORT, InClusterObjectStorageSpec

METRICS_PORT = 9327
MASTERS = 3
FILERS = 2
PARTS = ("master", "volume", "filer")
_GIBI = 2**30
_INDEX_SHARE = 10
"""An index of objects takes less than this part of what they take."""

_TO_OUTPUT = {"type": ""}
"""The log of a master or filer; any type that the chart knows is a directory."""

# `weed` opens sockets here, which the read-only root filesystem has no place for.
_TEMPORARY = {
    "extraVolumes": '- {"name": "tmp", "emptyDir": {}}',
    "extraVolumeMounts": '- {"name": "tmp", "mountPath": "/tmp"}',
}


def cluster_values(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    """Return the values of the chart for several servers, with the Secret of `identities` by name only."""
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
                "replicationPlacement": f"00{spec.copies - 1}",
            }
        },
        "master": {
            **_pod(spec, "50m", "256Mi"),
            "replicas": MASTERS,
            "logs": dict(_TO_OUTPUT),
            "volumeSizeLimitMB": volume_megabytes(spec.volume_size),
            # Every bucket takes this many volumes, with their copies, at its first object.
            "extraEnvironmentVars": {f"WEED_MASTER_VOLUME_GROWTH_COPY_{spec.copies}": "2"},
            "data": {**claim, "size": "1Gi"},
        },
        "volume": {
            **_pod(spec, spec.cpu, spec.memory),
            "replicas": spec.replicas,
            "dataDirs": [{**claim, "name": "data", "size": spec.volume_size, "maxVolumes": 0}],
            # A claim grows by hand, in the order that the guide has; the hook would orphan the pods with rights.
            "resizeHook": {"enabled": False},
        },
        "filer": {
            **_pod(spec, spec.cpu, spec.memory),
            "replicas": FILERS,
            "logs": dict(_TO_OUTPUT),
            "data": {**claim, "size": index_size(spec.volume_size)},
            # The first is for `weed shell` in the Job that creates the buckets, which has no volume.
            "extraEnvironmentVars": {"TMPDIR": "/dev/shm", "WEED_LEVELDB2_DIR": "/data/filerldb2"},
            "podAnnotations": {"checksum/identities": spec.credentials_checksum},
            "s3": {"enabled": True, "port": SEAWEEDFS_S3_PORT, **bucket_job(spec)},
        },
        "networkPolicy": {
            # Filer, master and servers ask nobody for credentials: only the pods of this release reach them.
            "enabled": True,
            "extraIngress": [{"ports": [{"protocol": "TCP", "port": METRICS_PORT}]}],
            "components": {"filer": {"extraIngress": [{"ports": [{"protocol": "TCP", "port": SEAWEEDFS_S3_PORT}]}]}},
        },
    }


def index_size(volume_size: str) -> str:
    """Return the size of a filer's volume: a tenth of a server's, in whole Gi."""
    return f"{-(-int(parse_quantity(volume_size)) // (_GIBI * _INDEX_SHARE))}Gi"


def labels_of(release_name: str, part: str) -> dict[str, str]:
    """Return the labels that exactly the pods of a part have."""
    return {
        "app.kubernetes.io/name": "seaweedfs",
        "app.kubernetes.io/instance": release_name,
        "app.kubernetes.io/component": part,
    }


def service_monitor(release_name: str) -> dict[str, Any]:
    """Return the specification of a ServiceMonitor of all parts."""
    labels = labels_of(release_name, "")
    del labels["app.kubernetes.io/component"]
    parts = {"key": "app.kubernetes.io/component", "operator": "In", "values": list(PARTS)}
    # The chart has two Services for the same filers.
    once = {"sourceLabels": ["__meta_kubernetes_service_name"], "regex": ".*-filer-client", "action": "drop"}
    return {
        "selector": {"matchLabels": labels, "matchExpressions": [parts]},
        "endpoints": [{"port": "metrics", "interval": "30s", "relabelings": [once]}],
    }


def _pod(spec: InClusterObjectStorageSpec, cpu: str, memory: str) -> dict[str, Any]:
    return {
        "enabled": True,
        "podSecurityContext": dict(POD),
        "containerSecurityContext": dict(CONTAINER),
        "resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}},
        # The chart takes these as text; JSON is YAML.
        "nodeSelector": json.dumps(dict(spec.node_selector)) if spec.node_selector else "",
        "tolerations": json.dumps([dict(one) for one in spec.tolerations]) if spec.tolerations else "",
        **_TEMPORARY,
    }
