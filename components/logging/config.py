"""Loki's own configuration: the `loki` section of the chart's values."""

from typing import Any

from .._bucket import CA_PATH, Store
from ..charts import LOKI_IMAGE
from ..storage.s3 import parse_endpoint
from ..units import hours
from .ruler import ruler_config
from .schema_config import IndexStore
from .spec import LoggingSpec

REPLAY_SHARE_OF_MEMORY = 0.6
"""Part of an ingester's memory that the replay of the write-ahead log may use; Loki's 4 GB ignore the limit."""

BOLTDB_DIRECTORY = "/var/loki/index"
"""The directory of a `boltdb` index in Loki's examples, on the volume of the chart."""


def loki_config(spec: LoggingSpec) -> dict[str, Any]:
    """Return the `loki` section."""
    config: dict[str, Any] = {
        **_tenants(spec),
        "commonConfig": {"replication_factor": spec.effective_replication_factor},
        "storage": _storage(spec),
        "schemaConfig": {"configs": [entry.chart_value() for entry in spec.effective_schema_entries]},
        "limits_config": _limits(spec),
        "runtimeConfig": _tenant_overrides(spec),
        "compactor": {"retention_enabled": True, "delete_request_store": spec.store.value},
        "ingester": _ingester(spec),
        "ingester_client": {"remote_timeout": "10s"},
        "distributor": {"otlp_config": {"default_resource_attributes_as_index_labels": list(spec.otlp_index_labels)}},
        "pattern_ingester": {"enabled": spec.pattern_ingester},
        "analytics": {"reporting_enabled": False},
        "structuredConfig": {**ruler_config(spec), **_ipv6_rings(spec)},
    }
    if spec.image_tag != LOKI_IMAGE.tags[spec.chart_version]:
        config["image"] = {"tag": spec.image_tag}
    if memberlist := spec.memberlist:
        config["extraMemberlistConfig"] = memberlist
    if spec.traces_endpoint:
        config["tracing"] = {"enabled": True}
    if spec.querier_max_concurrent:
        config.setdefault("querier", {})["max_concurrent"] = spec.querier_max_concurrent
    if stored := _storage_config(spec):
        config["storage_config"] = stored
    if spec.credentials_checksum:
        config["podAnnotations"] = {"checksum/credentials": spec.credentials_checksum}
    return config


def _ipv6_rings(spec: LoggingSpec) -> dict[str, Any]:
    """Return what makes every ring and the query frontend advertise IPv6; nothing where they advertise IPv4.

    The section `common.ring` replaces the key-value store that Loki derives from `memberlist`.
    """
    if not spec.advertises_ipv6:
        return {}
    return {
        "memberlist": {"bind_addr": ["::"]},
        "common": {"ring": {"kvstore": {"store": "memberlist"}, "instance_enable_ipv6": True}},
        "frontend": {"instance_enable_ipv6": True},
    }


def _tenants(spec: LoggingSpec) -> dict[str, Any]:
    if not spec.tenants:
        return {"auth_enabled": False}
    return {"auth_enabled": True, "querier": {"multi_tenant_queries_enabled": True}}


def _storage_config(spec: LoggingSpec) -> dict[str, Any]:
    """Return the prefix of objects in the bucket, and the directory of an index that is on the volume only."""
    config: dict[str, Any] = {"object_prefix": spec.bucket_prefix} if spec.bucket_prefix else {}
    if any(entry.store is IndexStore.BOLTDB for entry in spec.effective_schema_entries):
        config["boltdb"] = {"directory": BOLTDB_DIRECTORY}
    return config


def _limits(spec: LoggingSpec) -> dict[str, Any]:
    """Return the limits and the retention of all tenants, with what OTLP and Logs Drilldown require."""
    return {
        "retention_period": hours(spec.retention),
        "allow_structured_metadata": spec.structured_metadata,
        "volume_enabled": True,
        **spec.limits.config(),
    }


def _tenant_overrides(spec: LoggingSpec) -> dict[str, Any]:
    """Return the limits and the retention of single tenants, which Loki reloads every 10 s."""
    overrides: dict[str, dict[str, Any]] = {tenant: own.config() for tenant, own in spec.tenant_limits.items()}
    for tenant, retention in spec.tenant_retention.items():
        overrides.setdefault(tenant, {})["retention_period"] = hours(retention)
    return {"overrides": overrides} if overrides else {}


def _ingester(spec: LoggingSpec) -> dict[str, Any]:
    config: dict[str, Any] = {"wal": _write_ahead_log(spec)}
    if encoding := spec.effective_chunk_encoding:
        config["chunk_encoding"] = encoding.value
    if spec.ingester_zones:
        config["lifecycler"] = {"ring": {"zone_awareness_enabled": True}}
    return config


def _write_ahead_log(spec: LoggingSpec) -> dict[str, Any]:
    """Return a log that keeps lines on the volume until they are in the bucket, and is flushed when a pod stops."""
    smallest = min(spec.workload(mode.ingester).memory_mib for mode in spec.modes)
    return {
        "enabled": True,
        "replay_memory_ceiling": f"{int(smallest * REPLAY_SHARE_OF_MEMORY)}MB",
        "flush_on_shutdown": True,
    }


def _storage(spec: LoggingSpec) -> dict[str, Any]:
    """Return the store of chunks and index; credentials come from the environment or the pod's identity."""
    buckets = {"chunks": spec.bucket, "ruler": spec.effective_ruler_bucket, "admin": spec.bucket}
    if spec.store is Store.FILESYSTEM:
        return {"type": "filesystem"}
    s3: dict[str, Any] = {"s3ForcePathStyle": spec.path_style}
    if spec.endpoint:
        endpoint = parse_endpoint(spec.endpoint)
        s3 |= {"endpoint": endpoint.url, "insecure": endpoint.insecure}
    if spec.region:
        s3["region"] = spec.region
    if spec.kms_key_arn:
        s3["sse"] = {"type": "SSE-KMS", "kms_key_id": spec.kms_key_arn}
    if spec.storage_ca:
        s3["http_config"] = {"ca_file": CA_PATH}
    return {"type": "s3", "bucketNames": buckets, "s3": s3}
