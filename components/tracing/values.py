"""The chart values of Tempo in each mode."""

from functools import reduce
from typing import Any

from .._bucket import CA_PATH
from .._cache import EXPAND_ENVIRONMENT, Database
from .._merge import deep_merge
from .._nginx import resolver_globals
from .._pods import pod_values
from .._workload import CONTAINER_SECURITY_CONTEXT, EXPORTER_RESOURCES, resources, scheduling
from ..storage.s3 import bucket_endpoint
from ..units import hours, parse_duration
from .endpoints import distributed_receivers, monolithic_receivers
from .gateway import gateway_values
from .ip_families import distributed_config, monolithic_ipv6, service_families
from .metrics_generator import client_volume, generator_config, generator_overrides
from .modes import TempoMode, TempoRole
from .security import monolithic_tls
from .spec import BLOCKLIST_POLL, TracingLimits, TracingSpec
from .workloads import (
    POD_SECURITY_CONTEXT,
    TempoWorkload,
    affinity,
    bucket_credentials,
    credentials_annotations,
    go_environment,
    merge_workload_values,
    persistence,
    reader_values,
    service_account,
    storage_class,
    workload,
    workload_values,
    writer_values,
)

COMPACTED_BLOCK_RETENTION = "1h"
"""Time until a compacted block is deleted: every reader must have polled the new list, twice to be safe."""

MEMCACHED_MEGABYTES = 256
CACHE_ROLES = ("parquet-footer", "bloom", "frontend-search")
"""The data that every version of the chart caches: small, and read by every query."""

USERNAME, PASSWORD = "KAFKA_USERNAME", "KAFKA_PASSWORD"


def tempo_values(spec: TracingSpec) -> dict[str, Any]:
    """Return the values of the chart of `spec.mode`."""
    return monolithic_values(spec) if spec.mode is TempoMode.MONOLITHIC else distributed_values(spec)


def monolithic_values(spec: TracingSpec) -> dict[str, Any]:
    """Return the values of the chart `tempo`."""
    tempo: dict[str, Any] = {
        "reportingEnabled": False,
        # Ballast would count against the memory limit of the Go runtime, which replaces it.
        "memBallastSizeMbs": 0,
        "retention": hours(spec.retention),
        "receivers": monolithic_receivers(spec),
        "storage": {"trace": _trace_storage(spec)},
        "ingester": {"max_block_duration": _block_duration(spec)},
        "resources": resources(spec.cpu, spec.memory),
        "extraEnv": [go_environment(spec.memory), *bucket_credentials(spec)],
        "securityContext": CONTAINER_SECURITY_CONTEXT,
    }
    if overrides := _overrides(spec):
        tempo["overrides"] = overrides
    if spec.generates_metrics:
        tempo["metricsGenerator"] = {"enabled": True, **generator_config(spec)}
    values = {
        # The chart names its ConfigMap after itself: two releases in a namespace would share it.
        "nameOverride": spec.release_name,
        "replicas": spec.replicas,
        "tempo": tempo,
        "securityContext": POD_SECURITY_CONTEXT,
        "persistence": {"enabled": True, "size": spec.volume_size, **storage_class("storageClassName", spec)},
        "serviceAccount": {**service_account(spec), "automountServiceAccountToken": False},
        "serviceMonitor": {"enabled": spec.service_monitor, "additionalLabels": dict(spec.service_monitor_labels)},
        "podAnnotations": credentials_annotations(spec),
        **scheduling(spec.node_selector, spec.tolerations),
    }
    images = pod_values(
        spec,
        image_registry={"global": {"imageRegistry": spec.image_registry}},
        image_pull_secrets={"tempo": {"pullSecrets": list(spec.image_pull_secrets)}},
        priority_class={"priorityClassName": spec.priority_class},
    )
    merged = reduce(deep_merge, (values, monolithic_tls(spec), monolithic_ipv6(spec), images))
    client = client_volume(spec) if spec.generates_metrics else {}
    volumes = [*merged.get("extraVolumes", ()), *client.get("extraVolumes", ()), *spec.ca_volumes]
    mounts = [
        *merged["tempo"].get("extraVolumeMounts", ()),
        *client.get("extraVolumeMounts", ()),
        *spec.ca_mounts,
    ]
    # A merge would replace the lists.
    return deep_merge(merged, {"extraVolumes": volumes, "tempo": {"extraVolumeMounts": mounts}}) if volumes else merged


def distributed_values(spec: TracingSpec) -> dict[str, Any]:
    """Return the values of the chart `tempo-distributed`, in the version `spec.chart_version`."""
    tempo: dict[str, Any] = {"podSecurityContext": POD_SECURITY_CONTEXT, **service_families(spec)}
    if config := {**_kafka_login_config(spec), **distributed_config(spec)}:
        tempo["structuredConfig"] = config
    values = {
        "fullnameOverride": spec.release_name,
        "reportingEnabled": False,
        "serviceAccount": service_account(spec),
        "tempo": tempo,
        "traces": distributed_receivers(spec),
        "storage": {"trace": _trace_storage(spec)},
        "distributor": merge_workload_values(workload_values(spec, TempoRole.DISTRIBUTOR), _kafka_login(spec)),
        **(_tempo_3_values(spec) if spec.uses_kafka else _tempo_2_values(spec)),
        "querier": reader_values(spec, TempoRole.QUERIER),
        "queryFrontend": reader_values(spec, TempoRole.QUERY_FRONTEND),
        **_cache_values(spec),
        "gateway": gateway_values(spec),
        "global": resolver_globals(spec.dns_resolver, spec.cluster_domain),
        "metaMonitoring": {
            "serviceMonitor": {"enabled": spec.service_monitor, "labels": dict(spec.service_monitor_labels)}
        },
        "metricsGenerator": _generator_values(spec) if spec.generates_metrics else {"enabled": False},
        "overrides": _overrides(spec),
    }
    registry = {"registry": spec.image_registry}
    images = pod_values(
        spec,
        # Version 1.61.0 has a default for Tempo's own image, which counts before the global one.
        image_registry={
            "global": {"image": registry},
            "tempo": {"image": registry},
            "memcached": {"image": {"repository": "library/memcached"}},
        },
        image_pull_secrets={"global": {"image": {"pullSecrets": list(spec.image_pull_secrets)}}},
        priority_class={"global": {"priorityClassName": spec.priority_class}},
    )
    return deep_merge(values, images)


def _tempo_2_values(spec: TracingSpec) -> dict[str, Any]:
    """Return the values of the workloads that only Tempo 2 has.

    Ingesters hold spans on volumes of their own until these are in the bucket; a compactor applies the retention.
    """
    return {
        "ingester": {
            **writer_values(spec, TempoRole.INGESTER),
            "config": {"replication_factor": spec.replication_factor, "max_block_duration": _block_duration(spec)},
            "persistence": persistence(spec, TempoRole.INGESTER),
            # What the chart computes for two replicas allows no disruption at all, and so no node to be drained.
            "maxUnavailable": 1,
        },
        "compactor": {
            **reader_values(spec, TempoRole.COMPACTOR),
            "config": {"compaction": _compaction(spec)},
        },
    }


def _tempo_3_values(spec: TracingSpec) -> dict[str, Any]:
    """Return the values of the workloads that only Tempo 3 has, and of the Kafka topic that they read.

    A span counts as written once the broker has it. Block-builders turn it into blocks in the bucket, live-stores
    answer queries for what is not in a block yet. Neither loses anything with its pod: both read on from the offset
    that they committed last (https://grafana.com/docs/tempo/latest/reference-tempo-architecture/components/kafka/).
    """
    return {
        "ingest": {
            "kafka": {
                "address": spec.kafka_address,
                "topic": spec.topic,
                "auto_create_topic_enabled": True,
                "auto_create_topic_default_partitions": spec.partition_count,
            }
        },
        "blockBuilder": {
            **_kafka_consumer(spec, TempoRole.BLOCK_BUILDER),
            "config": {"partitions_per_instance": 1},
        },
        "liveStore": {
            **_kafka_consumer(spec, TempoRole.LIVE_STORE),
            "config": {"max_block_duration": _block_duration(spec)},
        },
        # The chart runs exactly one, which is all that Tempo allows. Workers take the retention from its values.
        "backendScheduler": {
            **reader_values(spec, TempoRole.BACKEND_SCHEDULER),
            "config": {"provider": {"compaction": {"compaction": _compaction(spec)}}},
        },
        "backendWorker": {
            **reader_values(spec, TempoRole.BACKEND_WORKER),
            # From two workers on the chart's template fails without this, and with it makes a budget without a number.
            "podDisruptionBudget": {"enabled": False},
        },
    }


def _kafka_consumer(spec: TracingSpec, role: TempoRole) -> dict[str, Any]:
    volume = _ephemeral_volume(workload(spec, role))
    return {
        **merge_workload_values(writer_values(spec, role), _kafka_login(spec), volume),
        "maxUnavailable": 1,
    }


def _ephemeral_volume(sized: TempoWorkload) -> dict[str, Any]:
    """Return a volume that lives as long as the pod: unfinished blocks would fill the disk of the node."""
    claim = {
        "accessModes": ["ReadWriteOnce"],
        **storage_class("storageClassName", sized),
        "resources": {"requests": {"storage": sized.volume_size}},
    }
    return {
        "extraVolumes": [{"name": "blocks", "ephemeral": {"volumeClaimTemplate": {"spec": claim}}}],
        "extraVolumeMounts": [{"name": "blocks", "mountPath": f"/var/tempo/{sized.role}"}],
    }


def _kafka_login(spec: TracingSpec) -> dict[str, Any]:
    """Return what a workload needs to log in to the broker; nothing without a login."""
    if not spec.kafka_credentials_secret:
        return {}
    return {
        "extraArgs": [EXPAND_ENVIRONMENT],
        "extraEnv": [
            {"name": key, "valueFrom": {"secretKeyRef": {"name": spec.kafka_credentials_secret, "key": key}}}
            for key in (USERNAME, PASSWORD)
        ],
    }


def _kafka_login_config(spec: TracingSpec) -> dict[str, Any]:
    """Return the login by the names of environment variables, so that the configuration holds no secret."""
    if not spec.kafka_credentials_secret:
        return {}
    return {"ingest": {"kafka": {"sasl_username": f"${{{USERNAME}}}", "sasl_password": f"${{{PASSWORD}}}"}}}


def _generator_values(spec: TracingSpec) -> dict[str, Any]:
    return {
        **merge_workload_values(
            writer_values(spec, TempoRole.METRICS_GENERATOR), _kafka_login(spec), client_volume(spec)
        ),
        "enabled": True,
        "kind": "StatefulSet",
        "persistence": persistence(spec, TempoRole.METRICS_GENERATOR),
        "config": generator_config(spec),
    }


def _cache_values(spec: TracingSpec) -> dict[str, Any]:
    """Return the cache of `spec.cache_endpoint`, else the chart's own memcached."""
    if spec.cache_endpoint:
        client = {"redis": spec.redis(Database.TEMPO), "roles": list(CACHE_ROLES)}
        return {"memcached": {"enabled": False}, "cache": {"caches": [client]}}
    memcached = {
        "resources": resources("50m", f"{MEMCACHED_MEGABYTES * 5 // 4}Mi"),
        "affinity": affinity(spec.release_name, "memcached"),
        "extraArgs": ["-m", str(MEMCACHED_MEGABYTES)],
        **scheduling(spec.node_selector, spec.tolerations),
    }
    exporter = {"enabled": spec.has_cache_exporter, "resources": EXPORTER_RESOURCES}
    return {"memcached": memcached, "memcachedExporter": exporter}


def _trace_storage(spec: TracingSpec) -> dict[str, Any]:
    """Return the storage backend, without credentials."""
    if not spec.bucket:
        return {"backend": "local", "blocklist_poll": BLOCKLIST_POLL}
    endpoint = bucket_endpoint(spec.endpoint, spec.region)
    s3: dict[str, Any] = {
        "bucket": spec.bucket,
        "endpoint": endpoint.host_port,
        "insecure": endpoint.insecure,
        "forcepathstyle": spec.path_style,
    }
    if spec.region:
        s3["region"] = spec.region
    if spec.bucket_prefix:
        s3["prefix"] = spec.bucket_prefix
    if spec.storage_ca:
        s3["tls_ca_path"] = CA_PATH
    if spec.kms_key_arn:
        s3["sse"] = {"type": "SSE-KMS", "kms_key_id": spec.kms_key_arn}
    return {"backend": "s3", "blocklist_poll": BLOCKLIST_POLL, "s3": s3}


def _compaction(spec: TracingSpec) -> dict[str, Any]:
    return {"block_retention": hours(spec.retention), "compacted_block_retention": COMPACTED_BLOCK_RETENTION}


def _block_duration(spec: TracingSpec) -> str:
    return f"{int(parse_duration(spec.max_block_duration).total_seconds())}s"


def _overrides(spec: TracingSpec) -> dict[str, Any]:
    """Return the overrides of every tenant: the processors of its spans, and its limits."""
    defaults = {**generator_overrides(spec), **_limit_overrides(spec.limits)}
    return {"defaults": defaults} if defaults else {}


def _limit_overrides(limits: TracingLimits) -> dict[str, dict[str, int]]:
    """Return the sections of `overrides.defaults` that hold limits, without those that are not set.

    https://grafana.com/docs/tempo/latest/configuration/#standard-overrides
    """
    ingestion = {
        "rate_limit_bytes": limits.ingestion_rate_limit_bytes,
        "burst_size_bytes": limits.ingestion_burst_size_bytes,
        "max_traces_per_user": limits.max_traces_per_user,
    }
    sections = {"ingestion": ingestion, "global": {"max_bytes_per_trace": limits.max_bytes_per_trace}}
    set_limits = {
        name: {key: limit for key, limit in section.items() if limit is not None} for name, section in sections.items()
    }
    return {name: section for name, section in set_limits.items() if section}
