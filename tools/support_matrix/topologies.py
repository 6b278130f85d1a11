"""The topologies of Loki and Tempo: the settings that choose each, and the pods that it must come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.charts import LOKI, TEMPO, TEMPO_DISTRIBUTED, Chart
from components.logging.modes import LokiRole
from components.tracing.modes import TEMPO_2_VERSIONS, TEMPO_3_VERSIONS, TempoRole


@dataclass(frozen=True)
class Topology:
    """One way to run a signal's backend."""

    area: str
    """`logging` or `tracing`: the area of its settings."""
    title: str
    settings: Mapping[str, Any]
    """What stands in that area."""
    chart: Chart
    versions: tuple[str, ...]
    """The versions of the chart that can have it."""
    pods: Mapping[str, int]
    """Replicas by section of the chart's values, `""` for the chart that has one workload."""
    replication_factor: int | None
    """How many pods hold a line or span until it is in the store; None where a broker holds it."""
    on_filesystem: bool = False
    """Whether it can do without an object store."""

    @property
    def mode(self) -> str:
        """The setting `mode`."""
        return str(self.settings["mode"])

    @property
    def workloads(self) -> Mapping[str, int]:
        """Replicas by workload, named as `workloads` of its area names it."""
        return {_workload(self.area, section): count for section, count in self.pods.items()}

    @property
    def release(self) -> str:
        """Pulumi name of its Helm release."""
        return {"logging": "logging-loki", "tracing": "tracing-tempo"}[self.area]


def _workload(area: str, section: str) -> str:
    if area == "logging":
        return next(role.value for role in LokiRole if role.section == section)
    in_words = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in section)
    return TempoRole(in_words).value if section else "tempo"


def _loki(
    title: str,
    settings: Mapping[str, Any],
    pods: Mapping[str, int],
    replication_factor: int,
    *,
    on_filesystem: bool = False,
) -> Topology:
    return Topology("logging", title, settings, LOKI, LOKI.versions, pods, replication_factor, on_filesystem)


def _distributed(writers: int, paired: int) -> dict[str, int]:
    many = dict.fromkeys(("distributor", "ingester", "querier"), writers)
    few = dict.fromkeys(("queryFrontend", "queryScheduler", "indexGateway", "gateway"), paired)
    return many | few | {"compactor": 1}


_SCALABLE = {"read": 3, "write": 3, "backend": 3, "gateway": 2}
_TEMPO = dict.fromkeys(("distributor", "querier", "queryFrontend", "metricsGenerator"), 1)
_RULER = {"ruler": True, "alertmanager_url": "http://alertmanager.monitoring:9093"}

TOPOLOGIES = (
    _loki("monolithic", {"mode": "monolithic"}, {"singleBinary": 1, "gateway": 1}, 1, on_filesystem=True),
    _loki("monolithic, 3 replicas", {"mode": "monolithic", "replicas": 3}, {"singleBinary": 3, "gateway": 2}, 3),
    _loki("simple-scalable", {"mode": "simple-scalable"}, _SCALABLE, 3),
    _loki("distributed, 1 replica", {"mode": "distributed", "replicas": 1}, _distributed(1, 1), 1),
    _loki("distributed", {"mode": "distributed"}, _distributed(3, 2), 3),
    _loki("distributed, ruler", {"mode": "distributed", **_RULER}, _distributed(3, 2) | {"ruler": 2}, 3),
    _loki(
        "distributed, ingesters in three zones",
        {"mode": "distributed", "ingester_zones": ["a", "b", "c"]},
        _distributed(3, 2),
        3,
    ),
    _loki(
        "from monolithic to simple-scalable",
        {"mode": "simple-scalable", "migrate_from": "monolithic"},
        _SCALABLE | {"singleBinary": 1},
        3,
    ),
    _loki(
        "from simple-scalable to distributed",
        {"mode": "distributed", "migrate_from": "simple-scalable"},
        _SCALABLE | _distributed(3, 2),
        3,
    ),
    _loki(
        "back from simple-scalable to monolithic",
        {"mode": "monolithic", "migrate_from": "simple-scalable"},
        _SCALABLE | {"singleBinary": 1, "gateway": 1},
        1,
    ),
    _loki(
        "back from distributed to simple-scalable",
        {"mode": "simple-scalable", "migrate_from": "distributed"},
        _SCALABLE | _distributed(3, 2),
        3,
    ),
    Topology("tracing", "monolithic", {"mode": "monolithic"}, TEMPO, TEMPO.versions, {"": 1}, 1, on_filesystem=True),
    Topology(
        "tracing",
        "distributed, 1 ingester",
        {"mode": "distributed"},
        TEMPO_DISTRIBUTED,
        TEMPO_2_VERSIONS,
        {"ingester": 1, **_TEMPO, "compactor": 1},
        1,
    ),
    Topology(
        "tracing",
        "distributed, 3 ingesters and a gateway",
        {"mode": "distributed", "replicas": 3, "gateway": True, "receivers": ["otlp", "jaeger", "zipkin"]},
        TEMPO_DISTRIBUTED,
        TEMPO_2_VERSIONS,
        {"ingester": 3, **_TEMPO, "compactor": 1, "gateway": 1},
        3,
    ),
    Topology(
        "tracing",
        "distributed, behind a Kafka-compatible broker",
        {"mode": "distributed", "kafka_address": "kafka.messaging:9092", "partitions": 3, "gateway": True},
        TEMPO_DISTRIBUTED,
        TEMPO_3_VERSIONS,
        {"liveStore": 3, "blockBuilder": 3, **_TEMPO, "backendScheduler": 1, "backendWorker": 1, "gateway": 1},
        None,
    ),
)
"""Every mode, with the choices that change its workloads."""
