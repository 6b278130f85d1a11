"""Chart values that no chart reads, or that contradict an argument.

The charts have no schema and ignore unknown values, so that a metrics generator with its remote write in the wrong
place runs and writes nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .._merge import is_stated, value_at
from .modes import TempoMode

PROCESSORS = "overrides.defaults.metrics_generator.processors"

_UNREAD_MONOLITHIC = {
    "global_overrides": f"tempo.{PROCESSORS}",
    "tempo.global_overrides": f"tempo.{PROCESSORS}",
    "overrides": "tempo.overrides",
    "metricsGenerator": "tempo.metricsGenerator",
    "storage": "tempo.storage",
    "traces": "tempo.receivers",
    "tempo.metricsGenerator.config": "tempo.metricsGenerator",
}
_UNREAD_DISTRIBUTED = {
    "global_overrides": PROCESSORS,
    "tempo.overrides": "overrides",
    "tempo.metricsGenerator": "metricsGenerator",
    "tempo.storage": "storage",
    "tempo.receivers": "traces",
    **{
        f"metricsGenerator.{section}": f"metricsGenerator.config.{section}"
        for section in ("processor", "registry", "storage")
    },
    "metricsGenerator.remoteWriteUrl": "metricsGenerator.config.storage.remote_write",
    "metricsGenerator.remote_write": "metricsGenerator.config.storage.remote_write",
}
_UNREAD_TEMPO_2 = {**_UNREAD_DISTRIBUTED, "metricsGenerator.traces_storage": "metricsGenerator.config.traces_storage"}
_UNREAD_TEMPO_3 = {
    **_UNREAD_DISTRIBUTED,
    "ingester": "liveStore and blockBuilder, which replace the ingester",
    "compactor": "backendScheduler and backendWorker, which replace the compactor",
    "minio": "the arguments bucket and endpoint, as this chart has no MinIO",
}

_ARGUMENTS_MONOLITHIC = {"replicas": "replicas"}
_ARGUMENTS_TEMPO_2 = {"ingester.replicas": "replicas", "ingester.config.replication_factor": "replicas"}
_ARGUMENTS_TEMPO_3 = {
    "blockBuilder.replicas": "partitions",
    "liveStore.replicas": "partitions",
    "ingest.kafka.auto_create_topic_default_partitions": "partitions",
    "ingest.kafka.address": "kafka_address",
    "ingest.kafka.topic": "kafka_topic",
}


REQUIRED_MONOLITHIC = ("tempo.storage", "tempo.retention", "tempo.receivers")
REQUIRED_DISTRIBUTED = ("storage", "traces")
REQUIRED_TEMPO_2 = (*REQUIRED_DISTRIBUTED, "ingester.config", "compactor.config.compaction.block_retention")
REQUIRED_TEMPO_3 = (*REQUIRED_DISTRIBUTED, "ingest.kafka", "blockBuilder.config", "liveStore.config")


def required_values(mode: TempoMode, uses_kafka: bool) -> tuple[str, ...]:
    """Return the chart values that no null may remove."""
    if mode is TempoMode.MONOLITHIC:
        return REQUIRED_MONOLITHIC
    return REQUIRED_TEMPO_3 if uses_kafka else REQUIRED_TEMPO_2


def unread_values(mode: TempoMode, uses_kafka: bool) -> dict[str, str]:
    """Return the places that the chart of `mode` does not read, each with the correct one."""
    if mode is TempoMode.MONOLITHIC:
        return _UNREAD_MONOLITHIC
    return _UNREAD_TEMPO_3 if uses_kafka else _UNREAD_TEMPO_2


def argument_values(mode: TempoMode, uses_kafka: bool) -> dict[str, str]:
    """Return the places that must agree with others, each with the argument that sets all of them."""
    if mode is TempoMode.MONOLITHIC:
        return _ARGUMENTS_MONOLITHIC
    return _ARGUMENTS_TEMPO_3 if uses_kafka else _ARGUMENTS_TEMPO_2


def values_problems(values: Mapping[str, Any], mode: TempoMode, uses_kafka: bool) -> Iterator[tuple[list[str], str]]:
    """Yield the path of every value that no chart reads, or that an argument sets, with the rule and the fix."""
    for place, correct in unread_values(mode, uses_kafka).items():
        if value_at(values, path := place.split(".")) is not None:
            yield path, f"the chart does not read {place}; use {correct}"
    for place, argument in argument_values(mode, uses_kafka).items():
        if is_stated(values, path := place.split(".")):
            yield path, f"{place} must agree with other values; remove it and use the argument {argument}"
