"""The workloads of distributed Tempo: what each of them is given, by what it would lose with its pod."""

from collections.abc import Mapping
from typing import Any

from .pods import credentials, credentials_annotation, go_memory_limit, requests, reserved, spread
from .spec import TracingSpec

TERMINATION_GRACE_SECONDS = 300


def stateless(spec: TracingSpec, component: str, cpu: str, memory: str) -> dict[str, Any]:
    """Give the values of a part that holds nothing and needs no bucket."""
    return {"resources": requests(cpu, memory), "affinity": spread(spec.release_name, component)}


def reader(spec: TracingSpec, component: str, cpu: str, memory: str) -> dict[str, Any]:
    """Give the values of a part that reads or rewrites the bucket."""
    # Set part by part: what the chart applies to all of them would reach the cache and the gateway too.
    return {
        **stateless(spec, component, cpu, memory),
        "extraEnv": [*credentials(spec), *spec.cache_environment],
        "podAnnotations": {**credentials_annotation(spec), **spec.cache_annotations},
        **({"extraArgs": spec.cache_arguments} if spec.cache_arguments else {}),
    }


def writer(spec: TracingSpec, component: str, cpu: str, memory: str) -> dict[str, Any]:
    """Give the values of a part that gathers spans: it has all the memory it may use, and time to finish."""
    return {
        **reader(spec, component, cpu, memory),
        **placement(spec),
        "resources": reserved(cpu, memory),
        "extraEnv": [go_memory_limit(memory), *credentials(spec), *spec.cache_environment],
        "terminationGracePeriodSeconds": TERMINATION_GRACE_SECONDS,
    }


def persistence(spec: TracingSpec, size: str) -> dict[str, Any]:
    """Keep the data of a part on a volume that outlives the pod."""
    return {"enabled": True, "size": size, **storage_class("storageClass", spec)}


def storage_class(key: str, spec: TracingSpec) -> dict[str, str]:
    """Name the storage class where one is asked for; the cluster has a default of its own."""
    return {key: spec.storage_class} if spec.storage_class else {}


def placement(spec: TracingSpec) -> dict[str, Any]:
    """Say which nodes take the pods that have a volume."""
    return {
        "nodeSelector": dict(spec.node_selector),
        "tolerations": [dict(toleration) for toleration in spec.tolerations],
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
