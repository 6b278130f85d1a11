"""Tempo 3: spans go through a Kafka-compatible broker, which live-stores and block-builders read side by side.

A span counts as written once the broker has it. Block-builders turn it into blocks in the bucket, live-stores answer
queries for what is not in a block yet. Neither loses anything with its pod: both read on from the offset that they
committed last (https://grafana.com/docs/tempo/latest/reference-tempo-architecture/components/kafka/).
"""

from typing import Any

from .._cache import EXPAND_ENVIRONMENT
from .blocks import COMPACTED_BLOCK_RETENTION, block_duration, retention
from .roles import Role
from .spec import TracingSpec
from .workloads import Workload, merged, reader, storage_class, workload, writer

USERNAME, PASSWORD = "KAFKA_USERNAME", "KAFKA_PASSWORD"


def kafka_parts(spec: TracingSpec) -> dict[str, Any]:
    """Give the values of the workloads that only Tempo 3 has, and of the broker that they need."""
    return {
        "ingest": {
            "kafka": {
                "address": spec.kafka_address,
                "topic": spec.kafka_topic,
                "auto_create_topic_enabled": True,
                "auto_create_topic_default_partitions": spec.partition_count,
            }
        },
        "blockBuilder": {
            **_consumer(spec, Role.BLOCK_BUILDER),
            "config": {"partitions_per_instance": 1},
        },
        "liveStore": {
            **_consumer(spec, Role.LIVE_STORE),
            "config": {"max_block_duration": block_duration(spec)},
        },
        # The chart runs exactly one, which is all that Tempo allows.
        "backendScheduler": {
            **reader(spec, Role.BACKEND_SCHEDULER),
            "config": {
                "provider": {
                    "compaction": {
                        "compaction": {
                            "block_retention": retention(spec),
                            "compacted_block_retention": COMPACTED_BLOCK_RETENTION,
                        }
                    }
                }
            },
        },
        # Workers take their retention from the scheduler's values unless told otherwise.
        "backendWorker": {
            **reader(spec, Role.BACKEND_WORKER),
            # From two workers on the chart's template fails without this, and with it makes a budget without a number.
            "podDisruptionBudget": {"enabled": False},
        },
    }


def broker_login(spec: TracingSpec) -> dict[str, Any]:
    """Give what a part needs to log in at the broker; nothing where the broker asks for no login."""
    if not spec.kafka_credentials_secret:
        return {}
    return {
        "extraArgs": [EXPAND_ENVIRONMENT],
        "extraEnv": [
            {"name": key, "valueFrom": {"secretKeyRef": {"name": spec.kafka_credentials_secret, "key": key}}}
            for key in (USERNAME, PASSWORD)
        ],
    }


def broker_login_config(spec: TracingSpec) -> dict[str, Any]:
    """Refer to the login by the names of environment variables, so that no secret stands in the configuration."""
    if not spec.kafka_credentials_secret:
        return {}
    return {"ingest": {"kafka": {"sasl_username": f"${{{USERNAME}}}", "sasl_password": f"${{{PASSWORD}}}"}}}


def _consumer(spec: TracingSpec, role: Role) -> dict[str, Any]:
    return {
        **merged(writer(spec, role), broker_login(spec)),
        "maxUnavailable": 1,
        **_scratch_volume(workload(spec, role)),
    }


def _scratch_volume(sized: Workload) -> dict[str, Any]:
    """Give each pod a volume of its own for as long as it lives: blocks in the making would fill the node's disk."""
    claim = {
        "accessModes": ["ReadWriteOnce"],
        **storage_class("storageClassName", sized),
        "resources": {"requests": {"storage": sized.volume_size}},
    }
    return {
        "extraVolumes": [{"name": "blocks", "ephemeral": {"volumeClaimTemplate": {"spec": claim}}}],
        "extraVolumeMounts": [{"name": "blocks", "mountPath": f"/var/tempo/{sized.role}"}],
    }
