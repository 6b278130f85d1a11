"""Combinations that are refused before anything is created: the settings, and the message with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.charts import LOKI, TEMPO_DISTRIBUTED
from components.tracing.modes import TEMPO_3_VERSIONS
from components.tracing.spec import USE_TEMPO_3

_ONE_PROCESS = "store filesystem supports only one process; use mode monolithic with 1 replica, or store s3"
_FILESYSTEM = {"storage": {"kind": "filesystem"}}


@dataclass(frozen=True)
class Rejection:
    """One combination that cannot be."""

    title: str
    config: Mapping[str, Any]
    message: str
    """The message of the program, whole but for the field and the value in front of it."""


def _loki(title: str, message: str, **settings: Any) -> Rejection:
    return Rejection(title, {"logging": settings}, message)


def _tempo(title: str, message: str, **settings: Any) -> Rejection:
    return Rejection(title, {"tracing": settings}, message)


REJECTIONS = (
    Rejection(
        "logins on monolithic Tempo",
        {"security": {"tls": "existing", "authentication": "basic"}},
        "monolithic Tempo has no gateway to check logins; use mode distributed",
    ),
    Rejection(
        "client certificates without TLS",
        {"security": {"authentication": "mtls"}},
        "a client certificate requires TLS; configure TLS",
    ),
    Rejection(
        "Loki with 2 replicas on a filesystem",
        {**_FILESYSTEM, "logging": {"replicas": 2}},
        _ONE_PROCESS,
    ),
    *(
        Rejection(f"Loki in mode {mode} on a filesystem", {**_FILESYSTEM, "logging": {"mode": mode}}, _ONE_PROCESS)
        for mode in ("simple-scalable", "distributed")
    ),
    Rejection(
        "Tempo in mode distributed on a filesystem",
        {**_FILESYSTEM, "tracing": {"mode": "distributed"}},
        "distributed Tempo shares its blocks between pods; use mode monolithic",
    ),
    _loki(
        "Loki with replication factor 3 on 2 replicas",
        "must be at most 2, the replicas of loki; lower it or raise them",
        replicas=2,
        replication_factor=3,
    ),
    _loki(
        "distributed Loki with replication factor 3 on 1 ingester",
        "must be at most 1, the replicas of ingester; lower it or raise them",
        mode="distributed",
        replication_factor=3,
        workloads={"ingester": {"replicas": 1}},
    ),
    _loki(
        "Loki from monolithic to distributed in one step",
        "Loki cannot migrate from monolithic to distributed while both run; migrate through monolithic, "
        "simple-scalable, distributed, one step at a time",
        mode="distributed",
        migrate_from="monolithic",
    ),
    _loki(
        "the workload querier of monolithic Loki",
        "querier does not run in mode monolithic; remove it or use loki, gateway",
        workloads={"querier": {"replicas": 2}},
    ),
    _loki(
        "two compactors of Loki",
        "the compactor must have exactly 1 replica; remove it or set 1",
        mode="distributed",
        workloads={"compactor": {"replicas": 2}},
    ),
    _loki(
        "zones of monolithic Loki",
        "only mode distributed places ingesters by zone; remove it or set mode distributed",
        ingester_zones=["a", "b", "c"],
    ),
    _loki(
        "4 ingesters of Loki in three zones",
        "the number of ingesters, 4, must be a multiple of 3; set replicas to 3, 6 or 9",
        mode="distributed",
        replicas=4,
        ingester_zones=["a", "b", "c"],
    ),
    _loki(
        "a first schema entry of Loki that begins in the future",
        "the first entry begins on 2999-01-01, and Loki refuses every line from before that day; insert an entry that "
        "begins before the oldest line, such as from 2024-01-01, or remove schema_entries",
        schema_entries=[{"from": "2999-01-01"}],
    ),
    Rejection(
        "rules of Loki without an Alertmanager",
        {"logging": {"ruler": True}, "metrics": {"kind": "none"}},
        "is missing: the ruler sends alerts to an Alertmanager; set its URL, or set ruler to false",
    ),
    _loki(
        f"traces of Loki's own with chart {LOKI.default_version}",
        f"the Loki of chart {LOKI.default_version} fails to start its tracing; use chart_version {LOKI.versions[1]}, "
        "or set an image that does not in values loki.image.tag",
        traces_endpoint="http://alloy.telemetry:4318",
    ),
    _loki(
        "a chart that nothing was tested with",
        f"must be a supported version of chart loki; use one of {', '.join(LOKI.versions)}",
        chart_version="5.0.0",
    ),
    Rejection(
        "logs kept for 12 hours",
        {"retention": {"logs": "12h"}},
        "must be at least 24h; set 24h or more",
    ),
    Rejection(
        "traces kept for 5 minutes",
        {"retention": {"traces": "5m"}},
        "must be at least 1h, as blocks that live less than two polls of 5m are deleted before queries find them; "
        "use 1h or more",
    ),
    _tempo(
        "monolithic Tempo with 2 replicas",
        "monolithic Tempo must have exactly 1 replica; remove it or set 1, or use mode distributed",
        replicas=2,
    ),
    _tempo(
        "a gateway of monolithic Tempo",
        "monolithic Tempo has no gateway, as it has one Service; remove it, or use mode distributed",
        gateway=True,
    ),
    _tempo(
        "Tempo 3 without a broker",
        "is missing: Tempo 3 requires a Kafka-compatible broker; set its host:port, or use chart_version "
        f"{TEMPO_DISTRIBUTED.default_version}, which requires none",
        mode="distributed",
        chart_version=TEMPO_3_VERSIONS[0],
    ),
    _tempo(
        "ingesters of Tempo 3",
        "Tempo 3 has no ingesters; remove it and set partitions",
        mode="distributed",
        chart_version=TEMPO_3_VERSIONS[0],
        kafka_address="kafka.messaging:9092",
        replicas=3,
    ),
    _tempo(
        "a broker of Tempo 2",
        f"only Tempo 3 writes to Kafka; remove it, or {USE_TEMPO_3}",
        mode="distributed",
        kafka_address="kafka.messaging:9092",
    ),
    _tempo(
        "partitions of Tempo 2",
        f"only Tempo 3 reads partitions of a topic; remove it, or {USE_TEMPO_3}",
        mode="distributed",
        partitions=3,
    ),
    _tempo(
        "local-blocks of Tempo 3",
        "Tempo 3 has no local-blocks, as its live-stores answer TraceQL metrics; remove it",
        mode="distributed",
        chart_version=TEMPO_3_VERSIONS[0],
        kafka_address="kafka.messaging:9092",
        processors=["local-blocks"],
    ),
    _tempo(
        "remote write of Tempo's generator where the chart reads nothing",
        "the chart does not read metricsGenerator.storage; use metricsGenerator.config.storage",
        mode="distributed",
        values={"metricsGenerator": {"storage": {"remote_write": []}}},
    ),
)
"""What the program refuses of modes, stores and charts."""
