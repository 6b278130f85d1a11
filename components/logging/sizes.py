"""How large each workload of Loki is where nobody says: enough for a few GB of logs a day."""

from .modes import Role

SMALLEST = {
    Role.LOKI: ("200m", "1Gi"),
    Role.WRITE: ("200m", "1Gi"),
    Role.READ: ("100m", "512Mi"),
    Role.BACKEND: ("100m", "512Mi"),
    Role.DISTRIBUTOR: ("100m", "256Mi"),
    Role.INGESTER: ("200m", "1Gi"),
    Role.QUERIER: ("200m", "512Mi"),
    Role.QUERY_FRONTEND: ("50m", "256Mi"),
    Role.QUERY_SCHEDULER: ("50m", "128Mi"),
    Role.INDEX_GATEWAY: ("100m", "512Mi"),
    Role.COMPACTOR: ("100m", "512Mi"),
    Role.RULER: ("100m", "256Mi"),
    Role.PATTERN_INGESTER: ("100m", "256Mi"),
    Role.GATEWAY: ("50m", "128Mi"),
}
"""CPU and memory of a pod."""

PAIRED = frozenset({Role.QUERY_FRONTEND, Role.QUERY_SCHEDULER, Role.INDEX_GATEWAY, Role.RULER, Role.PATTERN_INGESTER})
"""Workloads that two replicas are enough for: they carry little, and one may be away."""


def default_replicas(role: Role, wanted: int | None) -> int:
    """Give the replicas of a workload that has no number of its own; `wanted` is that of all, if any."""
    if role is Role.COMPACTOR:
        return 1
    each = wanted or (1 if role is Role.LOKI else 3)
    return min(2, each) if role in PAIRED else each
