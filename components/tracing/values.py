"""The chart values of Tempo in each mode."""

from typing import Any

from . import generator
from .blocks import COMPACTED_BLOCK_RETENTION, block_duration, retention, trace_storage
from .pods import (
    CONTAINER_SECURITY,
    POD_SECURITY,
    credentials,
    credentials_annotation,
    go_memory_limit,
    requests,
    reserved,
    spread,
)
from .spec import Mode, TracingSpec

CACHE_MEGABYTES = 256
TERMINATION_GRACE_SECONDS = 300


def tempo_values(spec: TracingSpec) -> dict[str, Any]:
    """Give the values of the chart that `spec.mode` asks for."""
    return monolithic_values(spec) if spec.mode is Mode.MONOLITHIC else distributed_values(spec)


def monolithic_values(spec: TracingSpec) -> dict[str, Any]:
    """Give the values of the chart `tempo`."""
    tempo: dict[str, Any] = {
        "reportingEnabled": False,
        # Ballast would count against the memory limit of the Go runtime, which has taken its place.
        "memBallastSizeMbs": 0,
        "retention": retention(spec),
        "storage": {"trace": trace_storage(spec)},
        "ingester": {"max_block_duration": block_duration(spec)},
        "resources": reserved(spec.cpu, spec.memory),
        "extraEnv": [go_memory_limit(spec.memory), *credentials(spec)],
        "securityContext": CONTAINER_SECURITY,
    }
    if spec.generates_metrics:
        tempo["overrides"] = generator.overrides(spec)
        tempo["metricsGenerator"] = {
            "enabled": True,
            "processor": generator.processor_config(spec),
            "registry": generator.registry(spec),
            "storage": generator.storage(spec),
            "traces_storage": {"path": generator.TRACES},
        }
    return {
        # The chart names its ConfigMap after itself: two releases in a namespace would share it.
        "nameOverride": spec.release_name,
        "replicas": spec.replicas,
        "tempo": tempo,
        "securityContext": POD_SECURITY,
        "persistence": {"enabled": True, "size": spec.volume_size, **_storage_class("storageClassName", spec)},
        "serviceAccount": {**_service_account(spec), "automountServiceAccountToken": False},
        "serviceMonitor": {"enabled": spec.service_monitor, "additionalLabels": dict(spec.service_monitor_labels)},
        "podAnnotations": credentials_annotation(spec),
        **_placement(spec),
    }


def distributed_values(spec: TracingSpec) -> dict[str, Any]:
    """Give the values of the chart `tempo-distributed`."""
    return {
        "fullnameOverride": spec.release_name,
        "reportingEnabled": False,
        "serviceAccount": _service_account(spec),
        "tempo": {"podSecurityContext": POD_SECURITY},
        "traces": {"otlp": {"grpc": {"enabled": True}, "http": {"enabled": True}}},
        "storage": {"trace": trace_storage(spec)},
        "distributor": _stateless(spec, "distributor", "100m", "256Mi"),
        "ingester": _ingester(spec),
        "compactor": {
            **_reader(spec, "compactor", "100m", "512Mi"),
            "config": {
                "compaction": {
                    "block_retention": retention(spec),
                    "compacted_block_retention": COMPACTED_BLOCK_RETENTION,
                }
            },
        },
        "querier": _reader(spec, "querier", "100m", "512Mi"),
        "queryFrontend": _reader(spec, "query-frontend", "100m", "256Mi"),
        "memcached": {
            **_stateless(spec, "memcached", "50m", f"{CACHE_MEGABYTES * 5 // 4}Mi"),
            "extraArgs": ["-m", str(CACHE_MEGABYTES)],
        },
        "gateway": {"enabled": spec.gateway, **_stateless(spec, "gateway", "20m", "64Mi")},
        "global": {
            "dnsService": spec.dns_service,
            "dnsNamespace": spec.dns_namespace,
            "clusterDomain": spec.cluster_domain,
        },
        "metaMonitoring": {
            "serviceMonitor": {"enabled": spec.service_monitor, "labels": dict(spec.service_monitor_labels)}
        },
        "metricsGenerator": _generator(spec) if spec.generates_metrics else {"enabled": False},
        "overrides": generator.overrides(spec),
    }


def _ingester(spec: TracingSpec) -> dict[str, Any]:
    return {
        **_writer(spec, "ingester", spec.cpu, spec.memory),
        "replicas": spec.replicas,
        "config": {"replication_factor": spec.replication_factor, "max_block_duration": block_duration(spec)},
        "persistence": _persistence(spec, spec.volume_size),
        # What the chart computes for two replicas allows no disruption at all, and so no node to be drained.
        "maxUnavailable": 1,
    }


def _generator(spec: TracingSpec) -> dict[str, Any]:
    return {
        **_writer(spec, "metrics-generator", "100m", "512Mi"),
        "enabled": True,
        "kind": "StatefulSet",
        "persistence": _persistence(spec, spec.generator_volume_size),
        "config": {
            "processor": generator.processor_config(spec),
            "registry": generator.registry(spec),
            "storage": generator.storage(spec),
            "traces_storage": {"path": generator.TRACES},
        },
    }


def _stateless(spec: TracingSpec, component: str, cpu: str, memory: str) -> dict[str, Any]:
    return {"resources": requests(cpu, memory), "affinity": spread(spec.release_name, component)}


def _reader(spec: TracingSpec, component: str, cpu: str, memory: str) -> dict[str, Any]:
    # Set part by part: what the chart applies to all of them would reach the cache and the gateway too.
    return {
        **_stateless(spec, component, cpu, memory),
        "extraEnv": credentials(spec),
        "podAnnotations": credentials_annotation(spec),
    }


def _writer(spec: TracingSpec, component: str, cpu: str, memory: str) -> dict[str, Any]:
    return {
        **_reader(spec, component, cpu, memory),
        **_placement(spec),
        "resources": reserved(cpu, memory),
        "extraEnv": [go_memory_limit(memory), *credentials(spec)],
        "terminationGracePeriodSeconds": TERMINATION_GRACE_SECONDS,
    }


def _persistence(spec: TracingSpec, size: str) -> dict[str, Any]:
    return {"enabled": True, "size": size, **_storage_class("storageClass", spec)}


def _storage_class(key: str, spec: TracingSpec) -> dict[str, str]:
    return {key: spec.storage_class} if spec.storage_class else {}


def _placement(spec: TracingSpec) -> dict[str, Any]:
    return {
        "nodeSelector": dict(spec.node_selector),
        "tolerations": [dict(toleration) for toleration in spec.tolerations],
    }


def _service_account(spec: TracingSpec) -> dict[str, Any]:
    return {"name": spec.service_account_name, "annotations": dict(spec.service_account_annotations)}
