"""Which workloads Tempo is made of: its mode, its generation, and how many of each there are."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import Field, model_validator

from .._cache import CacheReaderSpec
from .._objects import OptionalObjectName
from .._release_spec import ReleaseSpec
from .._spec import rule
from ..charts import TEMPO, TEMPO_DISTRIBUTED, Chart
from ..units import Replicas
from ..urls import is_host_and_port
from .choices import Mode, Processor, Receiver
from .misplaced import misplaced_values

CHARTS = {Mode.MONOLITHIC: TEMPO, Mode.DISTRIBUTED: TEMPO_DISTRIBUTED}
KAFKA_GENERATION = "3."
KAFKA_CHARTS = [version for version in TEMPO_DISTRIBUTED.versions if version.startswith(KAFKA_GENERATION)]
_TOPIC = r"[a-zA-Z0-9._-]{1,249}"
_TAKE_KAFKA = f"use mode distributed with chart_version {KAFKA_CHARTS[0]}"


class ShapeSpec(CacheReaderSpec, ReleaseSpec):
    """The arguments of `Tracing` that decide which workloads there are."""

    chart_version: str = ""
    mode: Mode = Mode.MONOLITHIC
    replicas: Replicas = 1
    partitions: Replicas | None = None
    kafka_address: str = ""
    kafka_topic: str = "tempo-traces"
    kafka_credentials_secret: OptionalObjectName = ""
    receivers: Sequence[Receiver] = (Receiver.OTLP,)
    processors: Sequence[Processor] = Field(default=tuple(Processor), min_length=1)
    gateway: bool = False

    @model_validator(mode="before")
    @classmethod
    def _take_the_chart_of_the_mode(cls, data: Any) -> Any:
        mode = data.get("mode", Mode.MONOLITHIC)
        if mode not in CHARTS:
            return data
        version = data.get("chart_version") or CHARTS[mode].default_version
        known: dict[str, Any] = {**data, "chart_version": version}
        if "processors" not in data and mode == Mode.DISTRIBUTED and str(version).startswith(KAFKA_GENERATION):
            known["processors"] = [processor for processor in Processor if processor is not Processor.LOCAL_BLOCKS]
        return known

    @property
    def chart(self) -> Chart:
        """The chart that installs this mode."""
        return CHARTS[self.mode]

    @property
    def through_kafka(self) -> bool:
        """Whether spans go through a broker, as they do in distributed Tempo 3."""
        return self.mode is Mode.DISTRIBUTED and self.chart_version.startswith(KAFKA_GENERATION)

    @property
    def partition_count(self) -> int:
        """How many partitions the topic has, and with it how many live-stores and block-builders there are."""
        return self.partitions or 3

    @rule("replicas", "mode")
    def _one_process_has_one_replica(self) -> str | None:
        if self.mode is Mode.MONOLITHIC and self.replicas > 1:
            return "monolithic Tempo is one process that keeps its own ring: use 1, or mode distributed"
        return None

    @rule("replicas", "partitions", "mode", "chart_version")
    def _readers_of_a_topic_are_as_many_as_its_partitions(self) -> str | None:
        if self.through_kafka and self.replicas != 1:
            return (
                "Tempo 3 has no ingesters: leave replicas out, partitions says how many live-stores and block-builders "
                "there are, one of each for every partition of the topic"
            )
        return None

    @rule("partitions", "mode", "chart_version")
    def _only_a_topic_has_partitions(self) -> str | None:
        if self.partitions is not None and not self.through_kafka:
            return f"only Tempo 3 reads partitions of a topic: leave it out, or {_TAKE_KAFKA}"
        return None

    @rule("kafka_address", "mode", "chart_version")
    def _the_broker_is_where_the_generation_needs_one(self) -> str | None:
        if not self.through_kafka:
            problem = f"only Tempo 3 writes to a broker: leave it out, or {_TAKE_KAFKA}"
            return problem if self.kafka_address else None
        if not self.kafka_address:
            return (
                "Tempo 3 writes every span to a Kafka-compatible broker and does not start without one: give its "
                f"host:port, or use chart_version {TEMPO_DISTRIBUTED.default_version}, which needs none"
            )
        if not is_host_and_port(self.kafka_address):
            return "write the host and port of one broker, such as kafka.messaging:9092; it names the others"
        return None

    @rule("kafka_topic")
    def _the_topic_can_be_made(self) -> str | None:
        if re.fullmatch(_TOPIC, self.kafka_topic) is None:
            return "Kafka takes names of 1 to 249 letters, digits, dots, underscores and hyphens"
        return None

    @rule("kafka_credentials_secret", "mode", "chart_version")
    def _only_a_broker_is_logged_in_at(self) -> str | None:
        if self.kafka_credentials_secret and not self.through_kafka:
            return f"only Tempo 3 logs in at a broker: leave it out, or {_TAKE_KAFKA}"
        return None

    @rule("receivers")
    def _the_platforms_own_protocol_stays(self) -> str | None:
        if Receiver.OTLP not in self.receivers:
            return "the collectors send OTLP: keep otlp among the receivers"
        return None

    @rule("processors", "mode", "chart_version")
    def _no_processor_is_gone(self) -> str | None:
        if self.through_kafka and Processor.LOCAL_BLOCKS in self.processors:
            return "Tempo 3 has no local-blocks, as its live-stores answer TraceQL metrics: leave it out"
        return None

    @rule("gateway", "mode")
    def _one_process_has_no_gateway(self) -> str | None:
        if self.mode is Mode.MONOLITHIC and self.gateway:
            return "monolithic Tempo answers on one Service already: leave the gateway out, or use mode distributed"
        return None

    @rule("cache_endpoint", "mode")
    def _one_process_has_no_cache(self) -> str | None:
        if self.mode is Mode.MONOLITHIC and self.cache_endpoint:
            return "the chart of monolithic Tempo has no place for a cache: leave it out, or use mode distributed"
        return None

    @rule("values", "mode", "chart_version")
    def _values_are_where_the_chart_reads_them(self) -> str | None:
        return "; ".join(misplaced_values(self.values, self.mode, self.through_kafka)) or None
