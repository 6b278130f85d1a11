"""Loki's own configuration: the `loki` section of the chart's values."""

from typing import Any

from .._bucket import Store
from ..storage.s3 import parse_endpoint
from ..units import hours
from .ruler import ruler_config
from .schema import Index
from .spec import LoggingSpec
from .tenancy import tenant_config

SHARE_OF_MEMORY_FOR_REPLAY = 0.6
"""Part of an ingester's memory that replaying the write-ahead log may fill; Loki's 4 GB ignore the limit."""

BOLTDB_DIRECTORY = "/var/loki/index"
"""Where Loki's own examples had the index before any was shipped to the store, below the volume of the chart."""


def loki_config(spec: LoggingSpec) -> dict[str, Any]:
    """Give the `loki` section."""
    config: dict[str, Any] = {
        **tenant_config(spec),
        "commonConfig": {"replication_factor": spec.copies},
        "storage": storage(spec),
        "schemaConfig": {"configs": [entry.chart_value() for entry in spec.ledger]},
        "limits_config": limits(spec),
        "runtimeConfig": limits_of_tenants(spec),
        "compactor": {"retention_enabled": True, "delete_request_store": spec.store.value},
        "ingester": ingester(spec),
        "ingester_client": {"remote_timeout": "10s"},
        "distributor": {"otlp_config": {"default_resource_attributes_as_index_labels": list(spec.otlp_index_labels)}},
        "pattern_ingester": {"enabled": spec.pattern_ingester},
        "analytics": {"reporting_enabled": False},
        "structuredConfig": ruler_config(spec),
    }
    if spec.traces_endpoint:
        config["tracing"] = {"enabled": True}
    if spec.querier_max_concurrent:
        config.setdefault("querier", {})["max_concurrent"] = spec.querier_max_concurrent
    if stored := storage_config(spec):
        config["storage_config"] = stored
    if spec.credentials_checksum:
        config["podAnnotations"] = {"checksum/credentials": spec.credentials_checksum}
    return config


def storage_config(spec: LoggingSpec) -> dict[str, Any]:
    """Say where in the bucket objects lie, and on the volume an index of the past that never left it."""
    config: dict[str, Any] = {"object_prefix": spec.bucket_prefix} if spec.bucket_prefix else {}
    if any(entry.store is Index.BOLTDB for entry in spec.ledger):
        config["boltdb"] = {"directory": BOLTDB_DIRECTORY}
    return config


def limits(spec: LoggingSpec) -> dict[str, Any]:
    """Limit what all tenants may do and how long logs are kept, and allow what OTLP and Logs Drilldown ask for."""
    return {
        "retention_period": hours(spec.retention),
        "allow_structured_metadata": spec.structured_metadata,
        "volume_enabled": True,
        **spec.limits.config(),
    }


def limits_of_tenants(spec: LoggingSpec) -> dict[str, Any]:
    """Give what Loki reads again every 10 s, without a new start: the limits and retention of single tenants."""
    overrides: dict[str, dict[str, Any]] = {tenant: own.config() for tenant, own in spec.tenant_limits.items()}
    for tenant, retention in spec.tenant_retention.items():
        overrides.setdefault(tenant, {})["retention_period"] = hours(retention)
    return {"overrides": overrides} if overrides else {}


def ingester(spec: LoggingSpec) -> dict[str, Any]:
    """Say how lines are held and compressed until they are in the bucket, and in which zones."""
    config: dict[str, Any] = {"wal": write_ahead_log(spec)}
    if encoding := spec.encoding:
        config["chunk_encoding"] = encoding.value
    if spec.ingester_zones:
        config["lifecycler"] = {"ring": {"zone_awareness_enabled": True}}
    return config


def write_ahead_log(spec: LoggingSpec) -> dict[str, Any]:
    """Keep lines on the volume until they are in the bucket, and flush them when a pod leaves, as it may for good."""
    smallest = min(spec.workload(mode.ingester).memory_mib for mode in spec.modes)
    return {
        "enabled": True,
        "replay_memory_ceiling": f"{int(smallest * SHARE_OF_MEMORY_FOR_REPLAY)}MB",
        "flush_on_shutdown": True,
    }


def storage(spec: LoggingSpec) -> dict[str, Any]:
    """Where chunks and index go. Credentials come from the environment or the pod's identity, never from here."""
    buckets = {"chunks": spec.bucket, "ruler": spec.bucket_of_rules, "admin": spec.bucket}
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
    return {"type": "s3", "bucketNames": buckets, "s3": s3}
