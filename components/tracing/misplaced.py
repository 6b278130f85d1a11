"""Chart values that stand where no chart reads them, as in many a guide: nothing fails, and nothing happens.

The charts have no schema and drop what they do not know, so that a metrics generator with its remote write in the
wrong place runs and writes nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .._merge import value_at
from .choices import Mode

PROCESSORS = "overrides.defaults.metrics_generator.processors"

_MONOLITHIC = {
    "global_overrides": f"tempo.{PROCESSORS}",
    "tempo.global_overrides": f"tempo.{PROCESSORS}",
    "overrides": "tempo.overrides",
    "metricsGenerator": "tempo.metricsGenerator",
    "storage": "tempo.storage",
    "traces": "tempo.receivers",
    "tempo.metricsGenerator.config": "tempo.metricsGenerator",
}
_DISTRIBUTED = {
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
_INGESTERS = {**_DISTRIBUTED, "metricsGenerator.traces_storage": "metricsGenerator.config.traces_storage"}
_KAFKA = {
    **_DISTRIBUTED,
    "ingester": "liveStore and blockBuilder, which have taken the ingester's place",
    "compactor": "backendScheduler and backendWorker, which have taken the compactor's place",
    "minio": "the arguments bucket and endpoint, as this chart has no MinIO",
}

_ARGUMENTS_OF_ONE_PROCESS = {"replicas": "replicas"}
_ARGUMENTS_OF_INGESTERS = {"ingester.replicas": "replicas", "ingester.config.replication_factor": "replicas"}
_ARGUMENTS_OF_A_TOPIC = {
    "blockBuilder.replicas": "partitions",
    "liveStore.replicas": "partitions",
    "ingest.kafka.auto_create_topic_default_partitions": "partitions",
    "ingest.kafka.address": "kafka_address",
    "ingest.kafka.topic": "kafka_topic",
}


def known_misplacements(mode: Mode, through_kafka: bool) -> dict[str, str]:
    """Return the places that the chart of `mode` does not read, each with the right one."""
    if mode is Mode.MONOLITHIC:
        return _MONOLITHIC
    return _KAFKA if through_kafka else _INGESTERS


def arguments_to_use(mode: Mode, through_kafka: bool) -> dict[str, str]:
    """Return the places that an argument fills together with others, each with that argument."""
    if mode is Mode.MONOLITHIC:
        return _ARGUMENTS_OF_ONE_PROCESS
    return _ARGUMENTS_OF_A_TOPIC if through_kafka else _ARGUMENTS_OF_INGESTERS


def misplaced_values(values: Mapping[str, Any], mode: Mode, through_kafka: bool) -> Iterator[tuple[list[str], str]]:
    """Yield the path of every value that has no effect, or contradicts an argument, with what to use in its place."""
    for place, right in known_misplacements(mode, through_kafka).items():
        if value_at(values, path := place.split(".")) is not None:
            yield path, f"the chart reads nothing at {place}: use {right}"
    for place, argument in arguments_to_use(mode, through_kafka).items():
        if value_at(values, path := place.split(".")) is not None:
            yield path, f"{place} alone would part it from what must fit it: use the argument {argument}"
