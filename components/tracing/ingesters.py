"""Tempo 2: ingesters hold spans on volumes of their own until these are in the bucket, a compactor cleans up."""

from typing import Any

from .blocks import COMPACTED_BLOCK_RETENTION, block_duration, retention
from .roles import Role
from .spec import TracingSpec
from .workloads import persistence, reader, writer


def ingester_parts(spec: TracingSpec) -> dict[str, Any]:
    """Give the values of the workloads that only Tempo 2 has."""
    return {
        "ingester": {
            **writer(spec, Role.INGESTER),
            "config": {"replication_factor": spec.replication_factor, "max_block_duration": block_duration(spec)},
            "persistence": persistence(spec, Role.INGESTER),
            # What the chart computes for two replicas allows no disruption at all, and so no node to be drained.
            "maxUnavailable": 1,
        },
        "compactor": {
            **reader(spec, Role.COMPACTOR),
            "config": {
                "compaction": {
                    "block_retention": retention(spec),
                    "compacted_block_retention": COMPACTED_BLOCK_RETENTION,
                }
            },
        },
    }
