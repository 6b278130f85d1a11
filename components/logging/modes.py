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
)
"""Every section of the chart with replicas of Loki; the chart refuses those of a mode that is not deployed."""


class Role(StrEnum):
    """A workload that runs Loki, or the gateway in front of it."""

    LOKI = "loki"
    READ = "read"
    WRITE = "write"
    BACKEND = "backend"
    GATEWAY = "gateway"

    @property
    def section(self) -> str:
        """The key of the chart's values that configures the workload."""
        return "singleBinary" if self is Role.LOKI else self.value

    @property
    def component(self) -> str:
        """The `app.kubernetes.io/component` label of its pods."""
        return "single-binary" if self is Role.LOKI else self.value

    @property
    def claims(self) -> str:
        """The key of `persistence` that switches its volume claims on; empty for workloads without a volume."""
        return {Role.LOKI: "enabled", Role.WRITE: "volumeClaimsEnabled", Role.BACKEND: "volumeClaimsEnabled"}.get(
            self, ""
        )


class Mode(StrEnum):
    """A deployment mode of Loki (https://grafana.com/docs/loki/latest/get-started/deployment-modes/)."""

    MONOLITHIC = "monolithic"
    SIMPLE_SCALABLE = "simple-scalable"

    @property
    def roles(self) -> tuple[Role, ...]:
        """The workloads of the mode, without the gateway."""
        return (Role.LOKI,) if self is Mode.MONOLITHIC else (Role.READ, Role.WRITE, Role.BACKEND)

    @property
    def ingester(self) -> Role:
        """The workload that takes writes and holds them until they are in the bucket."""
        return Role.LOKI if self is Mode.MONOLITHIC else Role.WRITE

    @property
    def chart_name(self) -> str:
        """What both generations of the chart call the mode; the newer one also says `Monolithic`."""
        return {Mode.MONOLITHIC: "SingleBinary", Mode.SIMPLE_SCALABLE: "SimpleScalable"}[self]


STEPS = frozenset({frozenset({Mode.MONOLITHIC, Mode.SIMPLE_SCALABLE})})
"""The pairs of modes that Loki can go between with both running, either way."""


def transition_name(one: Mode, other: Mode) -> str:
    """Give the chart's name for the time in which both modes run."""
    smaller, larger = sorted((one, other), key=list(Mode).index)
    return f"{smaller.chart_name}<->{larger.chart_name}"
