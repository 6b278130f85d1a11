"""The workloads of distributed Tempo: what each of them is given, by what it would lose with its pod."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._workload import WorkloadSettings
from .pods import credentials, credentials_annotation, go_memory_limit, reserved, spread
from .roles import BUSY_GATEWAY, SMALLEST, Role
from .spec import TracingSpec

TERMINATION_GRACE_SECONDS = 300


@dataclass(frozen=True)
class Workload:
    """A workload with everything decided."""

    role: Role
    replicas: int
    cpu: str
    memory: str
    volume_size: str
    storage_class: str
    node_selector: Mapping[str, str]
    tolerations: Sequence[Mapping[str, Any]]


def workload(spec: TracingSpec, role: Role) -> Workload:
    """Decide everything about one workload: its own settings, else those of Tempo, else the defaults."""
    own = spec.workloads.get(role, WorkloadSettings())
    cpu, memory = (spec.cpu, spec.memory) if role.gathers else SMALLEST[role]
    pods = 1
    if role is Role.GATEWAY and spec.through_gateway:
        # It carries all that is sent then.
        cpu, memory = BUSY_GATEWAY
        pods = 2 if spec.replicas > 1 or spec.through_kafka else 1
    volume_size = spec.generator_volume_size if role is Role.METRICS_GENERATOR else spec.volume_size
    nodes, tolerations = (spec.node_selector, spec.tolerations) if role.has_volume else ({}, ())
    counted = {
        Role.INGESTER: spec.replicas,
        Role.LIVE_STORE: spec.partition_count,
        Role.BLOCK_BUILDER: spec.partition_count,
    }
    return Workload(
        role=role,
        replicas=counted.get(role) or own.replicas or pods,
        cpu=own.cpu or cpu,
        memory=own.memory or memory,
        volume_size=own.volume_size or volume_size,
        storage_class=own.storage_class or spec.storage_class,
        node_selector=nodes if own.node_selector is None else own.node_selector,
        tolerations=tolerations if own.tolerations is None else own.tolerations,
    )


def stateless(spec: TracingSpec, component: str, cpu: str, memory: str) -> dict[str, Any]:
    """Give the values of a part that holds nothing and needs no bucket."""
    return {"resources": reserved(cpu, memory), "affinity": spread(spec.release_name, component)}


def part(spec: TracingSpec, role: Role) -> dict[str, Any]:
    """Give the values of a part of Tempo that holds nothing and needs no bucket."""
    sized = workload(spec, role)
    placed = placement(sized) if role.has_volume or sized.node_selector or sized.tolerations else {}
    # The chart runs one scheduler and has no say in it.
    counted = {} if role is Role.BACKEND_SCHEDULER else {"replicas": sized.replicas}
    environment = {} if role is Role.GATEWAY else {"extraEnv": [go_memory_limit(sized.memory)]}
    return {**counted, **stateless(spec, role.value, sized.cpu, sized.memory), **environment, **placed}


def reader(spec: TracingSpec, role: Role) -> dict[str, Any]:
    """Give the values of a part that reads or rewrites the bucket."""
    # Set part by part: what the chart applies to all of them would reach the cache and the gateway too.
    own = part(spec, role)
    return {
        **own,
        "extraEnv": [*own["extraEnv"], *credentials(spec), *spec.cache_environment],
        "podAnnotations": {**credentials_annotation(spec), **spec.cache_annotations},
        **({"extraArgs": spec.cache_arguments} if spec.cache_arguments else {}),
    }


def writer(spec: TracingSpec, role: Role) -> dict[str, Any]:
    """Give the values of a part that gathers spans: it has time to finish."""
    return {**reader(spec, role), "terminationGracePeriodSeconds": TERMINATION_GRACE_SECONDS}


def persistence(spec: TracingSpec, role: Role) -> dict[str, Any]:
    """Keep the data of a part on a volume that outlives the pod."""
    sized = workload(spec, role)
    return {"enabled": True, "size": sized.volume_size, **storage_class("storageClass", sized)}


def storage_class(key: str, placed: TracingSpec | Workload) -> dict[str, str]:
    """Name the storage class where one is asked for; the cluster has a default of its own."""
    return {key: placed.storage_class} if placed.storage_class else {}


def placement(placed: TracingSpec | Workload) -> dict[str, Any]:
    """Say which nodes take the pods."""
    return {
        "nodeSelector": dict(placed.node_selector),
        "tolerations": [dict(toleration) for toleration in placed.tolerations],
    }


def service_account(spec: TracingSpec) -> dict[str, Any]:
    """Name the ServiceAccount of every Tempo pod."""
    return {"name": spec.service_account_name, "annotations": dict(spec.service_account_annotations)}


def merged(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Join parts of one workload's values: later keys win, lists of environment and arguments add up, each once."""
    joined: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            present = joined.get(key, ())
            adds_up = key in ("extraEnv", "extraArgs")
            joined[key] = [*present, *(one for one in value if one not in present)] if adds_up else value
    return joined
