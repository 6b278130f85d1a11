"""How Tempo runs: its modes, and the versions and workloads of distributed Tempo."""

from enum import StrEnum

from ..charts import TEMPO, TEMPO_DISTRIBUTED, Chart


class TempoMode(StrEnum):
    """A deployment mode of Tempo."""

    MONOLITHIC = "monolithic"
    DISTRIBUTED = "distributed"

    @property
    def chart(self) -> Chart:
        """The chart that installs the mode."""
        return TEMPO if self is TempoMode.MONOLITHIC else TEMPO_DISTRIBUTED


def installs_tempo_3(version: str) -> bool:
    """Whether the chart of this version installs Tempo 3, which receives spans through Kafka."""
    return version.partition(".")[0] == "3"


TEMPO_2_VERSIONS = tuple(version for version in TEMPO_DISTRIBUTED.versions if not installs_tempo_3(version))
"""The supported versions that install Tempo 2, the default first."""
TEMPO_3_VERSIONS = tuple(version for version in TEMPO_DISTRIBUTED.versions if installs_tempo_3(version))
"""The supported versions that install Tempo 3."""


class TempoRole(StrEnum):
    """A workload of distributed Tempo."""

    DISTRIBUTOR = "distributor"
    INGESTER = "ingester"
    QUERIER = "querier"
    QUERY_FRONTEND = "query-frontend"
    COMPACTOR = "compactor"
    LIVE_STORE = "live-store"
    BLOCK_BUILDER = "block-builder"
    BACKEND_SCHEDULER = "backend-scheduler"
    BACKEND_WORKER = "backend-worker"
    METRICS_GENERATOR = "metrics-generator"
    GATEWAY = "gateway"

    @property
    def holds_data(self) -> bool:
        """Whether its pods hold spans that are not in the bucket yet; `cpu` and `memory` of `Tracing` are theirs."""
        return self in (TempoRole.INGESTER, TempoRole.LIVE_STORE, TempoRole.BLOCK_BUILDER)

    @property
    def has_volume(self) -> bool:
        """Whether each of its pods has a volume."""
        return self.holds_data or self is TempoRole.METRICS_GENERATOR


_ROLES_OF_BOTH = (
    TempoRole.DISTRIBUTOR,
    TempoRole.QUERIER,
    TempoRole.QUERY_FRONTEND,
    TempoRole.METRICS_GENERATOR,
    TempoRole.GATEWAY,
)
TEMPO_2_ROLES = (*_ROLES_OF_BOTH, TempoRole.INGESTER, TempoRole.COMPACTOR)
"""The workloads that distributed Tempo 2 can have."""
TEMPO_3_ROLES = (
    *_ROLES_OF_BOTH,
    TempoRole.LIVE_STORE,
    TempoRole.BLOCK_BUILDER,
    TempoRole.BACKEND_SCHEDULER,
    TempoRole.BACKEND_WORKER,
)
"""The workloads that distributed Tempo 3 can have."""

FIXED_REPLICAS = {
    TempoRole.INGESTER: "the number of ingesters is the argument replicas; remove it and set replicas",
    TempoRole.LIVE_STORE: "each partition has exactly 1 live-store; remove it and set partitions",
    TempoRole.BLOCK_BUILDER: "each partition has exactly 1 block-builder; remove it and set partitions",
    TempoRole.BACKEND_SCHEDULER: "Tempo must have exactly 1 backend-scheduler; remove it",
}
"""Workloads whose number of pods has no setting of its own, each with the rule and the fix."""
