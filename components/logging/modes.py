"""The workloads of Loki, and the deployment modes that run them."""

from enum import StrEnum

SCALED_SECTIONS = (
    "singleBinary",
    "read",
    "write",
    "backend",
    "distributor",
    "ingester",
    "querier",
    "queryFrontend",
    "queryScheduler",
    "indexGateway",
    "compactor",
    "ruler",
    "patternIngester",
)
"""Every section of the chart with replicas of Loki; the chart refuses replicas of a mode that is not deployed."""


class PersistenceStyle(StrEnum):
    """The configuration of a workload's volume in the chart: the key below `persistence` that enables it."""

    NONE = ""
    ENABLED = "enabled"
    VOLUME_CLAIMS_ENABLED = "volumeClaimsEnabled"
    CLAIMS = "claims"


class LokiRole(StrEnum):
    """A workload that runs Loki, or the gateway in front of it."""

    LOKI = "loki"
    READ = "read"
    WRITE = "write"
    BACKEND = "backend"
    DISTRIBUTOR = "distributor"
    INGESTER = "ingester"
    QUERIER = "querier"
    QUERY_FRONTEND = "query-frontend"
    QUERY_SCHEDULER = "query-scheduler"
    INDEX_GATEWAY = "index-gateway"
    COMPACTOR = "compactor"
    RULER = "ruler"
    PATTERN_INGESTER = "pattern-ingester"
    GATEWAY = "gateway"

    @property
    def section(self) -> str:
        """The key of the chart's values that configures the workload."""
        if self is LokiRole.LOKI:
            return "singleBinary"
        first, *others = self.value.split("-")
        return first + "".join(part.capitalize() for part in others)

    @property
    def component(self) -> str:
        """The `app.kubernetes.io/component` label of its pods."""
        return "single-binary" if self is LokiRole.LOKI else self.value

    @property
    def persistence_style(self) -> PersistenceStyle:
        """The configuration of the workload's volume in the chart."""
        return _PERSISTENCE_STYLES.get(self, PersistenceStyle.NONE)


_PERSISTENCE_STYLES = {
    LokiRole.LOKI: PersistenceStyle.ENABLED,
    LokiRole.WRITE: PersistenceStyle.VOLUME_CLAIMS_ENABLED,
    LokiRole.BACKEND: PersistenceStyle.VOLUME_CLAIMS_ENABLED,
    LokiRole.INGESTER: PersistenceStyle.CLAIMS,
    LokiRole.COMPACTOR: PersistenceStyle.CLAIMS,
    LokiRole.INDEX_GATEWAY: PersistenceStyle.ENABLED,
}


class LokiMode(StrEnum):
    """A deployment mode of Loki (https://grafana.com/docs/loki/latest/get-started/deployment-modes/)."""

    MONOLITHIC = "monolithic"
    SIMPLE_SCALABLE = "simple-scalable"
    DISTRIBUTED = "distributed"

    @property
    def roles(self) -> tuple[LokiRole, ...]:
        """The workloads that the mode can have, without the gateway."""
        return _ROLES[self]

    @property
    def ingester(self) -> LokiRole:
        """The workload that takes writes and holds them until they are in the bucket."""
        return {
            LokiMode.MONOLITHIC: LokiRole.LOKI,
            LokiMode.SIMPLE_SCALABLE: LokiRole.WRITE,
            LokiMode.DISTRIBUTED: LokiRole.INGESTER,
        }[self]

    @property
    def ruler(self) -> LokiRole:
        """The workload that evaluates rules."""
        return {
            LokiMode.MONOLITHIC: LokiRole.LOKI,
            LokiMode.SIMPLE_SCALABLE: LokiRole.BACKEND,
            LokiMode.DISTRIBUTED: LokiRole.RULER,
        }[self]

    @property
    def chart_name(self) -> str:
        """The name of the mode in the chart, where later versions accept `Monolithic` too."""
        return {
            LokiMode.MONOLITHIC: "SingleBinary",
            LokiMode.SIMPLE_SCALABLE: "SimpleScalable",
            LokiMode.DISTRIBUTED: "Distributed",
        }[self]


_ROLES = {
    LokiMode.MONOLITHIC: (LokiRole.LOKI,),
    LokiMode.SIMPLE_SCALABLE: (LokiRole.READ, LokiRole.WRITE, LokiRole.BACKEND),
    LokiMode.DISTRIBUTED: (
        LokiRole.DISTRIBUTOR,
        LokiRole.INGESTER,
        LokiRole.QUERIER,
        LokiRole.QUERY_FRONTEND,
        LokiRole.QUERY_SCHEDULER,
        LokiRole.INDEX_GATEWAY,
        LokiRole.COMPACTOR,
        LokiRole.RULER,
        LokiRole.PATTERN_INGESTER,
    ),
}

MIGRATION_STEPS = frozenset(
    {
        frozenset({LokiMode.MONOLITHIC, LokiMode.SIMPLE_SCALABLE}),
        frozenset({LokiMode.SIMPLE_SCALABLE, LokiMode.DISTRIBUTED}),
    }
)
"""The pairs of modes that Loki can migrate between, either way, while both run."""


def path_between(start: LokiMode, end: LokiMode) -> tuple[LokiMode, ...]:
    """Return the modes to migrate through, from `start` to `end`, one step after the other."""
    if frozenset({start, end}) in MIGRATION_STEPS:
        return (start, end)
    return (start, LokiMode.SIMPLE_SCALABLE, end)


def transition_name(one: LokiMode, other: LokiMode) -> str:
    """Return the name in the chart for two modes that run during a migration."""
    smaller, larger = sorted((one, other), key=list(LokiMode).index)
    return f"{smaller.chart_name}<->{larger.chart_name}"
