"""The Job that creates the buckets of SeaweedFS.

It takes the place of the chart's hook, which has no values for the nodes of its pod.
"""

import hashlib
import json
from typing import Any

import pulumi
from pulumi_kubernetes.batch.v1 import Job
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._kubernetes import MANAGED_BY
from .._merge import deep_merge, value_at
from .._pods import pod_fields
from .._workload import CONTAINER_SECURITY_CONTEXT, resources
from .seaweedfs_values import USER, part_labels, seaweedfs_values
from .spec import InClusterObjectStorageSpec

PART = "buckets"

_MASTER_PORT = 9333
_FILER_PORT = 8888
_REPOSITORY = "chrislusf/seaweedfs"
_DIGEST_LENGTH = 10
_SCRIPT = """set -o pipefail
master=http://$WEED_CLUSTER_SW_MASTER/cluster/status filer=http://$WEED_CLUSTER_SW_FILER/
until curl -sS -o /dev/null --max-time 5 "$master" && curl -sS -o /dev/null --max-time 5 "$filer"; do sleep 5; done
exists() { echo s3.bucket.list | weed shell | awk '{print $1}' | grep -Fx "$1" >/dev/null; }
for bucket in "$@"; do
  exists "$bucket" || echo "s3.bucket.create --name $bucket" | weed shell
  exists "$bucket"
done
"""


def create_buckets(
    name: str,
    spec: InClusterObjectStorageSpec,
    resolved: "pulumi.Output[InClusterObjectStorageSpec]",
    *,
    parent: pulumi.Resource,
    store: pulumi.Resource,
) -> Job:
    """Create the Job that creates the buckets of `spec` in `store` and leaves those that exist as they are."""
    # `Any`: mypy runs out of memory on the SDK's nested types of a pod when it is to prove this dict one of them.
    job: pulumi.Output[Any] = resolved.apply(job_spec)
    return Job(
        name,
        metadata=ObjectMetaArgs(
            name=resolved.apply(job_name),
            namespace=resolved.apply(lambda s: s.namespace),
            labels={**MANAGED_BY, **part_labels(spec.release_name, PART)},
            annotations={"pulumi.com/skipAwait": "true"} if spec.skip_await else None,
        ),
        spec=job,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[store], delete_before_replace=True),
    )


def job_name(spec: InClusterObjectStorageSpec) -> str:
    """Return the name of the Job, which changes with its immutable specification, so that another Job replaces it."""
    digest = hashlib.sha256(json.dumps(job_spec(spec), sort_keys=True).encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{spec.release_name}-{digest}"


def job_spec(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    """Return the specification of the Job; the labels of its pod admit it past the NetworkPolicy of the release.

    It is kept when it has completed: a deleted one would be drift to the next update.
    """
    return {
        "backoffLimit": 6,
        "activeDeadlineSeconds": spec.timeout_seconds,
        "template": {
            "metadata": {"labels": part_labels(spec.release_name, PART)},
            "spec": {
                "restartPolicy": "Never",
                "automountServiceAccountToken": False,
                **pod_fields(spec),
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": USER,
                    "runAsGroup": USER,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containers": [_container(spec)],
            },
        },
    }


def _container(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    master, filer = ("master", "filer-client") if spec.clustered else ("all-in-one", "all-in-one")
    environment = {
        "WEED_CLUSTER_DEFAULT": "sw",
        "WEED_CLUSTER_SW_MASTER": f"{spec.release_name}-{master}.{spec.namespace}:{_MASTER_PORT}",
        "WEED_CLUSTER_SW_FILER": f"{spec.release_name}-{filer}.{spec.namespace}:{_FILER_PORT}",
        # `weed shell` keeps its history here, and the root filesystem is read-only.
        "TMPDIR": "/dev/shm",
    }
    return {
        "name": "create-buckets",
        "image": image(spec),
        "command": ["/bin/sh", "-ec", _SCRIPT, "create-buckets", *spec.buckets.values()],
        "env": [{"name": name, "value": value} for name, value in environment.items()],
        "resources": resources("50m", "128Mi"),
        "securityContext": CONTAINER_SECURITY_CONTEXT,
    }


def image(spec: InClusterObjectStorageSpec) -> str:
    """Return the image of the release, which the chart tags with its own version without the patch."""
    values = deep_merge(seaweedfs_values(spec), spec.values)
    registry = value_at(values, ("global", "imageRegistry")) or value_at(values, ("image", "registry"))
    repository = value_at(values, ("image", "repository")) or _REPOSITORY
    tag = value_at(values, ("image", "tag")) or spec.chart_version.rpartition(".")[0]
    own = value_at(values, ("master", "imageOverride"))
    return str(own or "/".join(part for part in (registry, f"{repository}:{tag}") if part))
