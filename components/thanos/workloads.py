"""The workloads of Thanos with every default resolved, and the chart values that all of them have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._bucket import ca_mounts, ca_volumes, key_environment
from .._metrics_gateway import certificate_mount, certificate_volumes
from .._workload import HOSTNAME_LABEL, resources, scheduling
from .gateway import grpc_flags
from .roles import BUCKET_ROLES, DEFAULT_RESOURCES, ThanosRole
from .spec import ThanosSpec, ThanosWorkloadSettings

_REPLICATION_FACTOR = 3
_CACHED_ROLES = (ThanosRole.STORE_GATEWAY, ThanosRole.QUERY_FRONTEND)
_UPLOAD_SECONDS = 300
"""Time of an ingestor to upload what it holds before it stops."""


@dataclass(frozen=True)
class ThanosWorkload:
    """A workload with every default resolved."""

    role: ThanosRole
    replicas: int
    cpu: str
    memory: str
    volume_size: str
    storage_class: str
    node_selector: Mapping[str, str]
    tolerations: Sequence[Mapping[str, Any]]
    extra_args: Sequence[str]


def workload(spec: ThanosSpec, role: ThanosRole) -> ThanosWorkload:
    """Return a workload by its own settings, else those of Thanos, else the defaults."""
    own = spec.workloads.get(role, ThanosWorkloadSettings())
    cpu, memory = DEFAULT_RESOURCES[role]
    ingestors = _REPLICATION_FACTOR if spec.replicas > 1 else 1
    replicas = {ThanosRole.COMPACT: 1, ThanosRole.RECEIVE_INGESTOR: ingestors}.get(role, spec.replicas)
    return ThanosWorkload(
        role=role,
        replicas=own.replicas or replicas,
        cpu=own.cpu or cpu,
        memory=own.memory or memory,
        volume_size=own.volume_size or spec.volume_size,
        storage_class=own.storage_class or spec.storage_class,
        node_selector=spec.node_selector if own.node_selector is None else own.node_selector,
        tolerations=spec.tolerations if own.tolerations is None else own.tolerations,
        extra_args=own.extra_args,
    )


def replication_factor(spec: ThanosSpec) -> int:
    """Return the number of ingestors that each sample goes to.

    A write needs more than half of them: two would confirm no more failures than one.
    """
    ingestors = workload(spec, ThanosRole.RECEIVE_INGESTOR).replicas
    return _REPLICATION_FACTOR if ingestors >= _REPLICATION_FACTOR else 1


def workload_values(spec: ThanosSpec, role: ThanosRole, flags: Sequence[str] = ()) -> dict[str, Any]:
    """Return the values of a workload; `flags` are those of its arguments."""
    sized = workload(spec, role)
    values: dict[str, Any] = {
        "resources": resources(sized.cpu, sized.memory),
        **scheduling(sized.node_selector, sized.tolerations),
    }
    if role is not ThanosRole.COMPACT:
        values["replicas"] = sized.replicas
        values["podDisruptionBudget"] = _disruption_budget(sized)
    if sized.replicas > 1:
        values["affinity"] = _affinity()
    if arguments := [*flags, *grpc_flags(spec, role), *sized.extra_args]:
        values["extraArgs"] = arguments
    if spec.priority_class:
        values["priorityClassName"] = spec.priority_class
    if annotations := _annotations(spec, role):
        values["podAnnotations"] = annotations
    if role is ThanosRole.RECEIVE_INGESTOR:
        values["terminationGracePeriodSeconds"] = _UPLOAD_SECONDS
    if environment := _environment(spec, role):
        values["extraEnv"] = environment
    return {**values, **_bucket_values(spec, sized), **_volumes(spec, role)}


def _disruption_budget(sized: ThanosWorkload) -> dict[str, Any]:
    """Return a budget that lets a node drain; none for a single pod, whose every eviction is a disruption."""
    return {"enabled": True, "maxUnavailable": 1} if sized.replicas > 1 else {"enabled": False}


def _affinity() -> dict[str, Any]:
    """Return the preference of another node for each pod; the chart adds the labels."""
    term = {"weight": 100, "podAffinityTerm": {"topologyKey": HOSTNAME_LABEL}}
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [term]}}


def _annotations(spec: ThanosSpec, role: ThanosRole) -> dict[str, str]:
    """Return the annotations that restart pods with what they read at their start, mounted where it never changes."""
    found = {}
    if role in BUCKET_ROLES and spec.objstore_revision:
        found["checksum/objstore"] = spec.objstore_revision
    if role in _CACHED_ROLES:
        found |= spec.cache_annotations
    return found


def _environment(spec: ThanosSpec, role: ThanosRole) -> list[dict[str, Any]]:
    keys = key_environment(spec.credentials_secret) if role in BUCKET_ROLES else []
    return [*keys, *(spec.cache_environment if role in _CACHED_ROLES else [])]


def _bucket_values(spec: ThanosSpec, sized: ThanosWorkload) -> dict[str, Any]:
    """Return the identity and the volume of a workload that uses the bucket."""
    if sized.role not in BUCKET_ROLES:
        return {}
    return {
        "serviceAccount": {"annotations": dict(spec.service_account_annotations.get(sized.role, {}))},
        # The chart names a class of its own, which few clusters have.
        "persistence": {"enabled": True, "size": sized.volume_size, "storageClass": sized.storage_class},
    }


def _volumes(spec: ThanosSpec, role: ThanosRole) -> dict[str, Any]:
    """Return the volumes of the authority of the bucket, and of the certificate of Thanos."""
    authority, tls = role in BUCKET_ROLES, bool(grpc_flags(spec, role))
    volumes = [
        *(ca_volumes(spec.storage_ca) if authority else []),
        *(certificate_volumes(spec.tls_secret) if tls else []),
    ]
    mounts = [*(ca_mounts(spec.storage_ca) if authority else []), *([certificate_mount()] if tls else [])]
    return {"extraVolumes": volumes, "extraVolumeMounts": mounts} if volumes else {}
