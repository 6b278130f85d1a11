"""How Loki is split into workloads, and which of them a deployment mode runs."""

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
"""Every section of the chart with replicas of Loki; the chart refuses those of a mode that is not deployed."""


class Claims(StrEnum):
    """The three ways in which the chart is told of a volume; the value is the key that switches it on."""

    NONE = ""
    SINGLE = "enabled"
    SCALED = "volumeClaimsEnabled"
    LISTED = "claims"


class Role(StrEnum):
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
        if self is Role.LOKI:
            return "singleBinary"
        first, *others = self.value.split("-")
        return first + "".join(part.capitalize() for part in others)

    @property
    def component(self) -> str:
        """The `app.kubernetes.io/component` label of its pods."""
        return "single-binary" if self is Role.LOKI else self.value

    @property
    def claims(self) -> Claims:
        """How the chart is told to keep the workload's directory on a volume."""
        return _CLAIMS.get(self, Claims.NONE)


_CLAIMS = {
    Role.LOKI: Claims.SINGLE,
    Role.WRITE: Claims.SCALED,
    Role.BACKEND: Claims.SCALED,
    Role.INGESTER: Claims.LISTED,
    Role.COMPACTOR: Claims.LISTED,
    Role.INDEX_GATEWAY: Claims.SINGLE,
}


class Mode(StrEnum):
    """A deployment mode of Loki (https://grafana.com/docs/loki/latest/get-started/deployment-modes/)."""

    MONOLITHIC = "monolithic"
    SIMPLE_SCALABLE = "simple-scalable"
    DISTRIBUTED = "distributed"

    @property
    def roles(self) -> tuple[Role, ...]:
        """The workloads that the mode can have, without the gateway."""
        return _ROLES[self]

    @property
    def ingester(self) -> Role:
        """The workload that takes writes and holds them until they are in the bucket."""
        return {
            Mode.MONOLITHIC: Role.LOKI,
            Mode.SIMPLE_SCALABLE: Role.WRITE,
            Mode.DISTRIBUTED: Role.INGESTER,
        }[self]

    @property
    def ruler(self) -> Role:
        """The workload that evaluates rules."""
        return {
            Mode.MONOLITHIC: Role.LOKI,
            Mode.SIMPLE_SCALABLE: Role.BACKEND,
            Mode.DISTRIBUTED: Role.RULER,
        }[self]

    @property
    def chart_name(self) -> str:
        """What both generations of the chart call the mode; the newer one also says `Monolithic`."""
        return {
            Mode.MONOLITHIC: "SingleBinary",
            Mode.SIMPLE_SCALABLE: "SimpleScalable",
            Mode.DISTRIBUTED: "Distributed",
        }[self]


_ROLES = {
    Mode.MONOLITHIC: (Role.LOKI,),
    Mode.SIMPLE_SCALABLE: (Role.READ, Role.WRITE, Role.BACKEND),
    Mode.DISTRIBUTED: (
        Role.DISTRIBUTOR,
        Role.INGESTER,
        Role.QUERIER,
        Role.QUERY_FRONTEND,
        Role.QUERY_SCHEDULER,
        Role.INDEX_GATEWAY,
        Role.COMPACTOR,
        Role.RULER,
        Role.PATTERN_INGESTER,
    ),
}

STEPS = frozenset(
    {
        frozenset({Mode.MONOLITHIC, Mode.SIMPLE_SCALABLE}),
        frozenset({Mode.SIMPLE_SCALABLE, Mode.DISTRIBUTED}),
    }
)
"""The pairs of modes that Loki can go between with both running, either way."""


def path_between(start: Mode, end: Mode) -> tuple[Mode, ...]:
    """Give the modes to go through, with `start` and `end`, so that each step has both running."""
    if frozenset({start, end}) in STEPS:
        return (start, end)
    return (start, Mode.SIMPLE_SCALABLE, end)


def transition_name(one: Mode, other: Mode) -> str:
    """Give the chart's name for the time in which both modes run."""
    smaller, larger = sorted((one, other), key=list(Mode).index)
    return f"{smaller.chart_name}<->{larger.chart_name}"
