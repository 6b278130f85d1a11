"""Buckets in the cluster on SeaweedFS: in one pod, or on several servers.

With several servers, masters agree by Raft, and every object is stored on several servers, each on another host. Two
filers serve S3: each has the whole index of objects on a volume of its own and follows the changes of the other a
moment later (https://github.com/seaweedfs/seaweedfs/wiki/Filer-Store-Replication). A Service with session affinity
lets a client read at once what it has written.
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pulumi
from pulumi_kubernetes.batch.v1 import Job
from pulumi_kubernetes.core.v1 import Secret, Service, ServicePortArgs, ServiceSpecArgs
from pulumi_kubernetes.helm.v3 import Release
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.networking.v1 import NetworkPolicy
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget, PodDisruptionBudgetSpecArgs

from .._guard import guard
from .._kubernetes import MANAGED_BY, secret_data
from .._merge import deep_merge, value_at
from .._monitors import create_monitor
from .._namespace import create_namespace_if
from .._network_policy import DNS_PORTS
from .._outputs import known_after, outputs_of
from .._passwords import generate_password, secret_map
from .._pods import pod_fields, pod_values, pull_secrets
from .._release import release
from .._workload import CONTAINER_SECURITY_CONTEXT, NO_PRIVILEGES, non_root, resources
from ..units import parse_quantity
from .args import InClusterObjectStorageArgs
from .spec import SEAWEEDFS_S3_PORT, InClusterObjectStorageSpec
from .update_guard import seaweedfs_problems

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

_USER = 1000
_POD_SECURITY_CONTEXT = {
    "enabled": True,
    **non_root(_USER),
    "fsGroup": _USER,
    "fsGroupChangePolicy": "OnRootMismatch",
}
_CONTAINER_SECURITY_CONTEXT = {"enabled": True, **NO_PRIVILEGES}
# `weed` opens sockets in /tmp, and the root filesystem is read-only.
_TEMPORARY_DIRECTORY = {
    "extraVolumes": '- {"name": "tmp", "emptyDir": {}}',
    "extraVolumeMounts": '- {"name": "tmp", "mountPath": "/tmp"}',
}
_EGRESS = {"enabled": True, "allowDNS": False, "extraEgress": [{"ports": list(DNS_PORTS)}]}
"""To pods of the release, and to DNS at any address, as nodes may have a resolver of their own."""
_LOGS_TO_STANDARD_ERROR = {"type": ""}
"""The log of a master or filer; any type that the chart knows is a directory."""

_BUCKET_JOB = "buckets"
_MASTER_PORT = 9333
_FILER_PORT = 8888
_REPOSITORY = "chrislusf/seaweedfs"
_DIGEST_LENGTH = 10
_CREATE_BUCKETS = """set -o pipefail
master=http://$WEED_CLUSTER_SW_MASTER/cluster/status filer=http://$WEED_CLUSTER_SW_FILER/
until curl -sS -o /dev/null --max-time 5 "$master" && curl -sS -o /dev/null --max-time 5 "$filer"; do sleep 5; done
exists() { echo s3.bucket.list | weed shell | awk '{print $1}' | grep -Fx "$1" >/dev/null; }
for bucket in "$@"; do
  exists "$bucket" || echo "s3.bucket.create --name $bucket" | weed shell
  exists "$bucket"
done
"""


class InClusterObjectStorage(pulumi.ComponentResource):
    """An S3 store in the cluster, with its buckets and a key for each of them."""

    kind: pulumi.Output[str]
    """`in-cluster`."""
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
    """Access key of each purpose, valid for its bucket alone. Secret."""
    secret_access_keys: pulumi.Output[Mapping[str, str]]
    """Secret key of each purpose. Secret."""
    credentials_revision: pulumi.Output[str]
    """Changes when the keys do, and is known before they are generated."""

    def __init__(self, name: str, args: InClusterObjectStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'InClusterObjectStorage "{name}"'
        spec = InClusterObjectStorageSpec.check(component, args)
        super().__init__("observability:index:InClusterObjectStorage", name, {**args}, opts)
        resolved = spec.resolve(component)
        in_namespace = resolved.apply(lambda s: s.namespace)
        before = create_namespace_if(name, spec, in_namespace, self)
        revision = spec.credentials_revision
        self.access_key_ids, self.secret_access_keys = (
            secret_map({p: generate_password(f"{name}-{p}-{word}-key", length, revision, self) for p in spec.buckets})
            for word, length in (("access", 20), ("secret", 40))
        )
        before.append(
            Secret(
                f"{name}-identities",
                metadata=ObjectMetaArgs(name=spec.identities_secret, namespace=in_namespace, labels=MANAGED_BY),
                data=pulumi.Output.all(self.access_key_ids, self.secret_access_keys).apply(
                    lambda keys: _identities_data(spec.buckets, keys[0], keys[1])
                ),
                opts=pulumi.ResourceOptions(parent=self, depends_on=before),
            )
        )

        def problems(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
            return seaweedfs_problems(old, new, allowed=spec.allow_changes)

        store = release(
            f"{name}-seaweedfs",
            spec,
            namespace=in_namespace,
            values=resolved.apply(seaweedfs_values),
            parent=self,
            depends_on=before,
            hooks=guard(f"{name}-seaweedfs", problems),
        )
        buckets = self._buckets(f"{name}-buckets", spec, resolved, store)
        ready: list[pulumi.Resource] = [store, buckets]
        if spec.clustered:
            ready.append(self._service(f"{name}-service", spec, in_namespace, store))
            self._budgets(f"{name}-budget", spec, in_namespace, store)
        if spec.service_monitor:
            # The chart's switch would also bring a dashboard whose datasource nothing provides.
            create_monitor(
                f"{name}-service-monitor",
                name=spec.release_name,
                namespace=in_namespace,
                labels=spec.service_monitor_labels,
                spec=service_monitor_spec(spec),
                release=store,
                parent=self,
            )
        self.kind = pulumi.Output.from_input("in-cluster")
        self.endpoint = known_after(resolved.apply(lambda s: s.endpoint), *ready)
        self.region = pulumi.Output.from_input(REGION)
        self.path_style = pulumi.Output.from_input(True)
        self.buckets = known_after(dict(spec.buckets), *ready)
        self.prefixes = pulumi.Output.from_input(dict.fromkeys(spec.buckets, ""))
        self.kms_key_arn = pulumi.Output.from_input("")
        self.bucket_arns = pulumi.Output.from_input({})
        self.credentials_revision = resolved.apply(lambda s: s.credentials_checksum)
        self.register_outputs(outputs_of(self))

    def _buckets(
        self,
        name: str,
        spec: InClusterObjectStorageSpec,
        resolved: "pulumi.Output[InClusterObjectStorageSpec]",
        store: Release,
    ) -> Job:
        in_namespace = resolved.apply(lambda s: s.namespace)
        # `Any`: mypy runs out of memory on the SDK's nested types when it is to prove such a dict one of them.
        reached: Any = bucket_job_policy(spec.release_name)
        job: pulumi.Output[Any] = resolved.apply(bucket_job_spec)
        policy = NetworkPolicy(
            f"{name}-network-policy",
            metadata=ObjectMetaArgs(
                name=f"{spec.release_name}-{_BUCKET_JOB}", namespace=in_namespace, labels=MANAGED_BY
            ),
            spec=reached,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[store]),
        )
        return Job(
            name,
            metadata=ObjectMetaArgs(
                name=resolved.apply(bucket_job_name),
                namespace=in_namespace,
                labels={**MANAGED_BY, **part_labels(spec.release_name, _BUCKET_JOB)},
                annotations={"pulumi.com/skipAwait": "true"} if spec.skip_await else None,
            ),
            spec=job,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[store, policy], delete_before_replace=True),
        )

    def _service(
        self, name: str, spec: InClusterObjectStorageSpec, in_namespace: pulumi.Output[str], store: Release
    ) -> Service:
        return Service(
            name,
            metadata=ObjectMetaArgs(name=spec.release_name, namespace=in_namespace, labels=MANAGED_BY),
            spec=ServiceSpecArgs(
                selector=part_labels(spec.release_name, "filer"),
                # A client reads at once what it has written only from the same filer.
                session_affinity="ClientIP",
                ports=[ServicePortArgs(name="s3", port=SEAWEEDFS_S3_PORT, target_port=SEAWEEDFS_S3_PORT)],
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[store]),
        )

    def _budgets(
        self, name: str, spec: InClusterObjectStorageSpec, in_namespace: pulumi.Output[str], store: Release
    ) -> None:
        # The chart has no PodDisruptionBudgets.
        for part in PARTS:
            labels = part_labels(spec.release_name, part)
            PodDisruptionBudget(
                f"{name}-{part}",
                metadata=ObjectMetaArgs(name=f"{spec.release_name}-{part}", namespace=in_namespace, labels=MANAGED_BY),
                spec=PodDisruptionBudgetSpecArgs(max_unavailable=1, selector=LabelSelectorArgs(match_labels=labels)),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[store]),
            )


def _identities_data(
    buckets: Mapping[str, str], access_keys: Mapping[str, str], secret_keys: Mapping[str, str]
) -> dict[str, str]:
    keys = {purpose: (access_keys[purpose], secret_keys[purpose]) for purpose in buckets}
    return secret_data({IDENTITIES_KEY: identities(buckets, keys)})


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
        "global": {"seaweedfs": _global_values(spec)},
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
            "egress": _EGRESS,
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
            # The chart binds to 0.0.0.0; weed takes the last of a repeated flag.
            **({"extraArgs": ["-ip.bind=::"]} if spec.listens_on_ipv6 else {}),
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
                **_global_values(spec),
                "enableReplication": True,
                # The third digit counts further copies on other servers, here each on a host of its own.
                "replicationPlacement": f"00{spec.replication_factor - 1}",
            }
        },
        "master": {
            "enabled": True,
            **_pod_values(spec, "50m", "256Mi"),
            **_bound(spec),
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
            **_bound(spec),
            "replicas": spec.replicas,
            "dataDirs": [{**claim, "name": "data", "size": spec.volume_size, "maxVolumes": 0}],
            # A claim is enlarged by hand, in the order of the guide; the hook would orphan pods with RBAC rights.
            "resizeHook": {"enabled": False},
        },
        "filer": {
            "enabled": True,
            **_pod_values(spec, spec.cpu, spec.memory),
            **_bound(spec),
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
            "egress": _EGRESS,
            "extraIngress": [{"ports": [{"protocol": "TCP", "port": _METRICS_PORT}]}],
            "components": {"filer": {"extraIngress": [{"ports": [{"protocol": "TCP", "port": SEAWEEDFS_S3_PORT}]}]}},
        },
    }


def _global_values(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    return {
        # The chart's ClusterRole lets its pods delete any pod of the cluster, and nothing in it does so.
        "createClusterRole": False,
        "serviceAccountName": spec.release_name,
        "automountServiceAccountToken": False,
    }


def _bound(spec: InClusterObjectStorageSpec) -> dict[str, str]:
    return {"ipBind": "::"} if spec.listens_on_ipv6 else {}


def _s3_values(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    return {"enableAuth": True, "existingConfigSecret": spec.identities_secret}


def _pod_values(spec: InClusterObjectStorageSpec, cpu: str, memory: str) -> dict[str, Any]:
    return {
        "podSecurityContext": dict(_POD_SECURITY_CONTEXT),
        "containerSecurityContext": dict(_CONTAINER_SECURITY_CONTEXT),
        "resources": resources(cpu, memory),
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


def release_labels(release_name: str) -> dict[str, str]:
    """Return the labels that exactly the pods of a release have."""
    return {"app.kubernetes.io/name": "seaweedfs", "app.kubernetes.io/instance": release_name}


def part_labels(release_name: str, part: str) -> dict[str, str]:
    """Return the labels that exactly the pods of a part have."""
    return {**release_labels(release_name), "app.kubernetes.io/component": part}


def service_monitor_spec(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    """Return the specification of the ServiceMonitor of all pods."""
    if not spec.clustered:
        labels = part_labels(spec.release_name, "seaweedfs-all-in-one")
        return {"selector": {"matchLabels": labels}, "endpoints": [{"port": "server-metrics", "interval": "30s"}]}
    parts = {"key": "app.kubernetes.io/component", "operator": "In", "values": list(PARTS)}
    # The chart has two Services for the same filers.
    once = {"sourceLabels": ["__meta_kubernetes_service_name"], "regex": ".*-filer-client", "action": "drop"}
    return {
        "selector": {"matchLabels": release_labels(spec.release_name), "matchExpressions": [parts]},
        "endpoints": [{"port": "metrics", "interval": "30s", "relabelings": [once]}],
    }


def bucket_job_name(spec: InClusterObjectStorageSpec) -> str:
    """Return the name of the Job, which changes with its immutable specification, so that another Job replaces it."""
    digest = hashlib.sha256(json.dumps(bucket_job_spec(spec), sort_keys=True).encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{spec.release_name}-{digest}"


def bucket_job_spec(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
    """Return the specification of the Job that creates the buckets that do not exist.

    It takes the place of the chart's hook, which has no values for the nodes of its pod. By the labels of its pod the
    NetworkPolicy of the release admits it. It is kept when it has completed: a deleted one would be drift to the next
    update.
    """
    return {
        "backoffLimit": 6,
        "activeDeadlineSeconds": spec.timeout_seconds,
        "template": {
            "metadata": {"labels": part_labels(spec.release_name, _BUCKET_JOB)},
            "spec": {
                "restartPolicy": "Never",
                "automountServiceAccountToken": False,
                **pod_fields(spec),
                "securityContext": non_root(_USER),
                "containers": [_bucket_job_container(spec)],
            },
        },
    }


def bucket_job_policy(release_name: str) -> dict[str, Any]:
    """Return the specification of the Job's NetworkPolicy: it reaches the pods of the release and DNS alone."""
    pods = {"matchLabels": release_labels(release_name)}
    return {
        "podSelector": {"matchLabels": part_labels(release_name, _BUCKET_JOB)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [],
        "egress": [{"to": [{"podSelector": pods}]}, {"ports": list(DNS_PORTS)}],
    }


def _bucket_job_container(spec: InClusterObjectStorageSpec) -> dict[str, Any]:
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
        "command": ["/bin/sh", "-ec", _CREATE_BUCKETS, "create-buckets", *spec.buckets.values()],
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
