"""Where Tempo keeps blocks of traces, and for how long."""

from typing import Any

from ..storage.s3 import bucket_endpoint
from ..units import hours, parse_duration
from .spec import BLOCKLIST_POLL, TracingSpec

COMPACTED_BLOCK_RETENTION = "1h"
"""Every reader must have polled the new list, twice to be safe, before a compacted block goes."""


def trace_storage(spec: TracingSpec) -> dict[str, Any]:
    """Configure the backend, without credentials."""
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
    if spec.kms_key_arn:
        s3["sse"] = {"type": "SSE-KMS", "kms_key_id": spec.kms_key_arn}
    return {"backend": "s3", "blocklist_poll": BLOCKLIST_POLL, "s3": s3}


def retention(spec: TracingSpec) -> str:
    """Write the retention for Go, which knows no days."""
    return hours(spec.retention)


def block_duration(spec: TracingSpec) -> str:
    """Write the longest time that a span waits for its block to be cut."""
    return f"{int(parse_duration(spec.max_block_duration).total_seconds())}s"
