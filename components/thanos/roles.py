"""The workloads of Thanos, by their names in the chart."""

from collections.abc import Mapping
from enum import StrEnum


class ThanosRole(StrEnum):
    """A workload of Thanos."""

    QUERY = "query"
    QUERY_FRONTEND = "query-frontend"
    STORE_GATEWAY = "store-gateway"
    COMPACT = "compact"
    RULE = "rule"
    RECEIVE_ROUTER = "receive-router"
    RECEIVE_INGESTOR = "receive-ingestor"

    @property
    def has_volume(self) -> bool:
        """Whether each of its pods has a volume."""
        return self in BUCKET_ROLES

    @property
    def values_path(self) -> tuple[str, ...]:
        """The place of its values in those of the chart."""
        return _VALUES_PATHS[self]


BUCKET_ROLES = (ThanosRole.STORE_GATEWAY, ThanosRole.COMPACT, ThanosRole.RULE, ThanosRole.RECEIVE_INGESTOR)
"""The workloads that read or write the bucket, each with a ServiceAccount of its own."""

_VALUES_PATHS = {
    ThanosRole.QUERY: ("query",),
    ThanosRole.QUERY_FRONTEND: ("queryFrontend",),
    ThanosRole.STORE_GATEWAY: ("storeGateway",),
    ThanosRole.COMPACT: ("compact",),
    ThanosRole.RULE: ("rule",),
    ThanosRole.RECEIVE_ROUTER: ("receive", "router"),
    ThanosRole.RECEIVE_INGESTOR: ("receive", "ingestor"),
}

DEFAULT_RESOURCES: Mapping[ThanosRole, tuple[str, str]] = {
    ThanosRole.QUERY: ("100m", "512Mi"),
    ThanosRole.QUERY_FRONTEND: ("50m", "384Mi"),
    ThanosRole.STORE_GATEWAY: ("100m", "1Gi"),
    ThanosRole.COMPACT: ("100m", "1Gi"),
    ThanosRole.RULE: ("50m", "256Mi"),
    ThanosRole.RECEIVE_ROUTER: ("50m", "256Mi"),
    ThanosRole.RECEIVE_INGESTOR: ("100m", "1Gi"),
}
"""CPU and memory of a pod by default."""
