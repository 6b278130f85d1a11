"""The values of the Loki chart: of its workloads, its caches, the whole release, and of one version alone.

Versions up to 6 are Grafana's; later ones that are not of Grafana Enterprise Logs are the community's.
"""

from functools import reduce
from typing import Any

from .._cache import Database
from .._merge import deep_merge
from .._pods import pod_values, pull_secrets
from .._workload import EXPORTER_RESOURCES, SECCOMP_PROFILE, ZONE_LABEL, resources, scheduling
from .config import loki_config
from .gateway import gateway_values
from .modes import SCALED_SECTIONS, LokiMode, LokiRole, transition_name
from .ruler import client_volumes, ruler_values
from .spec import LoggingSpec
from .workloads import LokiWorkload, loki_workload

CHART_ZONES = ("zoneA", "zoneB", "zoneC")
"""The keys of the zones below `ingester.zoneAwareReplication`."""

WRITE_BACK_LIMIT = "64MB"
"""Memory of a Loki pod that writes waiting for a cache may use; the chart's 500MB is half of a small pod."""

MAX_ONE_UNAVAILABLE = {"maxUnavailable": 1}
ON_DELETE = {"type": "OnDelete"}
"""The update strategy that leaves the restart of zone-aware ingesters to the rollout operator."""


def loki_values(spec: LoggingSpec) -> dict[str, Any]:
    """Return the chart values for `spec`, without the user's."""
    layers = [
        {section: {"replicas": 0} for section in SCALED_SECTIONS},
        *(_workloads(spec, mode) for mode in spec.modes),
        ruler_values(spec),
        gateway_values(spec),
        _caches(spec),
        _release_wide(spec),
        _chart_version_values(spec),
        _images(spec),
        _volumes(spec),
    ]
    return reduce(deep_merge, layers, {})


def _workloads(spec: LoggingSpec, mode: LokiMode) -> dict[str, Any]:
    if mode is LokiMode.DISTRIBUTED:
        return _distributed(spec)
    return {role.section: loki_workload(spec.workload(role)) for role in mode.roles}


def _distributed(spec: LoggingSpec) -> dict[str, Any]:
    values = {role.section: _distributed_workload(spec.workload(role)) for role in spec.roles(LokiMode.DISTRIBUTED)}
    values[LokiRole.INGESTER.section]["zoneAwareReplication"] = _ingester_zones(spec)
    if spec.ingester_zones:
        values["rollout_operator"] = _rollout_operator(spec)
    return values


def _distributed_workload(workload: LokiWorkload) -> dict[str, Any]:
    values = loki_workload(workload)
    if workload.role is not LokiRole.COMPACTOR:
        return {**values, "maxUnavailable": 1}
    # The only compactor is not spread, and the chart has no value for it.
    del values["topologySpreadConstraints"]
    return values


def _ingester_zones(spec: LoggingSpec) -> dict[str, Any]:
    """Return values for one StatefulSet of ingesters, where the chart's default is three, or for one in each zone."""
    nodes = spec.workload(LokiRole.INGESTER).node_selector
    return {
        "enabled": bool(spec.ingester_zones),
        **{
            key: {"nodeSelector": {**nodes, ZONE_LABEL: zone}}
            for key, zone in zip(CHART_ZONES, spec.ingester_zones, strict=False)
        },
    }


def _rollout_operator(spec: LoggingSpec) -> dict[str, Any]:
    """Return the operator that restarts the ingesters zone by zone: Kubernetes would restart all three at once."""
    return {
        "enabled": True,
        "webhooks": {"enabled": False},
        "resources": resources("20m", "128Mi"),
        **{name: nodes for name, nodes in scheduling(spec.node_selector, spec.tolerations).items() if nodes},
    }


def _caches(spec: LoggingSpec) -> dict[str, Any]:
    """Return the caches of chunks and of query results: two memcached, or an existing cache."""
    return {
        **_existing_cache(spec),
        "chunksCache": _memcached(spec, spec.chunks_cache_mib),
        "resultsCache": _memcached(spec, spec.results_cache_mib),
        "memcachedExporter": {"enabled": spec.has_cache_exporters, "resources": EXPORTER_RESOURCES},
    }


def _existing_cache(spec: LoggingSpec) -> dict[str, Any]:
    if not spec.cache_endpoint:
        return {}
    background = {"writeback_size_limit": WRITE_BACK_LIMIT}
    chunks = {"background": background, "redis": spec.redis(Database.LOKI_CHUNKS)}
    results = {"default_validity": "12h", "background": background, "redis": spec.redis(Database.LOKI_RESULTS)}
    config = {
        "chunk_store_config": {"chunk_cache_config": chunks},
        "query_range": {"cache_results": True, "results_cache": {"cache": results}},
    }
    return {
        # Without the argument, chart version 6 expands no environment variables in the configuration.
        "global": {"extraArgs": spec.cache_arguments, "extraEnv": spec.cache_environment},
        "loki": {"podAnnotations": spec.cache_annotations, "structuredConfig": config},
    }


def _memcached(spec: LoggingSpec, mebibytes: int) -> dict[str, Any]:
    if not mebibytes:
        return {"enabled": False}
    return {
        "enabled": True,
        "allocatedMemory": mebibytes,
        "writebackSizeLimit": WRITE_BACK_LIMIT,
        "resources": resources("50m", f"{(mebibytes * 12 + 5) // 10}Mi"),
        **scheduling(spec.node_selector, spec.tolerations),
    }


def _images(spec: LoggingSpec) -> dict[str, Any]:
    registry, secrets, priority = spec.image_registry, pull_secrets(spec), spec.priority_class
    operator = bool(spec.ingester_zones)
    return pod_values(
        spec,
        image_registry={
            "global": {"imageRegistry": registry},
            **({"memcached": {"image": {"repository": "library/memcached"}}} if spec.chart_is_v6 else {}),
            **({"rollout_operator": {"image": {"registry": registry}}} if operator else {}),
        },
        image_pull_secrets={
            "imagePullSecrets": secrets,
            **({"rollout_operator": {"imagePullSecrets": secrets}} if operator else {}),
        },
        priority_class={
            "global": {"priorityClassName": priority},
            **{cache: {"priorityClassName": priority} for cache in ("chunksCache", "resultsCache")},
            **({"rollout_operator": {"priorityClassName": priority}} if operator else {}),
        },
    )


def _volumes(spec: LoggingSpec) -> dict[str, Any]:
    """Return the volumes of every pod: the authority of the store, and the certificate of the ruler."""
    volumes, mounts = client_volumes(spec)
    if spec.storage_ca is not None:
        volumes, mounts = [*spec.ca_volumes, *volumes], [*spec.ca_mounts, *mounts]
    return {"global": {"extraVolumes": volumes, "extraVolumeMounts": mounts}} if volumes else {}


def _release_wide(spec: LoggingSpec) -> dict[str, Any]:
    return {
        "deploymentMode": spec.mode.chart_name if spec.migrate_from is None else transition_name(*spec.modes),
        "nameOverride": spec.release_name,
        "fullnameOverride": spec.release_name,
        "loki": loki_config(spec),
        "memberlist": {"service": {"publishNotReadyAddresses": True}},
        "serviceAccount": {
            "create": True,
            "name": spec.service_account_name,
            "annotations": dict(spec.service_account_annotations),
            "automountServiceAccountToken": False,
        },
        "rbac": {"namespaced": True},
        "lokiCanary": {"enabled": False},
        "test": {"enabled": False},
        "monitoring": {
            "dashboards": {"enabled": spec.dashboards},
            "serviceMonitor": {"enabled": spec.service_monitor, "labels": dict(spec.service_monitor_labels)},
        },
    }


def _chart_version_values(spec: LoggingSpec) -> dict[str, Any]:
    """Return the values that only the chart version of `spec` reads."""
    return _v6(spec) if spec.chart_is_v6 else _community(spec)


def _v6(spec: LoggingSpec) -> dict[str, Any]:
    values: dict[str, Any] = {
        "loki": {"podSecurityContext": SECCOMP_PROFILE},
        "gateway": {"podSecurityContext": SECCOMP_PROFILE},
        "memcached": {"podSecurityContext": SECCOMP_PROFILE},
    }
    if spec.rules_from_config_maps:
        values["serviceAccount"] = {"automountServiceAccountToken": True}
    if spec.ingester_zones:
        values["ingester"] = {"updateStrategy": ON_DELETE}
    if LokiMode.MONOLITHIC in spec.modes and spec.workload(LokiRole.LOKI).replicas > 1:
        values["podDisruptionBudget"] = MAX_ONE_UNAVAILABLE
    return values


def _community(spec: LoggingSpec) -> dict[str, Any]:
    values = {
        "defaults": {"automountServiceAccountToken": False},
        "backend": {"automountServiceAccountToken": False},
        "singleBinary": {"podDisruptionBudget": MAX_ONE_UNAVAILABLE},
        "gateway": {
            "podDisruptionBudget": MAX_ONE_UNAVAILABLE,
            "metrics": {"enabled": spec.service_monitor, "resources": EXPORTER_RESOURCES},
        },
    }
    running = {role for mode in spec.modes for role in spec.roles(mode)}
    rulers = [mode.ruler.section for mode in spec.modes if spec.rules_from_config_maps]
    tokens: dict[str, Any] = {section: {"automountServiceAccountToken": True} for section in rulers}
    pattern_ingester = {"patternIngester": {"enabled": True}} if LokiRole.PATTERN_INGESTER in running else {}
    strategy = {"ingester": {"strategy": ON_DELETE}} if spec.ingester_zones else {}
    return reduce(deep_merge, (tokens, pattern_ingester, strategy), values)
