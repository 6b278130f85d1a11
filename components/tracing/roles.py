"""The workloads of distributed Tempo, and how large each is where nobody says."""

from enum import StrEnum


class Role(StrEnum):
    """A workload of distributed Tempo, of either generation."""

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
    def gathers(self) -> bool:
        """Whether it holds spans until they are in the bucket, with the figures of `Tracing` itself."""
        return self in (Role.INGESTER, Role.LIVE_STORE, Role.BLOCK_BUILDER)

    @property
    def has_volume(self) -> bool:
        """Whether its pods have a volume each."""
        return self.gathers or self is Role.METRICS_GENERATOR


SMALLEST = {
    Role.DISTRIBUTOR: ("100m", "512Mi"),
    Role.INGESTER: ("200m", "1Gi"),
    Role.QUERIER: ("100m", "1Gi"),
    Role.QUERY_FRONTEND: ("100m", "512Mi"),
    Role.COMPACTOR: ("100m", "1Gi"),
    Role.LIVE_STORE: ("200m", "1Gi"),
    Role.BLOCK_BUILDER: ("200m", "1Gi"),
    Role.BACKEND_SCHEDULER: ("100m", "512Mi"),
    Role.BACKEND_WORKER: ("100m", "1Gi"),
    Role.METRICS_GENERATOR: ("100m", "512Mi"),
    Role.GATEWAY: ("20m", "64Mi"),
}
"""CPU and memory of a pod."""

BUSY_GATEWAY = ("50m", "128Mi")
"""The same of a gateway that takes spans too."""

_OF_BOTH = (Role.DISTRIBUTOR, Role.QUERIER, Role.QUERY_FRONTEND, Role.METRICS_GENERATOR, Role.GATEWAY)
OF_INGESTERS = (*_OF_BOTH, Role.INGESTER, Role.COMPACTOR)
"""What Tempo 2 can have."""
OF_A_TOPIC = (*_OF_BOTH, Role.LIVE_STORE, Role.BLOCK_BUILDER, Role.BACKEND_SCHEDULER, Role.BACKEND_WORKER)
"""What Tempo 3 can have."""

COUNTED_ELSEWHERE = {
    Role.INGESTER: "the number of ingesters is that of Tempo itself: remove it, and set replicas",
    Role.LIVE_STORE: "each partition has one live-store: remove it, and set partitions",
    Role.BLOCK_BUILDER: "each partition has one block-builder: remove it, and set partitions",
    Role.BACKEND_SCHEDULER: "Tempo has exactly one backend-scheduler: remove it",
}
"""Workloads whose number of pods something else decides, and what to do instead."""
