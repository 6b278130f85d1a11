"""The workloads of distributed Tempo: their sizes and places, and the chart values that each kind of them has."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._bucket import key_environment
from .._workload import HOSTNAME_LABEL, SECCOMP_PROFILE, WorkloadSettings, go_memory_limit, resources, scheduling
from ..units import parse_quantity
from .modes import TempoRole
from .spec import TracingSpec

TERMINATION_GRACE_SECONDS = 300
POD_SECURITY_CONTEXT = {**SECCOMP_PROFILE, "fsGroupChangePolicy": "OnRootMismatch"}
DEFAULT_RESOURCES = {
    TempoRole.DISTRIBUTOR: ("100m", "512Mi"),
    TempoRole.INGESTER: ("200m", "1Gi"),
    TempoRole.QUERIER: ("100m", "1Gi"),
    TempoRole.QUERY_FRONTEND: ("100m", "512Mi"),
    TempoRole.COMPACTOR: ("100m", "1Gi"),
    TempoRole.LIVE_STORE: ("200m", "1Gi"),
    TempoRole.BLOCK_BUILDER: ("200m", "1Gi"),
    TempoRole.BACKEND_SCHEDULER: ("100m", "512Mi"),
    TempoRole.BACKEND_WORKER: ("100m", "1Gi"),
    TempoRole.METRICS_GENERATOR: ("100m", "512Mi"),
    TempoRole.GATEWAY: ("20m", "64Mi"),
}
"""CPU and memory of a pod by default."""

RECEIVING_GATEWAY_RESOURCES = ("50m", "128Mi")
"""CPU and memory of a gateway that receives spans too."""


@dataclass(frozen=True)
class TempoWorkload:
    """A workload with every default resolved."""

    role: TempoRole
    replicas: int
    cpu: str
    memory: str
    volume_size: str
    storage_class: str
    node_selector: Mapping[str, str]
    tolerations: Sequence[Mapping[str, Any]]


def workload(spec: TracingSpec, role: TempoRole) -> TempoWorkload:
    """Return a workload by its own settings, else those of Tempo, else the defaults."""
    own = spec.workloads.get(role, WorkloadSettings())
    cpu, memory = (spec.cpu, spec.memory) if role.holds_data else DEFAULT_RESOURCES[role]
    replicas = 1
    if role is TempoRole.GATEWAY and spec.gateway_only:
        cpu, memory = RECEIVING_GATEWAY_RESOURCES
        replicas = 2 if spec.replicas > 1 or spec.uses_kafka else 1
    volume_size = spec.generator_volume_size if role is TempoRole.METRICS_GENERATOR else spec.volume_size
    fixed = {
        TempoRole.INGESTER: spec.replicas,
        TempoRole.LIVE_STORE: spec.partition_count,
        TempoRole.BLOCK_BUILDER: spec.partition_count,
    }
    return TempoWorkload(
        role=role,
        replicas=fixed.get(role) or own.replicas or replicas,
        cpu=own.cpu or cpu,
        memory=own.memory or memory,
        volume_size=own.volume_size or volume_size,
        storage_class=own.storage_class or spec.storage_class,
        node_selector=spec.node_selector if own.node_selector is None else own.node_selector,
        tolerations=spec.tolerations if own.tolerations is None else own.tolerations,
    )


def workload_values(spec: TracingSpec, role: TempoRole) -> dict[str, Any]:
    """Return the values of a workload that has no access to the bucket."""
    sized = workload(spec, role)
    # The chart has no number of schedulers: it runs one.
    replicas = {} if role is TempoRole.BACKEND_SCHEDULER else {"replicas": sized.replicas}
    environment = {} if role is TempoRole.GATEWAY else {"extraEnv": [go_environment(sized.memory)]}
    return {
        **replicas,
        "resources": resources(sized.cpu, sized.memory),
        "affinity": affinity(spec.release_name, role.value),
        **environment,
        **scheduling(sized.node_selector, sized.tolerations),
    }


def reader_values(spec: TracingSpec, role: TempoRole) -> dict[str, Any]:
    """Return the values of a workload that reads the bucket, and blocks from the cache."""
    # Set by workload: what the chart applies to all of them would reach memcached and the gateway too.
    values = workload_values(spec, role)
    return {
        **values,
        "extraEnv": [*values["extraEnv"], *bucket_credentials(spec), *spec.cache_environment],
        "podAnnotations": {**credentials_annotations(spec), **spec.cache_annotations},
        **({"extraArgs": spec.cache_arguments} if spec.cache_arguments else {}),
        **({"extraVolumes": spec.ca_volumes, "extraVolumeMounts": spec.ca_mounts} if spec.storage_ca else {}),
    }


def writer_values(spec: TracingSpec, role: TempoRole) -> dict[str, Any]:
    """Return the values of a workload that holds spans, and has time to write them before it stops."""
    return {**reader_values(spec, role), "terminationGracePeriodSeconds": TERMINATION_GRACE_SECONDS}


def affinity(release_name: str, component: str) -> str:
    """Return the preference of another node for each pod, as the text that the chart takes.

    The chart's own default requires another node, so that a rollout on a single node never ends.
    """
    labels = {"app.kubernetes.io/instance": release_name, "app.kubernetes.io/component": component}
    term = {"labelSelector": {"matchLabels": labels}, "topologyKey": HOSTNAME_LABEL}
    preferred = [{"weight": 100, "podAffinityTerm": term}]
    return json.dumps({"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}})


def persistence(spec: TracingSpec, role: TempoRole) -> dict[str, Any]:
    """Return a volume that outlives the pod."""
    sized = workload(spec, role)
    return {"enabled": True, "size": sized.volume_size, **storage_class("storageClass", sized)}


def storage_class(key: str, source: TracingSpec | TempoWorkload) -> dict[str, str]:
    """Return the storage class under `key`; nothing where it is the cluster's default."""
    return {key: source.storage_class} if source.storage_class else {}


def service_account(spec: TracingSpec) -> dict[str, Any]:
    """Return the ServiceAccount of every Tempo pod."""
    return {"name": spec.service_account_name, "annotations": dict(spec.service_account_annotations)}


def go_environment(memory: str) -> dict[str, str]:
    """Return the variable that makes Go collect garbage before the memory limit is reached."""
    return {"name": "GOMEMLIMIT", "value": go_memory_limit(parse_quantity(memory) / 2**20)}


def bucket_credentials(spec: TracingSpec) -> list[dict[str, Any]]:
    """Return the variables with the keys of the bucket; none where pods use the identity of their ServiceAccount.

    Tempo's S3 client reads these variables by itself, so that its configuration does not mention them.
    """
    return key_environment(spec.credentials_secret)


def credentials_annotations(spec: TracingSpec) -> dict[str, str]:
    """Return the annotation that restarts pods when the credentials change."""
    return {"checksum/credentials": spec.credentials_checksum} if spec.credentials_checksum else {}


def merge_workload_values(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of all parts: later keys win, lists of environment, arguments and volumes are joined."""
    merged: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            present = merged.get(key, ())
            is_joined = key in ("extraEnv", "extraArgs", "extraVolumes", "extraVolumeMounts")
            merged[key] = [*present, *(item for item in value if item not in present)] if is_joined else value
    return merged
